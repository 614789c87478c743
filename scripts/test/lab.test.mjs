/** The notebooks in the real thing: JupyterLab in a browser, Run All, and what a person then sees and does. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { findBrowser, openBrowser, whyNoBrowser } from '../browser/index.mjs';
import { temporaryFolder } from './command.mjs';
import { LabNotebook } from './lab-notebook.mjs';
import { startLab } from './lab-server.mjs';

const skip = findBrowser() ? false : whyNoBrowser();
if (skip) console.log(`lab.test: the notebooks are not tried in JupyterLab: ${skip}`);

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof startLab>>} */
let lab;

after(async () => {
  await browser?.close();
  await lab?.stop();
});
const folder = temporaryFolder('lab'); // removed after the hook above
const runs = path.join(folder, 'work', 'runs');
before(async () => {
  if (skip) return;
  lab = await startLab(folder);
  browser = await openBrowser();
});

/**
 * Opens a notebook, sets parameters, runs all of it, and expects it whole: every cell run, none with an error, every
 * figure drawn, every player playable. The page is given to `act` before it closes.
 *
 * @param {string} name
 * @param {Record<string, string>} parameters
 * @param {(notebook: LabNotebook) => Promise<void>} [act]
 */
async function runAndLook(name, parameters, act) {
  const notebook = await LabNotebook.open(browser, lab.url, name);
  for (const [parameter, value] of Object.entries(parameters)) await notebook.setParameter(parameter, value);
  await notebook.runAll();
  await expectWhole(notebook, name);
  await act?.(notebook);
  await notebook.close();
}

/** @param {LabNotebook} notebook @param {string} name */
async function expectWhole(notebook, name) {
  const cells = await notebook.cells();
  for (const { source, ran, errors } of cells) {
    assert.deepEqual(errors, [], source);
    assert.ok(ran, `did not run: ${source}`);
  }
  const sum = (/** @type {'figures' | 'players'} */ kind) => cells.reduce((count, cell) => count + cell[kind], 0);
  const { figures, players } = await notebook.look();
  assert.equal(figures, sum('figures'), 'figures with marks');
  assert.equal(players.length, sum('players'), 'players');
  for (const seconds of players) assert.ok(seconds > 0.5 && seconds < 30, `a player of ${seconds} s`);
  console.log(`${name}: ${cells.length} cells, ${figures} figures drawn, ${players.length} players playable`);
}

test('1-data runs in JupyterLab, and its clips can be played', { skip }, () =>
  runAndLook('1-data', { practiceVoices: '4' }, async (notebook) => {
    const played = await notebook.play();
    assert.ok(played >= 0.2, `the player came to ${played} s`);
    assert.deepEqual(await notebook.page.locator('.Toastify__toast').allTextContents(), [], 'nothing covers the cells');
  }),
);

test('2-features runs in JupyterLab', { skip }, () => runAndLook('2-features', {}));

test('3-train is interrupted, keeps a checkpoint, and runs again with another parameter', { skip }, async () => {
  const notebook = await LabNotebook.open(browser, lab.url, '3-train');
  await notebook.setParameter('epochs', '500');
  await notebook.setParameter('compareWith', '[]');
  await notebook.setParameter('run', "'interrupted'");
  await notebook.choose('Run', 'Run All Cells');
  const { texts, most } = await notebook.watch(
    '.ser-training',
    (seen) => [...seen].some((text) => /: epoch [2-9] of/.test(text)), // not the axis, which has the last epoch's number
  );
  assert.ok(texts.size > 1, `progress said only ${[...texts]}`);
  assert.equal(most, 1, 'progress stays one display, replaced in place');
  await notebook.choose('Kernel', 'Interrupt Kernel');
  await notebook.untilIdle();
  const cell = (await notebook.cells()).find(({ source }) => source.includes('trainProtocol({'));
  assert.match(cell?.text ?? '', /^actor-split, original: interrupted at epoch \d+; run the cell again to resume/);
  assert.equal(cell?.errors.length, 1);
  assert.match(cell?.errors[0] ?? '', /^SerError: trainProtocol: .*; run the cell again to resume, .*\n$/);
  const left = fs.readdirSync(path.join(runs, 'interrupted'), { recursive: true, encoding: 'utf8' });
  const names = left.map((file) => path.basename(file));
  assert.ok(names.includes('checkpoint.json') && names.includes('model'), `left: ${left}`);

  await notebook.setParameter('epochs', '2');
  await notebook.setParameter('compareWith', "['original']");
  await notebook.setParameter('run', "'again'");
  await notebook.runAll();
  await expectWhole(notebook, '3-train');
  await notebook.close();
  const { configuration } = JSON.parse(fs.readFileSync(path.join(runs, 'again', 'run.json'), 'utf8'));
  assert.equal(configuration.epochs, 2);
});

test('4-evaluate runs in JupyterLab', { skip }, () => runAndLook('4-evaluate', {}));

test('5-infer runs in JupyterLab', { skip }, () => runAndLook('5-infer', {}));
