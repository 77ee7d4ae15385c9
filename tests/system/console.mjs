// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// An officer at the real console in a real browser: makes the first account with the one-time
// token, opens the pages named, and prints what they show as one JSON object, page -> text.
//   node console.mjs PACKAGES CHROMIUM ADDRESS TOKEN PAGE...
// PACKAGES has node_modules/playwright-core.
import { createRequire } from 'node:module';

const [packages, executablePath, base, token, ...pages] = process.argv.slice(2);
const { chromium } = createRequire(`${packages}/`)('playwright-core');

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' });
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  await page.goto(base);
  await page.getByLabel('One-time token').fill(token);
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password').fill('a good password 1');
  await page.getByRole('button', { name: 'Make the account and sign in' }).click();
  await page.waitForSelector('.people');
  const shown = {};
  for (const hash of pages) {
    await page.goto(`${base}/${hash}`);
    await page.waitForLoadState('networkidle');
    await page.waitForTimeout(500);
    shown[hash] = await page.locator('body').innerText();
  }
  process.stdout.write(JSON.stringify(shown) + '\n');
} finally {
  await browser.close();
}
