// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// The real console in a real browser, on the state of a simulated lender:
//   node console.test.mjs DWELL-WEB FOLDER CHROMIUM
// FOLDER holds dwell.yaml, events.jsonl, answer-key.csv and the state made from them.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const [program, folder, executablePath] = process.argv.slice(2);
const password = "a good password 1";
let server, base, token, browser, context, page;
const complaints = [];

/** Starts dwell-web and reads what it prints: address and first-run token. */
function start() {
  return new Promise((resolve) => {
    // The leak sanitizer cannot look at a process in the sandbox; leaks are the unit tests' business.
    const env = { ...process.env, ASAN_OPTIONS: "detect_leaks=0" };
    server = spawn(program, ["--config", `${folder}/dwell.yaml`], { env, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    const read = (bytes) => {
      said += bytes;
      base = /https:\/\/\S+/.exec(said)?.[0];
      token = /^[\w-]{43}$/m.exec(said)?.[0];
      if (base && token) setTimeout(resolve, 500);
    };
    server.stdout.on("data", read);
    server.stderr.on("data", read);
    server.on("exit", (code, signal) => {
      console.error(`dwell-web ended by itself (${code ?? signal}): ${said}`);
      process.exit(1);
    });
  });
}

/** A request as no browser would send it. */
function raw(path, options = {}) {
  return new Promise((resolve, reject) => {
    const call = request(base + path, { rejectUnauthorized: false, ...options }, (answer) => {
      let body = "";
      answer.on("data", (bytes) => (body += bytes));
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, body }));
    });
    call.on("error", reject);
    call.end(options.body);
  });
}

async function open(hash) {
  await page.goto(`${base}/${hash}`);
  await page.waitForLoadState("networkidle");
}

const text = (selector) => page.locator(selector).first().innerText();

before(async () => {
  await start();
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  context = await browser.newContext({
    ignoreHTTPSErrors: true, locale: "en-GB", timezoneId: "Asia/Shanghai",
    viewport: { width: 1280, height: 900 },
  });
  page = await context.newPage();
  page.setDefaultTimeout(15000);
  page.on("console", (m) => m.type() === "error" && complaints.push(m.text()));
  page.on("pageerror", (e) => complaints.push(e.message));
});

after(async () => {
  await browser?.close();
  server?.removeAllListeners("exit");
  const ended = new Promise((resolve) => server?.on("exit", (code) => resolve(code)));
  server?.kill("SIGTERM");
  assert.equal(await ended, 0, "dwell-web ends cleanly when told to stop");
});

test("the first run makes an admin and signs in", async () => {
  await open("");
  assert.equal(await text("h1"), "First run");
  await page.getByLabel("One-time token").fill(token);
  await page.getByLabel("Name").fill("ada");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Make the account and sign in" }).click();
  await page.waitForSelector(".people");
  const cookies = await context.cookies();
  assert.deepEqual(
    cookies.map((c) => [c.name, c.httpOnly, c.secure, c.sameSite]),
    [["__Host-dwell", true, true, "Strict"]],
  );
});

test("the answer key's people stand at the top, with reasons", async () => {
  const key = readFileSync(`${folder}/answer-key.csv`, "utf8").trim().split("\n").slice(1);
  const guilty = new Set(key.map((line) => line.split(",")[0]));
  const top = await page.locator(".people > li").evaluateAll((rows) =>
    rows.slice(0, 5).map((row) => ({
      id: decodeURIComponent(row.querySelector("a").hash.split("/")[2]),
      reasons: row.querySelectorAll(".reasons li").length,
    })),
  );
  assert.ok(guilty.has(top[0].id), `${top[0].id} is in the answer key`);
  assert.ok(top.filter((row) => guilty.has(row.id)).length >= 3, JSON.stringify(top));
  assert.ok(top.every((row) => row.reasons > 0));
});

test("searching narrows the list", async () => {
  await page.getByLabel("Search").fill("nobody of this name");
  await page.waitForSelector(".empty");
  await page.getByLabel("Search").fill("collections");
  await page.waitForFunction(() => document.querySelectorAll(".people > li").length > 1);
  const places = await page.locator(".people .who").allInnerTexts();
  assert.ok(places.every((place) => place.includes("collections")));
  await page.getByLabel("Search").fill("");
});

test("a person's day adds up to its score", async () => {
  await open("#/");
  await page.locator(".people a").first().click();
  await page.waitForSelector(".day tfoot");
  await page.waitForSelector(".chart canvas");
  const sum = Number(await text(".day tfoot .sum"));
  const points = await page.locator(".day tfoot").locator("..").locator("tbody .points-number").allInnerTexts();
  const added = points.map(Number).reduce((a, b) => a + b, 0);
  assert.ok(sum > 0 && Math.abs(sum - added) < 0.01 * points.length, `${added} against ${sum}`);
  assert.ok((await page.locator(".timeline-bar").count()) > 0);
  assert.ok((await page.locator(".hash").count()) > 0);
});

