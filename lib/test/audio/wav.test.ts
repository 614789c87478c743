import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { WaveFile } from 'wavefile';
import { decodeWav, openWav } from '../../audio/formats/wav';
import { readWavHeader } from '../../audio/formats/wav-header';
import { decodeAudio, loadAudio } from '../../audio/load';
import { toSignal } from '../../audio/sample-source';
import { type ByteSource, memorySource } from '../../audio/source';
import { fixtures, goldenSignal, largestDifference, rebuild } from '../support/golden-signals';

const ramp = Int16Array.from({ length: 1000 }, (_, i) => i * 60 - 30_000);

/** One chunk, padded to an even length. */
function chunk(id: string, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.from(`${id}\0\0\0\0`, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

function wav(...chunks: Buffer[]): Buffer {
  return chunk('RIFF', Buffer.from('WAVE'), ...chunks);
}

function format(
  encoding: number,
  channels: number,
  rate: number,
  bits: number,
  more: Buffer = Buffer.alloc(0),
): Buffer {
  const block = Buffer.alloc(16);
  block.writeUInt16LE(encoding, 0);
  block.writeUInt16LE(channels, 2);
  block.writeUInt32LE(rate, 4);
  block.writeUInt16LE((channels * bits) / 8, 12);
  block.writeUInt16LE(bits, 14);
  return chunk('fmt ', block, more);
}

/** The extension of an extensible format: valid bits, speakers, and the sub-format's identifier. */
function extension(validBits: number, subFormat: number, tail = '000000001000800000aa00389b71'): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeUInt16LE(22, 0);
  bytes.writeUInt16LE(validBits, 2);
  bytes.writeUInt16LE(subFormat, 8);
  return Buffer.concat([bytes, Buffer.from(tail, 'hex')]);
}

const bytesOf = (values: NodeJS.TypedArray): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
const expected = Float32Array.from(ramp, (value) => value / 32_768);

/** Counts the bytes that are read. */
function counting(source: ByteSource): { source: ByteSource; count: () => number } {
  let total = 0;
  const read = (position: number, length: number): Buffer => {
    const bytes = source.read(position, length);
    total += bytes.length;
    return bytes;
  };
  const readInto = (position: number, target: Uint8Array): number => {
    const count = source.readInto(position, target);
    total += count;
    return count;
  };
  return { source: { name: source.name, size: source.size, read, readInto }, count: () => total };
}

test('decodeWav reads extensible formats by their sub-format, with valid bits in the upper part', () => {
  const file = wav(format(0xfffe, 1, 16_000, 16, extension(16, 1)), chunk('data', bytesOf(ramp)));
  assert.deepEqual(decodeWav(file, 'x.wav').samples, expected);
  const wide = Int32Array.from(ramp, (value) => value << 16);
  const twenty = wav(format(0xfffe, 1, 16_000, 32, extension(20, 1)), chunk('data', bytesOf(wide)));
  assert.deepEqual(decodeWav(twenty, 'x.wav').samples, expected);
  const float = wav(format(0xfffe, 1, 16_000, 32, extension(32, 3)), chunk('data', bytesOf(expected)));
  assert.deepEqual(decodeWav(float, 'x.wav').samples, expected);
  const odd = wav(format(0xfffe, 1, 16_000, 16, extension(16, 1, 'ff'.repeat(14))), chunk('data', bytesOf(ramp)));
  assert.throws(() => decodeWav(odd, 'x.wav'), /must name a known sub-format, got ffff/);
});

test('decodeWav takes chunks in any order and of odd sizes', () => {
  const parts = [chunk('odd ', Buffer.from('abc')), chunk('data', bytesOf(ramp)), format(1, 1, 16_000, 16)];
  assert.deepEqual(decodeWav(wav(...parts), 'x.wav').samples, expected);
  assert.throws(() => decodeWav(wav(parts[1]), 'x.wav'), /must have a format chunk/);
});

test('decodeWav reads RF64, whose sizes stand in a chunk of their own', () => {
  const sizes = Buffer.alloc(28);
  sizes.writeBigUInt64LE(BigInt(ramp.byteLength), 8);
  const file = wav(chunk('ds64', sizes), format(1, 1, 16_000, 16), chunk('data', bytesOf(ramp)), chunk('tail'));
  file.write('RF64', 0, 'latin1');
  file.writeUInt32LE(0xffff_ffff, 4);
  file.writeUInt32LE(0xffff_ffff, file.indexOf('data') + 4);
  assert.deepEqual(decodeWav(file, 'x.wav').samples, expected);
});

for (const channels of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`decodeWav takes the mean of ${channels} channels, at 8 to 192 kHz`, () => {
    const frames = 500;
    const values = Int16Array.from({ length: frames * channels }, (_, i) => (i * 7919) % 30_000);
    const means = Float32Array.from({ length: frames }, (_, frame) => {
      const one = values.subarray(frame * channels, (frame + 1) * channels);
      return one.reduce((sum, value) => sum + value / 32_768, 0) / channels;
    });
    for (const rate of [8000, 44_100, 192_000]) {
      const signal = decodeWav(wav(format(1, channels, rate, 16), chunk('data', bytesOf(values))), 'x.wav');
      assert.equal(signal.sampleRate, rate);
      assert.ok(largestDifference(signal.samples, means) < 1e-7);
    }
  });
}

