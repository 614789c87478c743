import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { decodeAudio } from '../../audio/load';
import { crc8, seal, takeApart } from '../support/flac-frames';
import { fixtures, goldenSignal, largestDifference, rebuild } from '../support/golden-signals';
import { oggFile } from '../support/ogg-file';

const bytes = fs.readFileSync(path.join(fixtures, 'speech.flac'));

test('FLAC gives the samples that were encoded, bit for bit as librosa', async () => {
  const { samples, sampleRate, damage } = await decodeAudio(bytes, 'speech.flac');
  assert.deepEqual([samples.length, sampleRate, damage], [35_280, 22_050, undefined]);
  const original = rebuild(goldenSignal('speech')).samples.subarray(0, samples.length);
  assert.ok(largestDifference(samples, original) <= 1 / 32_768);
  // librosa 0.11.0, sr=None
  assert.deepEqual([...samples.subarray(17_640, 17_643)], [0.162139892578125, 0.02581787109375, -0.06134033203125]);
});

test('a range of a FLAC file is the same part of the whole', async () => {
  const { samples } = await decodeAudio(bytes, 'speech.flac');
  for (const [offset, duration] of [
    [0, 0.001],
    [0.3, 0.2],
    [1.1111, 0.29],
    [1.5, 9],
  ]) {
    const part = await decodeAudio(bytes, 'speech.flac', { offset, duration });
    const first = Math.floor(offset * 22_050);
    assert.deepEqual(part.samples, samples.slice(first, first + Math.floor(duration * 22_050)));
  }
});

/** The first eight frames of the fixture, again and again, with numbers that continue, of unknown length. */
function longFlac(copies: number): Buffer {
  const { head, frames } = takeApart(bytes);
  const info = Buffer.from(head);
  info[21] &= 0xf0;
  info.fill(0, 22, 42); // length and checksum
  const parts: Buffer[] = [info];
  for (let number = 0; number < 8 * copies; number++) {
    const frame = frames[number % 8];
    const written = number < 128 ? [number] : [0xc0 | (number >> 6), 0x80 | (number & 63)];
    const header = Buffer.from([...frame.subarray(0, 4), ...written]);
    const body = Buffer.concat([header, Buffer.of(crc8(header)), frame.subarray(6)]);
    seal(body);
    parts.push(body);
  }
  return Buffer.concat(parts);
}

test('no frame of a long FLAC file is lost where two pieces meet', async () => {
  const { samples } = await decodeAudio(bytes, 'speech.flac');
  const long = longFlac(200);
  assert.ok(long.length > 60 * 2 ** 16, 'more than 60 pieces');
  const whole = (await decodeAudio(long, 'long.flac')).samples;
  assert.equal(whole.length, 200 * 8 * 4096);
  for (let copy = 0; copy < 200; copy++) {
    assert.deepEqual(whole.subarray(copy * 32_768, (copy + 1) * 32_768), samples.subarray(0, 32_768), `copy ${copy}`);
  }
});

test('FLAC is read behind an ID3 tag, before an ID3v1 tag, and in Ogg', async () => {
  const { samples } = await decodeAudio(bytes, 'speech.flac');
  const tag = Buffer.concat([Buffer.from('ID3\u0003\0\0\0\0\u0001\0', 'latin1'), Buffer.alloc(128)]);
  const old = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125)]);
  assert.deepEqual((await decodeAudio(Buffer.concat([tag, bytes, old]), 'tagged')).samples, samples);
  const { frames } = takeApart(bytes);
  const head = Buffer.concat([Buffer.from('\u007fFLAC\u0001\0\0\u0001fLaC', 'latin1'), bytes.subarray(4, 42)]);
  const comment = Buffer.from([0x84, 0, 0, 0]);
  const ogg = oggFile([head, comment, ...frames], { position: (packet) => Math.max(0, packet - 1) * 4096 });
  assert.deepEqual((await decodeAudio(ogg, 'speech.oga')).samples.subarray(0, 32_768), samples.subarray(0, 32_768));
});

test('the minimum block size of FLAC may be 0, or that of the short last block', async () => {
  const { samples } = await decodeAudio(bytes, 'speech.flac');
  for (const least of [0, 16, samples.length % 4096]) {
    const other = Buffer.from(bytes);
    other.writeUInt16BE(least, 8);
    assert.deepEqual((await decodeAudio(other, 'other.flac')).samples, samples, `minimum ${least}`);
  }
});

test('FLAC that is damaged or cut gives its whole frames, and says so', async () => {
  const { samples } = await decodeAudio(bytes, 'speech.flac');
  const flipped = Buffer.from(bytes);
  flipped[15_000] ^= 4;
  const damaged = await decodeAudio(flipped, 'flipped.flac');
  assert.ok(damaged.samples.length < samples.length);
  assert.match(damaged.damage ?? '', /cut short or damaged: \d+ % of the samples/);
  const cut = await decodeAudio(bytes.subarray(0, 20_000), 'cut.flac');
  assert.ok(cut.samples.length >= 4096 && cut.samples.length % 4096 === 0);
  assert.deepEqual(cut.samples, samples.slice(0, cut.samples.length));
  assert.match(cut.damage ?? '', /cut short/);
  await assert.rejects(decodeAudio(bytes.subarray(0, 30), 'head.flac'), /must hold sound, got .* in "head\.flac"/);
});
