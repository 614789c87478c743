import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { loadAudio } from '../../lib/dist/audio/load.js';
import { openCorpus } from '../../lib/dist/data/open-corpus.js';
import { EmotionPredictor } from '../../lib/dist/inference/predictor.js';
import { readNotebooks } from '../run/notebooks.mjs';
import { inProject } from '../setup/project.mjs';
import { runCommand, temporaryFolder } from './command.mjs';
import { assertPagesOpenOffline } from './pages.mjs';

/** Parameters that make the notebooks quick. */
const QUICK = {
  practice: ['practiceVoices=4', 'epochs=2'],
  recordings: ['epochs=3'],
};
/** Folder with RAVDESS as zips, set by .ci/run if there is one. */
const recordings = process.env.SER_TEST_RECORDINGS;
const ACTORS = ['Actor_01', 'Actor_02', 'Actor_03', 'Actor_04'];

/**
 * Runs the five notebooks in a work folder of their own, so that nothing of the user's is touched.
 *
 * @param {string[]} parameters
 * @param {string[]} options
 * @returns {Promise<any>} metrics.json
 */
async function metricsOf(parameters, options = []) {
  const work = temporaryFolder('work');
  const set = parameters.flatMap((parameter) => ['-p', parameter]);
  const { status, stdout, stderr } = runCommand('start', ['--run', 'tested', ...options, ...set], {
    SER_WORK: work,
    SER_DATA: undefined,
  });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  console.log(stdout.slice(stdout.indexOf('\nnotebook ')));
  for (const { name } of readNotebooks(inProject('notebooks'))) {
    assert.match(stdout, new RegExp(`^${name} .* ok$`, 'm'));
    assert.match(fs.readFileSync(path.join(work, 'rendered', `${name}.html`), 'utf8'), /<\/html>/);
  }
  assertIndexPage(path.join(work, 'rendered'));
  await assertPagesOpenOffline(path.join(work, 'rendered'));
  return JSON.parse(fs.readFileSync(path.join(work, 'runs', 'tested', 'metrics.json'), 'utf8'));
}

/** One page leads to all others, and asks the network for nothing. @param {string} rendered */
function assertIndexPage(rendered) {
  const page = fs.readFileSync(path.join(rendered, 'index.html'), 'utf8');
  const links = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map((match) => match[1]);
  assert.ok(links.length >= 5, `links: ${links}`);
  for (const link of links) assert.ok(fs.existsSync(path.join(rendered, link)), `nothing at ${link}`);
  for (const name of ['model-card.md', 'results.csv', 'metrics.json'])
    assert.ok(links.includes(`../runs/tested/${name}`), `no link to ${name}: ${links}`);
  assert.doesNotMatch(page, /<script|@import|url\(/);
  assert.match(page, /actor-split[\s\S]*\d+\.\d %/);
  assert.doesNotMatch(page, /class="origin"/, 'the figures are of this very execution');
}

/** Both ways of dividing the clips are measured. @param {any} metrics */
function assertBothProtocols({ protocols }) {
  assert.deepEqual(Object.keys(protocols).sort(), ['actor-split', 'original']);
  for (const [name, { loss, accuracy, uar }] of Object.entries(protocols)) {
    assert.ok([loss, accuracy, uar].every(Number.isFinite), `${name}: ${loss}, ${accuracy}, ${uar}`);
    console.log(`${name}: loss ${loss.toFixed(3)}, accuracy ${accuracy.toFixed(3)}, UAR ${uar.toFixed(3)}`);
  }
}

test('there are five notebooks', () => {
  const names = readNotebooks(inProject('notebooks')).map(({ name }) => name);
  assert.deepEqual(names, ['1-data', '2-features', '3-train', '4-evaluate', '5-infer']);
});

test('the five notebooks pass on a small practice corpus', async () => {
  const metrics = await metricsOf(QUICK.practice);
  assert.equal(metrics.corpus, 'practice');
  assertBothProtocols(metrics);
});

if (recordings) {
  test('the five notebooks pass on real recordings of four actors', async () => {
    const data = temporaryFolder('recordings');
    unpack(recordings, data);
    const metrics = await metricsOf(QUICK.recordings, ['--data', data]);
    assert.equal(metrics.corpus, 'ravdess');
    assert.equal(metrics.clips, 60 * ACTORS.length);
    assertBothProtocols(metrics);
    await assertSentencesAreTold(data);
  });
}

/**
 * The shipped model recognises the sentence of a recording, and a recording played backwards as none of them.
 *
 * @param {string} data
 */
async function assertSentencesAreTold(data) {
  const { clips } = await openCorpus({ data });
  const predictor = await EmotionPredictor.load({ run: 'shipped' });
  /** @type {Awaited<ReturnType<typeof loadAudio>>[]} */
  const recordings = [];
  for (const { path: file } of clips.filter((_, index) => index % 6 === 0)) recordings.push(await loadAudio(file));
  const backwards = recordings.map((signal) => ({ ...signal, samples: signal.samples.slice().reverse() }));
  const doubted = await Promise.all(
    [recordings, backwards].map(async (signals) => {
      const predictions = await predictor.predictMany(signals);
      return predictions.filter(({ warnings }) => warnings.some(({ kind }) => kind === 'other-sentence')).length;
    }),
  );
  predictor.dispose();
  assert.ok(doubted[0] <= 1, `${doubted[0]} of ${recordings.length} are taken for another sentence`);
  assert.ok(doubted[1] >= recordings.length - 2, `${doubted[1]} of ${recordings.length} backwards are`);
}

/** Unpacks the four actors from the zips of a folder. @param {string} archives @param {string} folder */
function unpack(archives, folder) {
  const program = `
import sys, zipfile, pathlib
archives, folder, *actors = sys.argv[1:]
for file in sorted(pathlib.Path(archives).glob("*.zip")):
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder, [name for name in archive.namelist() if name.split("/")[0] in actors])
`;
  const { status, stderr } = spawnSync('python3', ['-c', program, archives, folder, ...ACTORS], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.deepEqual(fs.readdirSync(folder).sort(), ACTORS);
}
