/** Rendered pages as readers meet them: opened from the file system, with the network off. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findBrowser, openBrowser, whyNoBrowser } from '../browser/index.mjs';

/** Bytes; more is slow to send and to open. */
const LARGEST_PAGE = 12e6;

/**
 * Every page is small enough, asks for nothing, complains of nothing, and draws all its figures.
 *
 * @param {string} folder
 */
export async function assertPagesOpenOffline(folder) {
  const files = fs.readdirSync(folder).filter((name) => name.endsWith('.html'));
  for (const name of files) {
    const { size } = fs.statSync(path.join(folder, name));
    assert.ok(size <= LARGEST_PAGE, `${name} has ${size} bytes`);
  }
  if (findBrowser() === undefined) {
    console.log(`The rendered pages are not opened: ${whyNoBrowser()}`);
    return;
  }
  const browser = await openBrowser();
  try {
    const context = await browser.newContext({ offline: true });
    for (const name of files) {
      const page = await context.newPage();
      /** @type {string[]} */
      const complaints = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        if (!/^(file|data|blob):/.test(request.url())) complaints.push(`request: ${request.url()}`);
      });
      await page.goto(pathToFileURL(path.join(folder, name)).href, { waitUntil: 'load' });
      const undrawn = await page.evaluate(`(async () => {
        const marks = '.main-svg .trace path, .main-svg .hm image, .main-svg .point path';
        const blank = () => [...document.querySelectorAll('.ser-figure')].filter((figure) => !figure.querySelector(marks));
        for (let i = 0; i < 200 && blank().length > 0; i++) await new Promise((resolve) => setTimeout(resolve, 50));
        return blank().map((figure) => figure.getAttribute('aria-label'));
      })()`);
      assert.deepEqual({ name, undrawn, complaints }, { name, undrawn: [], complaints: [] });
      await page.close();
    }
  } finally {
    await browser.close();
  }
}