test('decodeWav expands A-law and µ-law as wavefile does, for every code', () => {
  const codes = Uint8Array.from({ length: 256 }, (_, code) => code);
  for (const [encoding, depth, expand] of [
    [6, '8a', (file: WaveFile) => file.fromALaw()],
    [7, '8m', (file: WaveFile) => file.fromMuLaw()],
  ] as const) {
    const file = new WaveFile();
    file.fromScratch(1, 8000, depth, codes);
    expand(file);
    const theirs = Float32Array.from(file.getSamples(false, Int16Array) as unknown as Int16Array, (x) => x / 32_768);
    const ours = decodeWav(wav(format(encoding, 1, 8000, 8), chunk('data', codes)), 'x.wav').samples;
    assert.ok(largestDifference(ours, theirs) === 0);
  }
});

test('IMA ADPCM is decoded as by librosa, whole and in part', async () => {
  const bytes = fs.readFileSync(path.join(fixtures, 'speech-adpcm.wav'));
  const { samples, sampleRate } = await decodeAudio(bytes, 'speech-adpcm.wav');
  // librosa 0.11.0 (libsndfile 1.2.2), sr=None: length, and the samples from the middle on
  assert.deepEqual([samples.length, sampleRate], [53_025, 22_050]);
  // The specification leaves rounding open: ours is ffmpeg's.
  const theirs = [-0.031982421875, -0.02813720703125, -0.019989013671875];
  assert.ok(largestDifference(samples.subarray(26_512, 26_515), theirs) < 3e-4);
  const original = rebuild(goldenSignal('speech')).samples;
  let [sound, error] = [0, 0];
  for (const [i, sample] of original.entries()) {
    sound += sample ** 2;
    error += (samples[i] - sample) ** 2;
  }
  assert.ok(error < sound / 30, `${(10 * Math.log10(sound / error)).toFixed(1)} dB above the error`);
  const part = (await decodeAudio(bytes, 'speech-adpcm.wav', { offset: 0.6, duration: 0.7 })).samples;
  assert.deepEqual(part, samples.slice(13_230, 13_230 + 15_434));
  const wrong = Buffer.from(bytes);
  wrong[bytes.indexOf('data') + 8 + 2] = 89;
  await assert.rejects(decodeAudio(wrong, 'x.wav'), /indices of 0 to 88, got 89 in block 0/);
});

test('IMA ADPCM of two channels is decoded as their mean', async () => {
  // One block per channel's head and one group each: steps up by the smallest amount, then the channels' mean.
  const block = Buffer.from([0, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0x77, 0x77, 0x77, 0x77]);
  const head = format(17, 2, 8000, 4);
  head.writeUInt16LE(block.length, 8 + 12);
  const { samples } = await decodeAudio(wav(head, chunk('data', block)), 'x.wav');
  assert.equal(samples.length, 9);
  assert.equal(samples[0], (256 + 768) / 2 / 32_768);
  assert.equal(samples[1], (256 + 768 + 13) / 2 / 32_768); // 7 × 15 ⁄ 8, cut
});

test('the short last block of ADPCM is decoded', async () => {
  const bytes = fs.readFileSync(path.join(fixtures, 'speech-adpcm.wav'));
  const { samples } = await decodeAudio(bytes, 'whole.wav');
  const [data, block] = [bytes.indexOf('data') + 8, bytes.readUInt16LE(32)];
  const short = Buffer.from(bytes.subarray(0, data + 3 * block + 24));
  short.writeUInt32LE(3 * block + 24, data - 4);
  const inBlock = 2 * (block - 4) + 1;
  const cut = await decodeAudio(short, 'short.wav');
  assert.deepEqual(cut.samples, samples.slice(0, 3 * inBlock + 2 * (24 - 4) + 1));
});

