import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { loadClip } from '../../audio/load';
import { foldsOf } from '../../evaluation/protocols';
import { melSpectrogram, mfcc, powerToDb } from '../../features/mel/mfcc';
import { coefficientsOf, FEATURE_KINDS, modelFeatures, parseFeatureKind } from '../../features/model-features';
import { computeFeatures } from '../../features/store/store';
import { delta } from '../../features/summary/delta';
import { EmotionPredictor } from '../../inference/predictor';
import { prepareTrainer } from '../../models/registry';
import { readPredictions } from '../../training/runs/predictions';
import { createRun } from '../../training/runs/run';
import { trainProtocol } from '../../training/train';
import { tinyCorpus } from '../support/tiny-corpus';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-model-features-'));
after(() => fs.rmSync(folder, { recursive: true }));
const corpus = tinyCorpus(folder, [1, 2, 4]);

test('modelFeatures gives MFCCs, MFCCs with slopes and curvatures, and 64 mel bands in decibels', async () => {
  const signal = await loadClip(corpus.clips[3].path);
  const cepstra = mfcc(signal);
  assert.deepEqual(modelFeatures(signal), cepstra);
  const { values, coefficients, frames } = modelFeatures(signal, 'mfcc+deltas');
  assert.deepEqual([frames, coefficients], [104, 60]);
  const [slopes, curvatures] = [delta(cepstra).values, delta(cepstra, { order: 2 }).values];
  for (const frame of [0, 50, 103]) {
    const row = [...values.subarray(frame * 60, frame * 60 + 60)];
    const part = (of: Float32Array): number[] => [...of.subarray(frame * 20, frame * 20 + 20)];
    assert.deepEqual(row, [...part(cepstra.values), ...part(slopes), ...part(curvatures)]);
  }
  assert.deepEqual(modelFeatures(signal, 'mel-spectrogram'), powerToDb(melSpectrogram(signal, { melBands: 64 })));
  for (const kind of FEATURE_KINDS) assert.equal(modelFeatures(signal, kind).coefficients, coefficientsOf(kind));
  assert.throws(() => parseFeatureKind('plp'), /features must be one of mfcc, .*, got "plp"/);
});

for (const kind of FEATURE_KINDS.slice(1)) {
  test(`a model trained on ${kind} is asked with ${kind}: inference answers as out-of-fold prediction did`, async () => {
    const store = await computeFeatures(corpus, { root: path.join(folder, 'features'), features: kind, copies: 1 });
    assert.equal(store.coefficients, coefficientsOf(kind));
    const facts = { kind: 'practice', description: corpus.label, clips: 24, fingerprint: corpus.fingerprint } as const;
    const root = path.join(folder, 'runs');
    const run = createRun({ root, seed: 11, corpus: facts, configuration: { protocol: 'actor-split' } });
    const trainer = await prepareTrainer('original', store, { epochs: 1, batchSize: 8 });
    const folds = foldsOf('actor-split', corpus.clips, { testActors: [4] });
    await trainProtocol({ run, store, trainer, protocol: 'actor-split', folds });
    run.finish();
    const predictor = await EmotionPredictor.load({ root });
    for (const row of readPredictions(run.file('predictions.csv')).slice(0, 2)) {
      const { probabilities } = await predictor.predict(path.join(folder, row.clip));
      Object.values(probabilities).forEach((probability, index) => {
        assert.ok(Math.abs(probability - row.probabilities[index]) < 1e-4, `${row.clip}: ${probability}`);
      });
    }
    predictor.dispose();
  });
}
