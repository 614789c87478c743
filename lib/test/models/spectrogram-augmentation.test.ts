import assert from 'node:assert/strict';
import test from 'node:test';
import {
  type SpectrogramAugmentationOptions,
  spectrogramAugmentation,
} from '../../models/convolutional/spectrogram-augmentation';
import { Random } from '../../random';
import { tf } from '../../tensorflow';

const FRAMES = 30;
const BANDS = 16;
const ROWS = 4;
const STILL = { timeWarp: 0, bandWarp: 0, shift: 0, level: 0, tilt: 0, masks: 0 } as const;

/** Sounds in the first 20 frames, silence of −3 after them. */
const sounds = (): Float32Array => {
  const random = new Random(3, 'spectrograms');
  return Float32Array.from({ length: ROWS * FRAMES * BANDS }, (_, i) =>
    Math.floor(i / BANDS) % FRAMES < 20 ? Math.abs(random.normal()) : -3,
  );
};

function augmented(options: SpectrogramAugmentationOptions, seed = 1, values = sounds()): Float32Array {
  const before = tf.memory().numTensors;
  const result = tf.tidy(() => {
    const batch = tf.tensor4d(values, [ROWS, FRAMES, BANDS, 1]);
    const changed = spectrogramAugmentation(options).apply(batch, new Random(seed));
    assert.deepEqual(changed.shape, batch.shape);
    return changed.dataSync<'float32'>().slice();
  });
  assert.equal(tf.memory().numTensors, before);
  return result;
}

test('strengths of zero change nothing', () => {
  assert.deepEqual(augmented(STILL), sounds());
});

test('the same seed changes in the same way, another one in another; every row has its own', () => {
  assert.deepEqual(augmented({}), augmented({}));
  assert.notDeepEqual(augmented({}, 2), augmented({}));
  const same = new Float32Array(ROWS * FRAMES * BANDS);
  for (let row = 0; row < ROWS; row++) same.set(sounds().subarray(0, FRAMES * BANDS), row * FRAMES * BANDS);
  const rows = augmented({}, 1, same);
  assert.notDeepEqual(rows.slice(0, FRAMES * BANDS), rows.slice(FRAMES * BANDS, 2 * FRAMES * BANDS));
});

test('silence stays silence however time and bands are warped, and what lies beyond the recording is silence', () => {
  const silent = new Float32Array(ROWS * FRAMES * BANDS).map((_, i) => -1 - (i % BANDS) / 8);
  const unmoved = augmented({ ...STILL, timeWarp: 0.5, shift: 20 }, 1, silent);
  assert.deepEqual(unmoved, silent);
  for (let seed = 0; seed < 20; seed++) {
    const values = augmented({ ...STILL, timeWarp: 0.3, bandWarp: 0.3, shift: 10 }, seed);
    assert.ok(values.every((value) => value >= -3 && Number.isFinite(value)));
    assert.ok(values.includes(-3));
  }
});

test('a shift moves the sound by whole frames, either way', () => {
  const before = sounds();
  const offsets = new Set<number>();
  for (let seed = 0; seed < 30; seed++) {
    const values = augmented({ ...STILL, shift: 2 }, seed);
    for (let row = 0; row < ROWS; row++) {
      const start = row * FRAMES * BANDS;
      const offset = [-2, -1, 0, 1, 2].find((frames) => {
        const place = start + (10 + frames) * BANDS;
        return values[start + 10 * BANDS] === before[place] && values[start + 10 * BANDS + 1] === before[place + 1];
      });
      assert.notEqual(offset, undefined);
      offsets.add(offset as number);
    }
  }
  assert.deepEqual(
    [...offsets].sort((a, b) => a - b),
    [-2, -1, 0, 1, 2],
  );
});

test('a warp of the bands moves a tone up or down, the same in all frames', () => {
  const tone = new Float32Array(ROWS * FRAMES * BANDS).map((_, i) => (i % BANDS === 8 ? 1 : 0));
  const values = augmented({ ...STILL, bandWarp: 0.3 }, 5, tone);
  for (let row = 0; row < ROWS; row++) {
    const frames = Array.from({ length: FRAMES }, (_, frame) =>
      values.slice((row * FRAMES + frame) * BANDS, (row * FRAMES + frame + 1) * BANDS),
    );
    for (const frame of frames) assert.deepEqual(frame, frames[0]);
    assert.ok(Math.max(...frames[0]) > 0.3);
  }
  assert.notDeepEqual(values, tone);
});

test('level moves a row as a whole, tilt each band', () => {
  const before = sounds();
  const louder = augmented({ ...STILL, level: 1 });
  const difference = louder.map((value, i) => value - before[i]);
  for (let row = 0; row < ROWS; row++) {
    const own = difference.subarray(row * FRAMES * BANDS, (row + 1) * FRAMES * BANDS);
    assert.ok(Math.max(...own) - Math.min(...own) < 1e-5);
    assert.notEqual(own[0], 0);
  }
  const tilted = augmented({ ...STILL, tilt: 1 }).map((value, i) => value - before[i]);
  assert.ok(Math.abs(tilted[0] - tilted[BANDS]) < 1e-5, 'the same in every frame');
  assert.ok(Math.abs(tilted[0] - tilted[1]) > 1e-3, 'other in another band');
});

test('masks hold the mean of the row and cover no more than they may', () => {
  const before = sounds();
  let masked = 0;
  for (let seed = 0; seed < 20; seed++) {
    const values = augmented({ ...STILL, masks: 1, maskedBands: 3, maskedFrames: 4 }, seed);
    for (let row = 0; row < ROWS; row++) {
      const own = before.subarray(row * FRAMES * BANDS, (row + 1) * FRAMES * BANDS);
      const mean = Math.fround(own.reduce((sum, value) => sum + value, 0) / own.length);
      const changed = [...own.keys()].filter((i) => values[row * own.length + i] !== own[i]);
      for (const i of changed) assert.ok(Math.abs(values[row * own.length + i] - mean) < 1e-6);
      assert.ok(changed.length <= 3 * FRAMES + 4 * BANDS - 12);
      masked += changed.length;
    }
  }
  assert.ok(masked > 0);
});
