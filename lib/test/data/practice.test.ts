import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { unzipFile } from '../../data/archive';
import { loadData } from '../../data/corpus';
import { EMOTIONS } from '../../data/labels';
import { makePracticeCorpus } from '../../data/practice/make';
import { practiceZip } from '../../data/practice/marker';
import { recordClip } from '../../data/practice/recording';
import { drawVoice } from '../../data/practice/voice';
import type { Take } from '../../data/ravdess';

const base = fs.mkdtempSync(path.join(os.tmpdir(), 'practice-'));
const zip = path.join(base, 'two.zip');
before(async () => {
  await makePracticeCorpus(zip, { voices: 2, threads: 2 });
});
after(() => fs.rmSync(base, { recursive: true, force: true }));

function samplesOf(wave: Buffer): Float64Array {
  return Float64Array.from({ length: (wave.length - 44) / 2 }, (_, i) => wave.readInt16LE(44 + 2 * i) / 32768);
}

function meanSquare(samples: Float64Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
}

function take(emotion: (typeof EMOTIONS)[number], actor: number, statement: 1 | 2 = 1): Take {
  return { label: EMOTIONS.indexOf(emotion), intensity: 'normal', statement, repetition: 1, actor };
}

/** Decibels of the loudest tenth of a second. */
function loudness(wave: Buffer): number {
  const samples = samplesOf(wave);
  let loudest = 0;
  for (let start = 0; start + 4800 <= samples.length; start += 4800) {
    loudest = Math.max(loudest, meanSquare(samples.subarray(start, start + 4800)));
  }
  return 10 * Math.log10(loudest);
}

/** Fundamental frequency in hertz: the median of the strongest autocorrelation, at 8 kHz, from 60 to 500 Hz. */
function fundamental(wave: Buffer): number {
  const samples = samplesOf(wave).filter((_, i) => i % 6 === 0);
  const found: number[] = [];
  const level = meanSquare(samples);
  for (let start = 0; start + 640 < samples.length; start += 240) {
    const frame = samples.subarray(start, start + 640);
    if (meanSquare(frame) < level) continue;
    let best = { lag: 0, value: 0 };
    for (let lag = 16; lag < 134; lag++) {
      let value = 0;
      for (let i = 0; i + lag < 640; i++) value += frame[i] * frame[i + lag];
      value /= 640 - lag / 2; // a mild preference for the shorter of two equal lags
      if (value > best.value) best = { lag, value };
    }
    if (best.lag > 0) found.push(8000 / best.lag);
  }
  return found.sort((a, b) => a - b)[found.length >> 1];
}

test('the practice corpus loads as 30 clips a voice and is labelled as synthetic', () => {
  const corpus = loadData(zip, { workFolder: path.join(base, 'work') });
  assert.deepEqual([corpus.kind, corpus.label], ['practice', 'practice corpus: synthetic voices']);
  assert.equal(corpus.clips.length, 60);
  assert.deepEqual(corpus.report.missing, []);
  assert.deepEqual(new Set(corpus.clips.map((clip) => clip.emotion)), new Set(EMOTIONS));
});

test('every practice clip is 48 kHz, 16 bits, mono, lasts as long as in RAVDESS, begins and ends in silence', () => {
  const { folder, files } = unzipFile(zip, path.join(base, 'all'));
  for (const name of files.filter((file) => file.endsWith('.wav'))) {
    const wave = fs.readFileSync(path.join(folder, name));
    assert.equal(wave.toString('latin1', 0, 4) + wave.toString('latin1', 8, 16), 'RIFFWAVEfmt ');
    assert.deepEqual([wave.readUInt16LE(22), wave.readUInt32LE(24), wave.readUInt16LE(34)], [1, 48_000, 16]);
    assert.equal(wave.readUInt32LE(40), wave.length - 44);
    const samples = samplesOf(wave);
    const seconds = samples.length / 48_000;
    assert.ok(seconds > 2.7 && seconds < 5.5, `${name}: ${seconds} s`);
    assert.ok(
      samples.every((sample) => Math.abs(sample) < 0.99),
      `${name} is clipped`,
    );
    const whole = meanSquare(samples);
    assert.ok(meanSquare(samples.subarray(0, 9600)) < whole / 100, `${name} begins at once`);
    assert.ok(meanSquare(samples.subarray(-9600)) < whole / 100, `${name} ends at once`);
  }
});

test('the same seed gives the same bytes, whatever the number of threads; another seed does not', async () => {
  const again = path.join(base, 'again.zip');
  await makePracticeCorpus(again, { voices: 2, threads: 1 });
  assert.ok(fs.readFileSync(again).equals(fs.readFileSync(zip)));
  const clip = take('happy', 3);
  assert.ok(recordClip(11, drawVoice(11, 3), clip).equals(recordClip(11, drawVoice(11, 3), clip)));
  assert.ok(!recordClip(11, drawVoice(11, 3), clip).equals(recordClip(12, drawVoice(12, 3), clip)));
});

test('a practice corpus with the same options is kept, with others made anew', async () => {
  const kept = path.join(base, 'kept.zip');
  const seen: number[] = [];
  const options = { voices: 1, onProgress: (done: number, total: number) => seen.push(done / total) };
  assert.deepEqual((await makePracticeCorpus(kept, options)).reused, false);
  assert.deepEqual([seen.length, seen.at(-1)], [30, 1]);
  assert.equal((await makePracticeCorpus(kept, options)).reused, true);
  assert.equal((await makePracticeCorpus(kept, { voices: 1, seed: 12 })).reused, false);
  assert.deepEqual(
    fs.readdirSync(base).filter((name) => name.startsWith('kept')),
    ['kept.zip'],
  );
});

test('each choice of options has its own file', () => {
  const names = [{}, { voices: 6 }, { seed: 12 }].map((options) => practiceZip(options));
  assert.equal(new Set(names).size, 3);
});

test('makePracticeCorpus refuses options out of range', async () => {
  for (const options of [{ voices: 0 }, { voices: 25 }, { voices: 1.5 }, { seed: 0.5 }, { threads: 0 }]) {
    await assert.rejects(makePracticeCorpus(path.join(base, 'never.zip'), options), RangeError);
  }
  assert.ok(!fs.existsSync(path.join(base, 'never.zip')));
});

test('women speak higher than men', () => {
  const heights = [1, 2, 3, 4, 5, 6].map((actor) =>
    fundamental(recordClip(11, drawVoice(11, actor), take('neutral', actor))),
  );
  const [men, women] = [0, 1].map((sex) => heights.filter((_, i) => i % 2 === sex).reduce((a, b) => a + b) / 3);
  assert.ok(women > 1.4 * men, `${heights.map(Math.round)}`);
});

test('on average anger is louder than neutral speech, calm softer, and fear higher', () => {
  const mean = (emotion: (typeof EMOTIONS)[number], measure: (wave: Buffer) => number): number => {
    const values = [1, 2, 3, 4, 5, 6].map((actor) =>
      measure(recordClip(11, drawVoice(11, actor), take(emotion, actor))),
    );
    return values.reduce((a, b) => a + b) / values.length;
  };
  const neutral = mean('neutral', loudness);
  assert.ok(mean('angry', loudness) > neutral + 5);
  assert.ok(mean('calm', loudness) < neutral - 1.5);
  assert.ok(mean('fearful', fundamental) > 1.15 * mean('neutral', fundamental));
});
