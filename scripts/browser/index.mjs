/** A headless Chromium, where the machine has one: draws still pictures of figures, and tests what people see. */
import fs from 'node:fs';
import { messageOf } from '../setup/project.mjs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const ARGUMENTS = [
  '--no-sandbox', // which root, as in a container, cannot have; only this project's own pages are opened
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

/** Path of the browser, from SER_CHROMIUM if it is set ("none" disables the browser), else from the usual places. */
export function findBrowser() {
  const named = process.env.SER_CHROMIUM;
  if (named === 'none') return undefined;
  return (named ? [named] : PLACES).find((file) => fs.existsSync(file));
}

/** Why `findBrowser` returns none. */
export function whyNoBrowser() {
  const named = process.env.SER_CHROMIUM;
  if (named === 'none') return 'Chromium is switched off by SER_CHROMIUM=none';
  if (named) return `SER_CHROMIUM must be the path of Chromium, got ${named}, which does not exist`;
  return 'no Chromium found; install it ("apt install chromium"), or set SER_CHROMIUM to its path';
}

/**
 * Starts the browser with its own network services disabled.
 *
 * @returns {Promise<import('playwright-core').Browser>}
 * @throws Error if there is none, if it does not start, or if playwright-core was left out of the installation
 */
export async function openBrowser() {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error(`openBrowser: ${whyNoBrowser()}`);
  const { chromium } = await import('playwright-core');
  try {
    return await chromium.launch({ executablePath, args: ARGUMENTS });
  } catch (cause) {
    const way = 'name another in SER_CHROMIUM, or "none"';
    throw new Error(`openBrowser: ${executablePath} does not start (${reasonOf(cause)}); ${way}`, { cause });
  }
}

/** The browser's first complaint, or else the first line of the launcher's page-long one. @param {unknown} error */
function reasonOf(error) {
  const message = messageOf(error);
  return /^\[pid=\d+\]\[err\] (.+)$/m.exec(message)?.[1] ?? message.split('\n', 1)[0];
}
