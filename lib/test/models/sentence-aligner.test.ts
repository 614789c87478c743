import assert from 'node:assert/strict';
import test from 'node:test';
import type { FeatureMatrix } from '../../features/mel/mfcc';
import { align, fitAligner } from '../../models/sentence/aligner';
import { alignmentFrames, sentenceCepstra, slopesOf } from '../../models/sentence/alignment-frames';
import { bestPath, fitLeftRightHmm } from '../../models/sentence/left-right-hmm';
import { SENTENCE } from '../../models/sentence/settings';
import { Random } from '../../random';

const COEFFICIENTS = 6;
const random = new Random(3, 'sentence test');
const soundOf = (): number[] => Array.from({ length: COEFFICIENTS }, () => 3 * random.normal());
const SOUNDS = Array.from({ length: 12 }, soundOf);
const OTHER = [...SOUNDS.slice(6).reverse(), ...Array.from({ length: 6 }, soundOf)];

/** Sounds in order, each for 4 to 12 frames, with noise. */
function say(sounds: readonly number[][], noise = 0.4): FeatureMatrix & { truth: number[] } {
  const truth = sounds.flatMap((_, sound) => new Array<number>(random.integer(4, 12)).fill(sound));
  const values = Float32Array.from(
    truth.flatMap((sound) => sounds[sound].map((mean) => mean + noise * random.normal())),
  );
  return { frames: truth.length, coefficients: COEFFICIENTS, values, truth };
}

test('the sounds of a sentence are found without marks, however long each lasts', () => {
  const model = fitLeftRightHmm(
    Array.from({ length: 30 }, () => say(SOUNDS)),
    SOUNDS.length,
  );
  let wrong = 0;
  let frames = 0;
  for (let i = 0; i < 20; i++) {
    const recording = say(SOUNDS);
    const path = bestPath(model, recording);
    assert.ok(path);
    frames += recording.frames;
    wrong += recording.truth.filter((sound, frame) => sound !== path.states[frame]).length;
    path.states.forEach((state, frame) => {
      const step = frame === 0 ? state : state - path.states[frame - 1];
      assert.ok(step >= 0 && step <= 2, 'no way back, one state left out at most');
    });
  }
  assert.ok(wrong < 0.02 * frames, `${wrong} of ${frames} frames`);
  model.means.forEach((means, state) => {
    means.forEach((mean, k) => {
      assert.ok(Math.abs(mean - SOUNDS[state][k]) < 0.3, `sound ${state}: ${mean}, ${SOUNDS[state][k]}`);
    });
  });
});

test('a sound that is left out costs little, a recording that is too short has no path', () => {
  const model = fitLeftRightHmm(
    Array.from({ length: 30 }, () => say(SOUNDS)),
    SOUNDS.length,
  );
  const without = bestPath(model, say(SOUNDS.filter((_, sound) => sound !== 5)));
  assert.ok(without && !without.states.includes(5));
  assert.equal(bestPath(model, { frames: 4, coefficients: COEFFICIENTS, values: new Float32Array(24) }), undefined);
  assert.equal(bestPath(model, { frames: 0, coefficients: COEFFICIENTS, values: new Float32Array(0) }), undefined);
  const short = { frames: 6, coefficients: COEFFICIENTS, values: new Float32Array(36) };
  assert.throws(() => fitLeftRightHmm([short], 12), /more than 6 frames, got 1 shorter/);
});

test('the order of the sounds tells sentences from each other, and from other speech', () => {
  const recordings = Array.from({ length: 40 }, (_, i) => say(i % 2 === 0 ? SOUNDS : OTHER));
  const sentences = recordings.map((_, i) => i % 2);
  const aligner = fitAligner(recordings, sentences, SOUNDS.length);
  for (let i = 0; i < 10; i++) {
    const [first, second] = [align(aligner, say(SOUNDS)), align(aligner, say(OTHER))];
    assert.deepEqual([first.sentence, second.sentence], [0, 1]);
    const backwards = align(aligner, say([...SOUNDS].reverse()));
    assert.ok(first.alignmentCost < 1 && second.alignmentCost < 1, `${first.alignmentCost}, ${second.alignmentCost}`);
    assert.ok(backwards.alignmentCost > 5, `${backwards.alignmentCost}`);
  }
  const short = align(aligner, { frames: 3, coefficients: COEFFICIENTS, values: new Float32Array(18) });
  assert.equal(short.alignmentCost, Number.POSITIVE_INFINITY);
  assert.equal(short.states.length, 3);
});

test('frames for alignment are standardised over the recording, whatever its level', () => {
  const frames = 50;
  const decibels = Float32Array.from({ length: frames * 64 }, () => -40 + 10 * random.normal());
  const spectrogram = { frames, coefficients: 64, values: decibels };
  const louder = { ...spectrogram, values: decibels.map((value) => value + 12) };
  const [quiet, loud] = [spectrogram, louder].map((one) => alignmentFrames(sentenceCepstra(one)));
  assert.equal(quiet.coefficients, 2 * SENTENCE.cepstra);
  quiet.values.forEach((value, i) => {
    assert.ok(Math.abs(value - loud.values[i]) < 1e-3);
  });
  for (let k = 0; k < quiet.coefficients; k++) {
    const column = Array.from({ length: frames }, (_, i) => quiet.values[i * quiet.coefficients + k]);
    const mean = column.reduce((sum, value) => sum + value, 0) / frames;
    const deviation = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / frames);
    assert.ok(Math.abs(deviation - (k < SENTENCE.cepstra ? 1 : SENTENCE.slopeWeight)) < 1e-3, `${k}: ${deviation}`);
  }
  assert.deepEqual(Array.from(slopesOf([1, 3, 9, 9])), [2, 4, 3, 0]);
  assert.deepEqual(Array.from(slopesOf([7])), [0]);
});
