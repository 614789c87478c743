import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resample } from '../../audio/resample/resample';
import type { Signal } from '../../audio/signal';
import { type RecordingFault, recordingFaults } from '../../inference/quality';
import { Random } from '../../random';

const RATE = 22_050;

/** Syllables of pink-ish noise and harmonics: loud, faint, loud, over the whole band. */
function voice(seconds: number, level = 0.3): Signal {
  const random = new Random(11, 'voice');
  const samples = Float32Array.from({ length: Math.round(seconds * RATE) }, (_, n) => {
    const time = n / RATE;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 3 * time));
    const tone = Math.sin(2 * Math.PI * 180 * time) + 0.5 * Math.sin(2 * Math.PI * 1440 * time);
    return level * syllable * (0.5 * tone + 0.05 * random.normal());
  });
  return { samples, sampleRate: RATE };
}

const kinds = (signal: Signal): RecordingFault['kind'][] => recordingFaults(signal).map(({ kind }) => kind);

/** One signal after another. */
function join(...parts: (Signal | number)[]): Signal {
  const pieces = parts.map((part) => (typeof part === 'number' ? new Float32Array(part * RATE) : part.samples));
  return { samples: Float32Array.from(pieces.flatMap((piece) => [...piece])), sampleRate: RATE };
}

test('recordingFaults finds nothing wrong with three seconds of clear speech', () => {
  assert.deepEqual(recordingFaults(voice(3)), []);
});

test('recordingFaults finds silence, and no other fault with it', () => {
  assert.deepEqual(kinds({ samples: new Float32Array(500), sampleRate: RATE }), ['silent']);
  assert.deepEqual(kinds(voice(3, 1e-5)), ['silent']);
});

test('a constant offset is no sound', () => {
  const offset = ({ samples, sampleRate }: Signal): Signal => ({ samples: samples.map((x) => x + 0.2), sampleRate });
  assert.deepEqual(kinds(offset({ samples: new Float32Array(RATE), sampleRate: RATE })), ['silent']);
  assert.deepEqual(kinds(offset(voice(3, 0.002))), ['quiet']);
  assert.deepEqual(kinds(offset(voice(3))), []);
});

test('faults of unusable recordings are severe', () => {
  const severe = (signal: Signal): RecordingFault['kind'][] =>
    recordingFaults(signal).flatMap(({ kind, severe: isSevere }) => (isSevere ? [kind] : []));
  const { samples } = voice(3, 0.9);
  const square = { samples: samples.map((sample) => (sample > 0 ? 1 : -1)), sampleRate: RATE };
  assert.deepEqual(severe(square), ['clipped']);
  assert.deepEqual(severe({ samples: Float32Array.of(0.5), sampleRate: RATE }), ['silent']);
  assert.deepEqual(severe(voice(0.4)), ['too-short']);
  assert.deepEqual(
    severe({ samples: samples.map((sample) => 50 * sample), sampleRate: RATE }).includes('overloaded'),
    true,
  );
  assert.deepEqual(severe(voice(9)), []);
});

test('recordingFaults finds recordings that are quiet, short or long', () => {
  assert.deepEqual(kinds(voice(3, 0.002)), ['quiet']);
  assert.deepEqual(kinds(voice(0.8)), ['too-short']);
  assert.deepEqual(kinds(voice(8.5)), ['too-long']);
});

test('recordingFaults finds flat tops, but not single peaks at full scale', () => {
  const { samples } = voice(3, 0.9);
  const driven = { samples: samples.map((sample) => Math.max(-1, Math.min(1, 3 * sample))), sampleRate: RATE };
  assert.ok(kinds(driven).includes('clipped'));
  const peaked = voice(3);
  for (let n = 100; n < peaked.samples.length; n += 300) peaked.samples[n] = 1;
  assert.ok(!kinds(peaked).includes('clipped'));
});

test('recordingFaults finds a long pause between words, and a longer one before or after them', () => {
  assert.deepEqual(kinds(join(voice(1.5), 3, voice(1.5))), ['pauses']);
  assert.deepEqual(kinds(join(2.6, voice(1.5), 2.6)), []);
  const [before, after] = [join(3.5, voice(1.5)), join(voice(1.5), 3.5)].map((signal) => recordingFaults(signal));
  assert.deepEqual([before.length, after.length], [1, 1]);
  assert.match(before[0].message, /3\.\d s without a voice before the first word/);
  assert.match(after[0].message, /3\.\d s without a voice after the last word/);
});

test('recordingFaults finds telephone bandwidth at any sample rate', () => {
  const narrow = resample(voice(3), 8000);
  assert.deepEqual(kinds(narrow), ['band-limited']);
  assert.deepEqual(kinds(resample(narrow, 48_000)), ['band-limited']);
  assert.deepEqual(kinds(resample(voice(3), 16_000)), []);
});

test('every message contains the measured value', () => {
  for (const signal of [voice(0.8), voice(8.5), voice(3, 0.002), join(voice(1.5), 3, voice(1.5))]) {
    for (const { message } of recordingFaults(signal)) assert.match(message, /\d/);
  }
  assert.throws(() => recordingFaults({ samples: new Float32Array(0), sampleRate: RATE }), /empty/);
});
