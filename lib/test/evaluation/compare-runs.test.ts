import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { EMOTIONS } from '../../data/labels';
import { runCurves } from '../../display/results/training-curves';
import { compareRuns, comparisonTable } from '../../evaluation/compare-runs';
import type { History } from '../../training/fit';
import { type ClipPrediction, readPredictions, writePredictions } from '../../training/runs/predictions';
import { createRun, type Run } from '../../training/runs/run';
import type { FoldSummary } from '../../training/train';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-compare-'));
after(() => fs.rmSync(root, { recursive: true }));

/** A run whose predictions are correct for the first `right` of ten actors. */
function made(name: string, configuration: Record<string, unknown>, right: number): Run {
  const corpus = { kind: 'practice', description: 'made up', clips: 80, fingerprint: 'none' } as const;
  const run = createRun({ root, name, seed: 11, corpus, configuration });
  const epochs = [1, 2].map((epoch) => ({ epoch, valLoss: 2 / epoch }));
  const history = { epochs, best: 2, ended: 'done' };
  const none = { train: [], validation: [], test: [] };
  const summary: FoldSummary = {
    ...{ fold: 1, protocol: 'actor-split', seed: 11, configuration: {}, interrupted: false, seconds: 0 },
    ...{ rows: { train: 0, validation: 0, test: 0 }, actors: none, leaks: { testRows: 0, sameClip: 0, sameActor: 0 } },
    members: [{ name: 'original', parameters: 1, history: history as History }],
  };
  run.writeJson('history.json', summary);
  const rows = Array.from({ length: 80 }, (_, index): ClipPrediction => {
    const [actor, label] = [1 + Math.floor(index / 8), index % 8];
    const answer = actor <= right ? label : (label + 1) % 8;
    return {
      clip: `03-01-0${label + 1}-01-01-01-${String(actor).padStart(2, '0')}.wav`,
      fold: 1,
      truth: EMOTIONS[label],
      probabilities: EMOTIONS.map((_, place) => (place === answer ? 1 : 0)),
    };
  });
  for (const table of ['predictions.csv', 'validation.csv']) writePredictions(run.file(table), rows);
  return run;
}

const features = { spectrum: { hopLength: 512 } };
const first = made('first', { protocol: 'actor-split', epochs: 60, features }, 2);
const better = made('better', { protocol: 'actor-split', epochs: 30, features: { spectrum: { hopLength: 256 } } }, 9);
const twin = made('twin', { protocol: 'actor-split', epochs: 60, features }, 2);

test('compareRuns names the parameters that differ, nested ones by their path', () => {
  const { differing, runs } = compareRuns([first, better]);
  assert.deepEqual(differing, ['epochs', 'features.spectrum.hopLength']);
  assert.deepEqual(
    runs.map(({ parameters }) => parameters['features.spectrum.hopLength']),
    ['512', '256'],
  );
  assert.deepEqual(compareRuns([first, twin]).differing, []);
});

test('compareRuns gives the difference from the first run and its p-value', () => {
  const [{ name, difference, pValue, clips, actors }] = compareRuns([first, better]).paired;
  assert.deepEqual([name, clips, actors], ['better', 80, 10]);
  assert.ok(Math.abs(difference - 0.7) < 1e-12, `${difference}`);
  // Seven actors gained, none lost: 2 of the 128 ways to exchange them are as extreme.
  assert.ok(Math.abs(pValue - 2 / 128) < 0.006, `${pValue}`);
});

test('compareRuns ignores clips with more than one prediction, and pairs nothing if none remain', () => {
  const doubled = made('doubled', { protocol: 'actor-split' }, 9);
  const rows = readPredictions(doubled.file('predictions.csv'));
  writePredictions(doubled.file('predictions.csv'), [...rows, ...rows.slice(0, 40)]);
  assert.equal(compareRuns([first, doubled]).paired[0].clips, 40);
  writePredictions(doubled.file('predictions.csv'), [...rows, ...rows]);
  assert.deepEqual(compareRuns([first, doubled]).paired, []);
});

test('compareRuns needs two runs, and comparisonTable shows the gain', () => {
  assert.throws(() => compareRuns([first]), /at least two runs are needed, got 1/);
  const [row] = comparisonTable(compareRuns([better, first]));
  assert.equal(row['UAR gained over better'], '−70.0 points');
});

test('runCurves draws one line for each run and tells the lowest loss of each', () => {
  const figure = runCurves([
    { name: 'a <b>', valLoss: [2, 1.5, 1.7] },
    { name: 'c', valLoss: [2.1] },
  ]);
  assert.equal(figure['application/vnd.plotly.v1+json'].data.length, 2);
  assert.match(figure['text/plain'], /a <b>: 3 epochs, lowest 1\.500 in epoch 2\./);
  assert.doesNotMatch(JSON.stringify(figure['application/vnd.plotly.v1+json']), /<b>/);
  assert.throws(() => runCurves([{ name: 'none', valLoss: [] }]), /every run must have an epoch/);
});
