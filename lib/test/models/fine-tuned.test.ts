import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { saveModel } from '../../layers/model-file';
import { ENCODER } from '../../models/encoder/settings';
import { encoderAugmentation } from '../../models/fine-tuned/augmentation';
import { encoderInputs } from '../../models/fine-tuned/input';
import { ENCODER_COLUMNS, encoderNetwork } from '../../models/fine-tuned/network';
import { FINE_TUNED_FILE } from '../../models/fine-tuned/recipe';
import { ENCODER_INPUT } from '../../models/fine-tuned/settings';
import { loadTrainedModel } from '../../models/registry';
import { Random } from '../../random';
import { tf } from '../../tensorflow';
import { ArtefactFolder } from '../../training/runs/artefact-folder';

const largestDifference = (found: ArrayLike<number>, expected: ArrayLike<number>): number =>
  Array.from(found).reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);

test('inputs hold each speed with its frames, mask and level', () => {
  const samples = Float32Array.from({ length: 16_000 }, (_, n) => 0.1 * Math.sin(n / 9));
  const inputs = encoderInputs({ samples, sampleRate: 16_000 }, ENCODER_INPUT.speeds);
  const size = ENCODER_INPUT.frames * ENCODER_COLUMNS;
  assert.equal(inputs.length, ENCODER_INPUT.speeds.length * size);
  const sounding = ENCODER_INPUT.speeds.map((_, speed) => {
    const row = inputs.subarray(speed * size, (speed + 1) * size);
    const level = row[ENCODER.bands + 1] * ENCODER_INPUT.levelUnit + ENCODER_INPUT.meanLevel;
    assert.ok(Math.abs(level - 20 * Math.log10(0.1 / Math.SQRT2)) < 0.1, `${level} dB`);
    return Array.from({ length: ENCODER_INPUT.frames }, (_, f) => row[f * ENCODER_COLUMNS + ENCODER.bands]).reduce(
      (sum, present) => sum + present,
      0,
    );
  });
  assert.deepEqual(sounding, [101, 112, 91]);
  assert.throws(() => encoderInputs({ samples: new Float32Array(0), sampleRate: 16_000 }, [1]), RangeError);
});

test('padding changes no prediction, and no tensor is left', () => {
  const network = encoderNetwork({ frames: 20, seed: 3 });
  const random = new Random(3);
  for (const weight of network.trainableWeights) {
    weight.write(
      tf.tidy(() =>
        tf.tensor(
          Array.from(
            { length: weight.shape.reduce((a, b) => Number(a) * Number(b), 1) as number },
            () => 0.05 * random.normal(),
          ),
          weight.shape as number[],
        ),
      ),
    );
  }
  const row = Float32Array.from({ length: 20 * ENCODER_COLUMNS }, (_, i) => {
    const [frame, column] = [Math.floor(i / ENCODER_COLUMNS), i % ENCODER_COLUMNS];
    if (column < ENCODER.bands) return frame < 12 ? random.uniform(0, 1) : 0;
    return column === ENCODER.bands ? Number(frame < 12) : 0.5;
  });
  const before = tf.memory().numTensors;
  const predict = (values: Float32Array, clips: number): Float32Array =>
    tf.tidy(() =>
      (network.predict(tf.tensor4d(values, [clips, 20, ENCODER_COLUMNS, 1])) as tf.Tensor).dataSync<'float32'>(),
    );
  const alone = predict(row, 1);
  const full = row.map((value, i) => (i % ENCODER_COLUMNS === ENCODER.bands ? 1 : value));
  const together = predict(Float32Array.from([...row, ...full]), 2);
  assert.ok(largestDifference(alone, together.subarray(0, 8)) < 1e-6);
  assert.equal(tf.memory().numTensors, before);
  network.dispose();
});

test('augmentation keeps the mask, and padding stays silent', () => {
  const values = Float32Array.from({ length: 30 * ENCODER_COLUMNS }, (_, i) => {
    const [frame, column] = [Math.floor(i / ENCODER_COLUMNS), i % ENCODER_COLUMNS];
    return frame < 25 ? (column > ENCODER.bands ? 0 : 1) : 0;
  });
  const changed = tf.tidy(() =>
    encoderAugmentation()
      .apply(tf.tensor4d(values, [1, 30, ENCODER_COLUMNS, 1]), new Random(5))
      .dataSync<'float32'>(),
  );
  for (let frame = 0; frame < 30; frame++) {
    const row = changed.subarray(frame * ENCODER_COLUMNS, (frame + 1) * ENCODER_COLUMNS);
    assert.equal(row[ENCODER.bands], Number(frame < 25));
    if (frame >= 25) assert.ok(row.subarray(0, ENCODER.bands).every((value) => value === 0));
  }
  assert.ok(largestDifference(changed, values) > 0.05);
});

test('a saved encoder is loaded by its family, and predicts the mean over the playback speeds', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-encoder-'));
  const artefacts = new ArtefactFolder(folder);
  const network = encoderNetwork({ frames: ENCODER_INPUT.frames, seed: 3 });
  const random = new Random(4);
  for (const weight of network.trainableWeights) {
    const values = Float32Array.from({ length: tf.util.sizeFromShape(weight.shape as number[]) }, () =>
      random.normal(),
    );
    tf.tidy(() => {
      weight.write(tf.mul(0.05, tf.tensor(values, weight.shape as number[])));
    });
  }
  await saveModel(network, artefacts.file('model'));
  artefacts.writeJson(FINE_TUNED_FILE, { settings: { ...ENCODER, ...ENCODER_INPUT } });
  const sounds = [0.01, 0.3].map((amplitude) => ({
    samples: Float32Array.from({ length: 20_000 }, (_, n) => amplitude * Math.sin(n / 9)),
    sampleRate: 16_000,
  }));
  const model = await loadTrainedModel(artefacts);
  const { probabilities } = await model.predict(sounds);
  const expected = sounds.flatMap((sound) => {
    const inputs = encoderInputs(sound, ENCODER_INPUT.speeds);
    const rows = tf.tidy(() => {
      const batch = tf.tensor4d(inputs, [ENCODER_INPUT.speeds.length, ENCODER_INPUT.frames, ENCODER_COLUMNS, 1]);
      return tf.mean(network.predict(batch) as tf.Tensor, 0).dataSync<'float32'>();
    });
    return [...rows];
  });
  assert.ok(largestDifference(probabilities, expected) < 1e-5);
  assert.ok(largestDifference(probabilities.subarray(0, 8), probabilities.subarray(8)) > 1e-4, 'sounds differ');
  network.dispose();
  model.dispose();
  fs.rmSync(folder, { recursive: true });
});