test('samples of 24 bits in 4 bytes are read in the lower bits, as ALSA writes them, and in the upper ones', () => {
  const tone = Int32Array.from({ length: 1000 }, (_, i) => Math.round(1_600_000 * Math.sin(i / 9)));
  const wanted = Float32Array.from(tone, (value) => value / 2 ** 23);
  const head = format(1, 1, 16_000, 24);
  head.writeUInt16LE(4, 8 + 12);
  for (const values of [tone, tone.map((value) => value & 0xff_ffff), tone.map((value) => value << 8)]) {
    assert.deepEqual(decodeWav(wav(head, chunk('data', bytesOf(values))), 'x.wav').samples, wanted);
  }
  // Sixteen bits of sound leave both ways possible: the extensible format fills the upper bits.
  const sixteen = tone.map((value) => (value >> 8) << 8);
  const low = decodeWav(wav(head, chunk('data', bytesOf(sixteen))), 'x.wav').samples;
  assert.deepEqual(
    low,
    Float32Array.from(sixteen, (value) => value / 2 ** 23),
  );
  const extensible = format(0xfffe, 1, 16_000, 24, extension(24, 1));
  extensible.writeUInt16LE(4, 8 + 12);
  const high = decodeWav(wav(extensible, chunk('data', bytesOf(sixteen))), 'x.wav').samples;
  assert.deepEqual(
    high,
    Float32Array.from(sixteen, (value) => value / 2 ** 31),
  );
});

test('a block size that does not fit the channels and bits is refused', () => {
  for (const [channels, bits, block] of [
    [1, 16, 4],
    [2, 24, 7],
    [2, 16, 2],
    [1, 8, 2],
  ]) {
    const head = format(1, channels, 16_000, bits);
    head.writeUInt16LE(block, 8 + 12);
    const file = wav(head, chunk('data', bytesOf(ramp)));
    assert.throws(() => decodeWav(file, 'x.wav'), new RegExp(`got ${block} bytes for ${bits} bits`));
  }
});

test('a data chunk of 0 bytes is empty if other chunks follow it, and else reaches the end of the file', () => {
  const head = format(1, 1, 16_000, 16);
  const tags = chunk('LIST', Buffer.from('INFOISFT\x05\0\0\0Lavf\0\0', 'latin1'));
  assert.throws(() => decodeWav(wav(head, chunk('data'), tags), 'x.wav'), /must go beyond 0 s, got 0\.00 s/);
  const open = Buffer.concat([wav(head, chunk('data')), bytesOf(ramp)]);
  assert.deepEqual(decodeWav(open, 'x.wav').samples, expected);
});

test('the sizes that SoX, Oboe and ffmpeg write to a pipe are no damage; other sizes beyond the end are', () => {
  for (const size of [0x7fff_f000, 0x7fff_ffff, 0xffff_ffff]) {
    const file = wav(format(1, 1, 16_000, 16), chunk('data', bytesOf(ramp)));
    file.writeUInt32LE(size, file.indexOf('data') + 4);
    const { samples, damage } = decodeWav(file, 'x.wav');
    assert.deepEqual([samples, damage], [expected, undefined]);
  }
  const cut = decodeWav(wav(format(1, 1, 16_000, 16), chunk('data', bytesOf(ramp))).subarray(0, -500), 'x.wav');
  assert.deepEqual(cut.samples, expected.slice(0, 750));
  assert.match(cut.damage ?? '', /cut short or damaged: 75 % of the samples/);
});

test('a range of a WAV file costs its own bytes and a header', () => {
  const source = memorySource(wav(format(1, 1, 16_000, 16), chunk('data', new Uint8Array(2_000_000))), 'x.wav');
  const { source: counted, count } = counting(source);
  const part = openWav({ sound: counted, format: readWavHeader(counted) }, { offset: 30, duration: 0.1 });
  assert.equal(toSignal(part).samples.length, 1600);
  assert.ok(count() < 3200 + 200, `${count()} bytes`);
});

test('loadAudio reads a moment of a recording of hours without reading the hours', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-wav-'));
  try {
    const file = path.join(folder, 'long.wav');
    const head = wav(format(1, 1, 48_000, 16), chunk('data'));
    const length = 2 * 3600 * 48_000 * 2;
    head.writeUInt32LE(length, head.length - 4);
    fs.writeFileSync(file, head);
    fs.truncateSync(file, head.length + length); // a hole: the file takes no room
    const handle = fs.openSync(file, 'r+');
    const at = 7000 * 48_000;
    fs.writeSync(handle, bytesOf(ramp), 0, ramp.byteLength, head.length + 2 * at);
    fs.closeSync(handle);
    const { samples } = await loadAudio(file, { offset: 7000, duration: 1000 / 48_000, sampleRate: 'native' });
    assert.deepEqual(samples, expected.subarray(0, samples.length));
    assert.ok(samples.length >= 999);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test('decodeWav allocates by the file, not by what its header claims', () => {
  const claims = wav(format(1, 1, 48_000, 16), chunk('data', bytesOf(ramp.subarray(0, 20))));
  claims.writeUInt32LE(0xf000_0000, claims.indexOf('data') + 4);
  assert.equal(decodeWav(claims, 'x.wav').samples.length, 20);
});
