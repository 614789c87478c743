import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { waveform } from '../../lib/dist/display/signals/waveform.js';
import { table } from '../../lib/dist/display/table.js';
import { findBrowser, openBrowser, whyNoBrowser } from '../browser/index.mjs';
import { addPictures } from '../run/pictures.mjs';
import { inProject } from '../setup/project.mjs';
import { temporaryFolder } from './command.mjs';
import { writeNotebook } from './sample-notebook.mjs';

const skip = findBrowser() ? false : whyNoBrowser();
if (skip) console.log(`pictures.test: no still pictures are drawn: ${skip}`);

/** @param {(file: string, folder: string) => Promise<void>} act given a notebook with a figure, a table, and a print */
async function withNotebook(act) {
  const folder = temporaryFolder('pictures');
  const samples = Float32Array.from({ length: 8000 }, (_, n) => Math.sin(n / 9));
  const bundles = [waveform({ samples, sampleRate: 8000 }, { title: 'A "tone" <b>' }), table([{ a: 1 }])];
  const outputs = bundles.map((data) => ({ output_type: 'display_data', metadata: {}, data }));
  const printed = { output_type: 'stream', name: 'stdout', text: 'x' };
  await act(writeNotebook(folder, 'n', ['# Text', { source: 'show()', outputs: [...outputs, printed] }]), folder);
}

/** @param {string} file */
const outputsOf = (file) => JSON.parse(fs.readFileSync(file, 'utf8')).cells[1].outputs;

test('a figure gets a PNG beside its other types and inside its HTML, and nothing else changes', { skip }, () =>
  withNotebook(async (file, folder) => {
    const [, table, printed] = outputsOf(file);
    assert.equal(await addPictures([file]), 1);
    const [figure, ...others] = outputsOf(file);
    assert.deepEqual(others, [table, printed]);
    const png = Buffer.from(figure.data['image/png'], 'base64');
    assert.equal(png.toString('latin1', 1, 4), 'PNG');
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [900, 300]);
    assert.match(
      figure.data['text/html'],
      /<img class="ser-figure-picture" alt="A &quot;tone&quot; &lt;b>\nWaveform of/,
    );

    const browser = await openBrowser();
    try {
      const page = await browser.newPage();
      const still = path.join(folder, 'still.html');
      fs.writeFileSync(still, figure.data['text/html']);
      await page.goto(pathToFileURL(still).href);
      assert.ok(await page.isVisible('.ser-figure-picture'), 'the picture is visible without Plotly');
      await page.addScriptTag({ path: inProject('node_modules', 'plotly.js-dist-min', 'plotly.min.js') });
      const [, draw] = /** @type {RegExpExecArray} */ (/.*<script>(.*)<\/script>$/s.exec(figure.data['text/html']));
      await page.addScriptTag({ content: draw });
      assert.ok(await page.isHidden('.ser-figure-picture'), 'the drawn figure takes its place');
    } finally {
      await browser.close();
    }
  }),
);

test('without a browser the notebook stays as it is', () =>
  withNotebook(async (file, folder) => {
    const before = fs.readFileSync(file, 'utf8');
    process.env.SER_CHROMIUM = 'none';
    try {
      assert.equal(await addPictures([file]), undefined);
      assert.equal(whyNoBrowser(), 'Chromium is switched off by SER_CHROMIUM=none');
      process.env.SER_CHROMIUM = path.join(folder, 'gone');
      assert.equal(await addPictures([file]), undefined);
      assert.match(whyNoBrowser(), /^SER_CHROMIUM must be the path of Chromium, got .*gone, which does not exist$/);
    } finally {
      delete process.env.SER_CHROMIUM;
    }
    assert.equal(fs.readFileSync(file, 'utf8'), before);
  }));