test("days are chosen by keyboard", async () => {
  const title = await text(".day-head h2");
  await page.getByRole("button", { name: "Previous" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(
    (before) => document.querySelector(".day-head h2")?.textContent !== before, title,
  );
});

test("alerts lead to the person", async () => {
  await open("#/alerts");
  await page.locator(".alerts a").first().click();
  await page.waitForSelector(".made-of");
  await page.getByRole("link", { name: "Open the day" }).click();
  await page.waitForSelector(".day tfoot");
});

/** The clear id of somebody's customer, from the recorded events. */
function someSubject() {
  const line = readFileSync(`${folder}/events.jsonl`, "utf8")
    .split("\n").reverse()
    .find((event) => event.includes('"action":"view"') && event.includes('"subject_ids"'));
  const [space, id] = JSON.parse(line).subject_ids[0].split(":");
  return id === undefined ? { space: "", id: space } : { space, id };
}

test("who saw a customer is answered, and written down by hash alone", async () => {
  const { space, id } = someSubject();
  await open("#/who-saw");
  await page.getByLabel("Customer's key").fill(id);
  await page.getByLabel("Key space").fill(space);
  await page.getByRole("button", { name: "Ask" }).click();
  await page.waitForSelector("tbody tr");
  assert.ok(!page.url().includes(id));
  await open("#/trail");
  await page.waitForSelector("tbody tr");
  const trail = await text("main");
  assert.match(trail, /asked who saw a subject/);
  assert.match(trail, /The chain is whole/);
  const asked = await page.locator("tr", { hasText: "asked who saw" }).first().innerText();
  assert.match(asked, /[0-9a-f]{32}/);
});

test("events, coverage and users are shown", async () => {
  await open("#/events");
  await page.waitForSelector("tbody tr");
  await page.getByRole("button", { name: "Show more" }).click();
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length > 100);
  await open("#/coverage");
  await page.waitForSelector("tbody tr");
  await open("#/users");
  await page.getByLabel("Name").fill("vic");
  await page.getByLabel("First password").fill(password);
  await page.getByRole("button", { name: "Add a user" }).click();
  await page.waitForSelector(".notice-good");
});

test("the report downloads as CSV that no spreadsheet runs", async () => {
  await open("#/reports");
  const waiting = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download CSV" }).click();
  const download = await waiting;
  const csv = readFileSync(await download.path(), "utf8");
  const lines = csv.trim().split("\r\n");
  assert.match(download.suggestedFilename(), /^dwell-audit-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/);
  assert.ok(csv.startsWith("\ufeffday,employee,name"));
  assert.ok(lines.length > 100);
  assert.ok(lines.every((line) => !/(^|,)"?[=+@\t-][A-Za-z]/.test(line)));
});

test("both languages, both themes, and narrow screens", async () => {
  await open("#/");
  await page.getByLabel("Language").selectOption("zh");
  await page.waitForFunction(() => document.querySelector("h1")?.textContent === "按风险排列的人员");
  assert.equal(await page.getAttribute("html", "lang"), "zh-CN");
  assert.match(await text(".people .reasons"), /[\u4e00-\u9fff]/);
  await page.getByLabel("外观").selectOption("dark");
  const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  assert.equal(ground, "rgb(15, 20, 27)");
  await page.setViewportSize({ width: 390, height: 800 });
  for (const hash of ["#/", "#/alerts", "#/events", "#/who-saw", "#/coverage", "#/reports", "#/users", "#/trail"]) {
    await open(hash);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${hash} is ${over} pixels too wide`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByLabel("语言").selectOption("en");
});

test("a viewer sees no analyst's pages", async () => {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForSelector(".entrance");
  await page.getByLabel("Name").fill("vic");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForSelector(".people");
  const links = await page.locator(".navigation a").allInnerTexts();
  assert.deepEqual(links, ["People", "Alerts", "Coverage"]);
  const status = await page.evaluate(() => fetch("/api/events").then((answer) => answer.status));
  assert.equal(status, 403);
});

test("the browser had nothing to complain about", () => {
  const told = complaints.filter((text) => !/status of 403/.test(text));
  assert.deepEqual(told, []);
});

test("requests that no page sends are refused", async () => {
  const json = { "Content-Type": "application/json" };
  const cases = [
    [421, "/", { headers: { Host: "evil.example" } }],
    [405, "/", { method: "DELETE" }],
    [400, "/a//b"],
    [400, "/api/people?search=%ff", {}, 401],
    [401, "/api/people"],
    [415, "/api/sign-in", { method: "POST", body: "a=1", headers: { "Content-Type": "text/plain", "Content-Length": 3 } }],
    [411, "/api/sign-in", { method: "POST", headers: { ...json, "Transfer-Encoding": "" } }, 400],
    [413, "/api/sign-in", { method: "POST", body: " ".repeat(5000), headers: { ...json, "Content-Length": 5000 } }],
    [403, "/api/sign-in", { method: "POST", body: "{}", headers: { ...json, "Content-Length": 2, Origin: "https://evil.example" } }],
    [400, "/", { headers: { "Content-Length": 3 }, body: "abc" }],
  ];
  for (const [status, path, options, otherwise] of cases) {
    const answer = await raw(path, options);
    assert.ok([status, otherwise].includes(answer.status), `${path}: ${answer.status} for ${status}`);
    assert.match(answer.headers["content-security-policy"], /default-src 'none'/);
    assert.equal(answer.headers["x-content-type-options"], "nosniff");
  }
});

test("files are sent compressed, and once", async () => {
  const packed = await raw("/app.js", { headers: { "Accept-Encoding": "gzip" } });
  assert.equal(packed.headers["content-encoding"], "gzip");
  const plain = await raw("/app.js");
  assert.equal(plain.headers["content-encoding"], undefined);
  assert.match(plain.body, /^import/);
  const again = await raw("/app.js", { headers: { "If-None-Match": packed.headers.etag } });
  assert.equal(again.status, 304);
});
