import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { loadModel, saveModel } from '../../layers/model-file';
import * as extensions from '../../models/network/extensions';
import { Random } from '../../random';
import { tf } from '../../tensorflow';
import { predictRows } from '../../training/predict-rows';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-extensions-'));
after(() => fs.rmSync(folder, { recursive: true }));

const [frames, coefficients, rows] = [11, 9, 5];
const random = new Random(3, 'extensions');
const data = {
  features: Float32Array.from({ length: rows * frames * coefficients }, () => random.normal()),
  labels: new Int32Array(rows),
  clips: new Int32Array(rows),
  frames,
  coefficients,
};
/** Parameters for 104 frames of 20 MFCCs. */
const PARAMETERS: Record<keyof typeof extensions, number> = {
  convolutionalLstm: 122_344,
  convolutionalGru: 97_896,
  bidirectionalLstm: 52_296,
  gruNetwork: 21_192,
  transformerEncoder: 119_688,
};

for (const [name, build] of Object.entries(extensions)) {
  test(`${name} gives probabilities, the same for a seed and after saving, others for another seed, and leaks nothing`, async () => {
    const before = tf.memory().numTensors;
    const answers = [1, 1, 2].map((seed) => {
      const model = build({ frames, coefficients, seed });
      const outputs = predictRows(model, data);
      model.dispose();
      return outputs;
    });
    for (let row = 0; row < rows; row++) {
      const sum = answers[0].subarray(row * 8, row * 8 + 8).reduce((total, value) => total + value, 0);
      assert.ok(Math.abs(sum - 1) < 1e-5, `${sum}`);
    }
    assert.deepEqual(answers[1], answers[0]);
    assert.notDeepEqual(answers[2], answers[0]);
    const model = build({ frames, coefficients, seed: 1 });
    await saveModel(model, path.join(folder, name));
    model.dispose();
    const loaded = await loadModel(path.join(folder, name));
    assert.deepEqual(predictRows(loaded, data), answers[0]);
    loaded.dispose();
    const whole = build({ frames: 104, coefficients: 20, seed: 1 });
    assert.equal(whole.countParams(), PARAMETERS[name as keyof typeof extensions]);
    whole.dispose();
    assert.equal(tf.memory().numTensors, before);
  });
}

test('the convolutions tell a Transformer encoder which frame is when', () => {
  const model = extensions.transformerEncoder({ frames, coefficients, seed: 1 });
  const forwards = predictRows(model, data);
  const reversed = data.features.slice();
  for (let row = 0; row < rows; row++) {
    for (let frame = 0; frame < frames; frame++) {
      const from = (row * frames + frames - 1 - frame) * coefficients;
      reversed.set(data.features.subarray(from, from + coefficients), (row * frames + frame) * coefficients);
    }
  }
  const backwards = predictRows(model, { ...data, features: reversed });
  model.dispose();
  const apart = Math.max(...forwards.map((value, index) => Math.abs(value - backwards[index])));
  assert.ok(apart > 1e-3, `${apart}`);
});
