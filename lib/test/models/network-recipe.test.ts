import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { foldsOf } from '../../evaluation/protocols';
import { loadKerasOptimizer } from '../../layers/keras/load';
import type { KerasOptimizer } from '../../layers/keras/optimizer-state';
import { prepareTrainer } from '../../models/registry';
import type { BatchProgress, History } from '../../training/fit';
import { ArtefactFolder } from '../../training/runs/artefact-folder';
import type { Checkpoint } from '../../training/runs/checkpoint';
import { decodeWeights } from '../../training/weights';
import { toyStore } from '../support/toy-store';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-network-'));
after(() => fs.rmSync(root, { recursive: true }));

const store = toyStore([1, 2, 3, 4]);
const [{ number, rows, train, validation }] = foldsOf('actor-split', store.manifest.clips, { testActors: [4] });

/** Trains, or resumes, in a folder; `stopAfter` an epoch interrupts. */
async function trainIn(name: string, stopAfter?: number): Promise<{ artefacts: ArtefactFolder; history: History }> {
  const artefacts = new ArtefactFolder(path.join(root, name));
  const trainer = await prepareTrainer('original', store, { epochs: 30, batchSize: 16, learningRate: 0.1 });
  const stop = new AbortController();
  const onBatch = ({ epoch, batch, batches }: BatchProgress): void => {
    if (epoch === stopAfter && batch === batches) stop.abort();
  };
  const sides = { number, rows, train, validation };
  const model = await trainer.train({
    ...{ sides, artefacts, seed: 11, tensorBoard: false, onBatch },
    interrupt: stop.signal,
  });
  model.dispose();
  const [{ history }] = model.members;
  assert.ok(history);
  return { artefacts, history };
}

async function optimizerIn(artefacts: ArtefactFolder): Promise<KerasOptimizer> {
  const optimizer = await loadKerasOptimizer(artefacts.existingFile('best.keras'));
  assert.ok(optimizer);
  return optimizer;
}

test("best.keras holds the optimiser's state after the best epoch, also when the training was interrupted there", async () => {
  const whole = await trainIn('whole');
  const { best, epochs } = whole.history;
  assert.ok(best > 1 && best < epochs.length, `epoch ${best} of ${epochs.length}`);
  const expected = await optimizerIn(whole.artefacts);
  const { artefacts } = await trainIn('parts', best);
  const { step, learningRate, slots } = artefacts.readJson<Checkpoint>('checkpoint.json');
  assert.equal(expected.step, step);
  assert.equal(expected.options.learningRate, Math.fround(learningRate));
  assert.deepEqual(
    expected.slots.map(({ values }) => values),
    decodeWeights(slots),
  );
  assert.deepEqual(await optimizerIn(artefacts), expected);
  await trainIn('parts');
  assert.deepEqual(await optimizerIn(artefacts), expected);
  const weights = ({ folder }: ArtefactFolder): string[] =>
    fs.readdirSync(path.join(folder, 'model')).filter((name) => name.endsWith('.bin'));
  assert.deepEqual(weights(artefacts), weights(whole.artefacts), 'files named by their content');
});
