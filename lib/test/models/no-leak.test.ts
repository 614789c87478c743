/** Test clips influence nothing that is fitted or selected: scalers, epochs, temperatures or thresholds. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { evaluateProtocol } from '../../evaluation/evaluate-run';
import { foldsOf, PROTOCOL_NAMES, PROTOCOLS_EXPLAINED, type ProtocolName } from '../../evaluation/protocols';
import type { FeatureStore } from '../../features/store/store';
import { prepareTrainer, RECIPES } from '../../models/registry';
import { describeFold } from '../../training/dataset';
import { createRun, type Run } from '../../training/runs/run';
import { trainProtocol } from '../../training/train';
import { chosenFiles, READ_RECORDINGS } from '../support/no-leak';
import { spoil, toyStore } from '../support/toy-store';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-no-leak-'));
after(() => fs.rmSync(root, { recursive: true }));

const store = toyStore([1, 2, 3, 4, 5, 6]);
const { clips } = store.manifest;
/** Protocols with unseen test clips; the test actors of random-clip are also in training. */
const HONEST = PROTOCOL_NAMES.filter((name) => name !== 'original');

/** Trains and evaluates the first fold of a protocol. */
async function trained(model: string, protocol: ProtocolName, seen: FeatureStore): Promise<Run> {
  const corpus = { kind: 'practice', description: 'toy', clips: clips.length, fingerprint: 'toy' } as const;
  const run = createRun({ root, seed: 11, corpus, configuration: { protocol, model } });
  const settings = { epochs: 3, batchSize: 16, specAugment: true, classWeights: true };
  const trainer = await prepareTrainer(model, seen, settings);
  const folds = foldsOf(protocol, clips, { copies: store.copies }).slice(0, 1);
  await trainProtocol({ run, store: seen, trainer, protocol, folds });
  evaluateProtocol(run, protocol);
  return run;
}

/** The toy store has no recordings; no-leak-recordings.test.ts tests the recipes that read them. */
const elsewhere: readonly string[] = READ_RECORDINGS;

for (const model of Object.keys(RECIPES).filter((name) => !elsewhere.includes(name))) {
  for (const protocol of model === 'original' ? HONEST : (['actor-5'] as const)) {
    test(`${model} under ${protocol}: other test clips and labels change nothing that was fitted or selected`, async () => {
      const [fold] = foldsOf(protocol, clips, { copies: store.copies });
      const other = spoil(store, fold.test, ['standard', 'augmented', 'labels']);
      const [before, after] = [await trained(model, protocol, store), await trained(model, protocol, other)];
      assert.deepEqual(chosenFiles(after), chosenFiles(before));
      const predictions = [before, after].map((run) => fs.readFileSync(run.file('predictions.csv'), 'utf8'));
      assert.notEqual(predictions[0], predictions[1], 'the test clips differ');
    });
  }

  test(`${model}: validation clips are not trained on, and their augmented copies are not used`, async () => {
    const [fold] = foldsOf('actor-5', clips);
    const run = await trained(model, 'actor-5', store);
    const copies = await trained(model, 'actor-5', spoil(store, fold.validation, ['augmented']));
    assert.deepEqual(chosenFiles(copies), chosenFiles(run));
    const voices = await trained(model, 'actor-5', spoil(store, fold.validation, ['standard']));
    assert.deepEqual(voices.readJson('scaler.json'), run.readJson('scaler.json'));
    const first = (of: Run): string[] => fs.readFileSync(of.file('history.csv'), 'utf8').split('\n')[1].split(',');
    assert.deepEqual(
      [first(voices)[1], first(voices)[3]],
      [first(run)[1], first(run)[3]],
      'accuracy and loss in training',
    );
  });
}

test('original, the leaky protocol, does select by its test side, so the tests above can fail', async () => {
  const [fold] = foldsOf('original', clips, { copies: store.copies });
  const tested = [...new Set(fold.test.map((row) => Math.floor(row / store.copies)))];
  const other = spoil(store, tested, ['augmented']);
  const [before, after] = [await trained('original', 'original', store), await trained('original', 'original', other)];
  assert.notDeepEqual(chosenFiles(after), chosenFiles(before));
});

test('no clip and no actor of a test side is in training, except where the protocol says so', () => {
  for (const protocol of PROTOCOL_NAMES) {
    for (const fold of foldsOf(protocol, clips, { copies: store.copies })) {
      const { leaks, actors } = describeFold(store, fold);
      const { leak } = PROTOCOLS_EXPLAINED[protocol];
      const shared = actors.validation.filter((actor) => actors.train.includes(actor) || actors.test.includes(actor));
      assert.equal(leaks.sameClip > 0, protocol === 'original', protocol);
      assert.equal(leaks.sameActor > 0, leak !== undefined, protocol);
      assert.equal(shared.length > 0, leak !== undefined, protocol);
    }
  }
});
