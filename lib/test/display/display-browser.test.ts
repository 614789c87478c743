import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { player } from '../../display/signals/player';
import { exampleFigures, sine } from '../support/example-figures';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const named = process.env.SER_CHROMIUM; // "none" switches the browser off
const browser = (named ? [named] : BROWSERS).find((file) => fs.existsSync(file));
const why = named ? `there is no Chromium by SER_CHROMIUM=${named}` : 'no Chromium found; install it';
const skip = browser ? false : why;

/** Opens a page with these contents, offline, and returns what `look` sees, and what the console said. */
async function inBrowser<T>(html: string, look: string): Promise<{ seen: T; complaints: string[] }> {
  const { chromium } = await import('playwright-core');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-browser-'));
  const running = await chromium.launch({ executablePath: browser, args: ['--no-sandbox'] });
  try {
    const file = path.join(folder, 'page.html');
    fs.writeFileSync(file, `<!doctype html><meta charset="utf-8">${html}`);
    const page = await running.newPage({ viewport: { width: 1000, height: 800 } });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) complaints.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href, { waitUntil: 'load' });
    return { seen: (await page.evaluate(look)) as T, complaints };
  } finally {
    await running.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

test('every figure draws itself in a page with plotly.js, however often it is there', { skip }, async () => {
  const figures = exampleFigures({ note: 'practice corpus: synthetic voices' });
  const plotly = fs.readFileSync(require.resolve('plotly.js-dist-min'), 'utf8');
  const html = [...figures, figures[0]].map(([, figure]) => figure['text/html']).join('');
  const counter =
    'window.calls=0;const draw=Plotly.newPlot;Plotly.newPlot=(...parts)=>{window.calls++;return draw(...parts)}';
  const { seen, complaints } = await inBrowser<[drawn: boolean, textHidden: boolean, calls: number][]>(
    `<script>${plotly}</script><script>${counter}</script>${html}`,
    `Promise.all([...document.querySelectorAll('.ser-figure')].map(async (figure) => {
      for (let i = 0; i < 100 && !figure.querySelector('.main-svg .trace path, .main-svg .hm image'); i++)
        await new Promise((resolve) => setTimeout(resolve, 50));
      return [
        figure.querySelector('.main-svg .trace path, .main-svg .hm image') !== null,
        figure.querySelector('.ser-figure-text').offsetHeight === 0,
        window.calls,
      ];
    }))`,
  );
  assert.deepEqual(complaints, []);
  assert.deepEqual(
    seen,
    [...figures, figures[0]].map(() => [true, true, figures.length + 1]),
  );
});

test('a figure without plotly.js leaves its text alternative to be read', { skip }, async () => {
  const [, figure] = exampleFigures()[0];
  const { seen, complaints } = await inBrowser<string>(figure['text/html'], 'document.body.innerText.trim()');
  assert.deepEqual(complaints, []);
  assert.equal(seen, figure['text/plain']);
});

test('a player plays its clip', { skip }, async () => {
  const { seen } = await inBrowser<number>(
    player(sine(440, 1.5, 48_000), { title: 'A4' })['text/html'],
    `new Promise((resolve) => {
      const audio = document.querySelector('audio');
      const tell = () => resolve(audio.duration);
      audio.readyState > 0 ? tell() : audio.addEventListener('loadedmetadata', tell);
    })`,
  );
  assert.equal(seen, 1.5);
});
