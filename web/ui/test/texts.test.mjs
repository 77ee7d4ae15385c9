// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// Texts: every key stands in both languages with the same values in it, every key that the code
// names is there and every key there is used; no page builds markup from text.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const src = new URL("../src/", import.meta.url);
const read = (name) => readFileSync(new URL(name, src), "utf8");

function texts(name) {
  const rows = [...read(name).matchAll(/^ {2}"([\w.]+)":\s*"((?:[^"\\]|\\.)*)",$/gm)];
  assert.ok(rows.length > 100, `${name}: rows were found`);
  assert.equal(new Set(rows.map((row) => row[1])).size, rows.length, `${name}: no key twice`);
  return new Map(rows.map((row) => [row[1], row[2]]));
}

const en = texts("i18n/en.ts");
const zh = texts("i18n/zh.ts");
const names = readdirSync(src, { recursive: true }).filter((name) => /\.tsx?$/.test(name));
const code = names.filter((name) => !/i18n.(en|zh)\.ts$/.test(name)).map((name) => [name, read(name)]);

test("both languages have the same keys", () => {
  assert.deepEqual([...zh.keys()].sort(), [...en.keys()].sort());
});

test("both languages name the same values", () => {
  const values = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
  for (const [key, text] of en) assert.deepEqual(values(zh.get(key)), values(text), key);
});

test("no text is left in the other language", () => {
  const same = new Set(["app.name"]);
  for (const [key, text] of en) {
    assert.ok(!/[\u4e00-\u9fff]/.test(text), `${key} in English`);
    if (!same.has(key)) assert.ok(/[\u4e00-\u9fff]/.test(zh.get(key)), `${key} in Chinese`);
  }
});

test("keys in the code and keys in the tables are the same", () => {
  const families = [
    "kind", "error", "outcome", "gap", "trail", "role", "measure", "cause", "spot", "verdict",
  ];
  const whole = code.map((pair) => pair[1]).join("\n");
  for (const match of whole.matchAll(/\bt\(\s*"([\w.]+)"/g)) assert.ok(en.has(match[1]), match[1]);
  for (const key of en.keys()) {
    const found = whole.includes(`"${key}"`) || families.includes(key.split(".")[0]);
    assert.ok(found, `${key} is used nowhere`);
  }
});

test("no page makes markup or code from text", () => {
  const sinks = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc/;
  for (const [name, text] of code) assert.ok(!sinks.test(text), name);
});
