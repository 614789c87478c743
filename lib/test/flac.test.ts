import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { crc8, nextCrc16 } from '../audio/checksum';
import { decodeFlac } from '../audio/flac';
import { flacFrames, readFlacHeader } from '../audio/flac-format';
import { decodeAudio } from '../audio/load';
import { memorySource } from '../audio/source';
import { fixtures, goldenSignal, largestDifference, rebuild } from './golden-signals';
import { oggFile } from './ogg-file';

const bytes = fs.readFileSync(path.join(fixtures, 'speech.flac'));

test('decodeFlac gives the samples that were encoded, bit for bit as librosa', async () => {
  const { samples, sampleRate } = await decodeAudio(bytes, 'speech.flac');
  assert.deepEqual([samples.length, sampleRate], [35_280, 22_050]);
  const original = rebuild(goldenSignal('speech')).samples.subarray(0, samples.length);
  assert.ok(largestDifference(samples, original) <= 1 / 32_768);
  // librosa 0.11.0, sr=None
  assert.deepEqual([...samples.subarray(17_640, 17_643)], [0.162139892578125, 0.02581787109375, -0.06134033203125]);
});

test('a range of a FLAC file is the same part of the whole, with the frames around it and few others', async () => {
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
  // Forty copies of the frames, numbered on: more than the search reads at once.
});

/** The first eight frames of the fixture, forty times over, with numbers that go on. */
function longFlac(): Buffer {
  const source = memorySource(bytes, 'speech.flac');
  const { stream, start } = readFlacHeader(source, 0);
  const head = Buffer.from(bytes.subarray(0, start));
  head.fill(0, 8 + 18, 8 + 34); // of unknown length and checksum
  head[8 + 13] &= 0xf0;
  head.writeUInt32BE(0, 8 + 14);
  const frames = [...flacFrames(source, start, bytes.length, stream)].slice(0, 8);
  const parts: Buffer[] = [head];
  for (let number = 0; number < 320; number++) {
    const { bytes: frame } = frames[number % 8];
    const written = number < 128 ? [number] : [0xc0 | (number >> 6), 0x80 | (number & 63)];
    const header = Buffer.from([...frame.subarray(0, 4), ...written]);
    const body = Buffer.concat([header, Buffer.of(crc8(header, 0, header.length)), frame.subarray(6, -2)]);
    const sum = body.reduce((rest, byte) => nextCrc16(rest, byte), 0);
    parts.push(body, Buffer.of(sum >> 8, sum & 255));
  }
  return Buffer.concat(parts);
}

test('a late range of a long FLAC file is found without reading the file', async () => {
  const long = longFlac();
  const whole = memorySource(long, 'long.flac');
  let count = 0;
  const read = (position: number, length: number): Buffer => {
    const part = whole.read(position, length);
    count += part.length;
    return part;
  };
  const { samples } = await decodeAudio(bytes, 'speech.flac');
  const eight = 8 * 4096;
  const first = 33 * eight + 5000;
  // A little more than so many samples, so that the seconds round down to them.
  const range = { offset: (first + 0.5) / 22_050, duration: 4000.5 / 22_050 };
  const part = await decodeFlac({ ...whole, read }, 0, range);
  assert.deepEqual(part.samples, samples.slice(5000, 9000));
  assert.ok(long.length > 1e6 && count < long.length / 2, `${count} of ${long.length} bytes read`);
});

test('flacFrames finds every frame, and their samples add up', () => {
  const source = memorySource(bytes, 'speech.flac');
  const { stream, start } = readFlacHeader(source, 0);
  let [samples, length] = [0, start];
  for (const frame of flacFrames(source, start, bytes.length, stream)) {
    assert.equal(frame.first, samples);
    samples += frame.samples;
    length += frame.bytes.length;
  }
  assert.deepEqual([samples, length], [stream.total, bytes.length]);
});

test('decodeFlac reads FLAC behind an ID3 tag, before an ID3v1 tag, and in Ogg', async () => {
  const { samples } = await decodeAudio(bytes, 'speech.flac');
  const tag = Buffer.concat([Buffer.from('ID3\u0003\0\0\0\0\u0001\0', 'latin1'), Buffer.alloc(128)]);
  const old = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125)]);
  assert.deepEqual((await decodeAudio(Buffer.concat([tag, bytes, old]), 'tagged')).samples, samples);
  const source = memorySource(bytes, 'speech.flac');
  const { stream, start } = readFlacHeader(source, 0);
  const head = Buffer.concat([Buffer.from('\u007fFLAC\u0001\0\0\u0001fLaC', 'latin1'), bytes.subarray(4, 42)]);
  const frames = [...flacFrames(source, start, bytes.length, stream)].map((frame) => Buffer.from(frame.bytes));
  const comment = Buffer.from([0x84, 0, 0, 0]);
  assert.deepEqual((await decodeAudio(oggFile([head, comment, ...frames]), 'speech.oga')).samples, samples);
});

test('decodeFlac says where a file is damaged or cut', async () => {
  const flipped = Buffer.from(bytes);
  flipped[15_000] ^= 4;
  await assert.rejects(decodeAudio(flipped, 'flipped.flac'), /frames must be undamaged, got .* at byte \d+ in "flip/);
  await assert.rejects(decodeAudio(bytes.subarray(0, 20_000), 'cut.flac'), /got a cut or damaged frame at byte \d+/);
  const source = memorySource(bytes, 'speech.flac');
  const { stream, start } = readFlacHeader(source, 0);
  const [first] = flacFrames(source, start, bytes.length, stream);
  const short = bytes.subarray(0, start + first.bytes.length);
  await assert.rejects(decodeFlac(memorySource(short, 'short.flac'), 0), /must hold 35280 samples, got 4096, so it is/);
  await assert.rejects(decodeAudio(bytes.subarray(0, 30), 'head.flac'), /STREAMINFO must have 34 bytes, got 22/);
});
