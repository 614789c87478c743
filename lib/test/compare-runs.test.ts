import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { EMOTIONS } from '../data/labels';
import { runCurves } from '../display/run-curves';
import { compareRuns } from '../evaluation/compare-runs';
import { type ResultRow, writeResults } from '../evaluation/results';
import { writePredictions } from '../training/predictions';
import { createRun, type Run } from '../training/run';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-compare-'));
after(() => fs.rmSync(root, { recursive: true }));

/** A run whose answers are right for the first `right` of every ten clips. */
function made(name: string, configuration: Record<string, unknown>, right?: number): Run {
  const corpus = { kind: 'practice', description: 'made up', clips: 80, fingerprint: 'none' } as const;
  const run = createRun({ root, name, seed: 11, corpus, configuration });
  const epochs = [1, 2].map((epoch) => ({ epoch, valLoss: 2 / epoch }));
  const history = { epochs, best: 2, ended: 'done' };
  run.writeJson('history.json', { protocol: 'actor-split', members: [{ name: 'original', parameters: 1, history }] });
  for (const table of ['predictions.csv', 'validation.csv']) writePredictions(run.file(table), []);
  if (right !== undefined) {
    const rows = Array.from({ length: 80 }, (_, clip): ResultRow => {
      const truth = EMOTIONS[clip % 8];
      const predicted = Math.floor(clip / 8) < right ? truth : EMOTIONS[(clip + 1) % 8];
      return {
        file: `clip-${clip}.wav`,
        actor: 1 + Math.floor(clip / 8),
        truth,
        predicted,
        probabilities: EMOTIONS.map((emotion) => (emotion === predicted ? 1 : 0)),
      };
    });
    writeResults(run.file('results.csv'), rows);
  }
  return run;
}

const features = { spectrum: { hopLength: 512 } };
const first = made('first', { protocol: 'actor-split', epochs: 60, features }, 2);
const better = made('better', { protocol: 'actor-split', epochs: 30, features: { spectrum: { hopLength: 256 } } }, 9);
const unevaluated = made('unevaluated', { protocol: 'actor-split', epochs: 60, features });

test('compareRuns names the parameters that differ, nested ones by their path', () => {
  const { differing, runs } = compareRuns([first, better]);
  assert.deepEqual(differing, ['epochs', 'features.spectrum.hopLength']);
  assert.deepEqual(
    runs.map(({ parameters }) => parameters['features.spectrum.hopLength']),
    ['512', '256'],
  );
  assert.deepEqual(compareRuns([first, unevaluated]).differing, []);
});

test('compareRuns finds by how much a run is better than the first one, and how likely that is by chance', () => {
  const [{ name, difference, pValue, clips, actors }] = compareRuns([first, better]).paired;
  assert.deepEqual([name, clips, actors], ['better', 80, 10]);
  assert.ok(Math.abs(difference - 0.7) < 1e-12, `${difference}`);
  // Seven actors gained, none lost: 2 of the 128 ways to exchange them are as extreme.
  assert.ok(Math.abs(pValue - 2 / 128) < 0.006, `${pValue}`);
});

test('compareRuns pairs nothing with a run that was not evaluated, and wants two runs', () => {
  assert.deepEqual(compareRuns([first, unevaluated]).paired, []);
  assert.throws(() => compareRuns([first]), /at least two runs are needed, got 1/);
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
