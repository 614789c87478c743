import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { sniff } from '../../audio/formats/sniff';
import { readWavHeader } from '../../audio/formats/wav-header';
import { encodeWav } from '../../audio/formats/write-wav';
import { decodeAudio, loadAudio } from '../../audio/load';
import { resample } from '../../audio/resample/resample';
import type { Signal } from '../../audio/signal';
import { memorySource } from '../../audio/source';
import { SerError } from '../../errors';
import { Random } from '../../random';
import { decodeByPeer, ENCODED_FORMATS, encode, missingPrograms, speech } from '../support/encoded-formats';
import { largestDifference } from '../support/golden-signals';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-formats-'));
test.after(() => fs.rmSync(folder, { recursive: true }));
const missing = missingPrograms();
const skip = missing.length > 0 && `not installed: ${missing.join(', ')}`;
const native = { sampleRate: 'native' } as const;
const source = speech();
/** Most samples by which decoders differ in an encoder's delay. */
const MOST_DELAY = 2112;

function keep(name: string, bytes: Uint8Array): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, bytes);
  return file;
}

/** Correlation of two signals over their common length, the second one from a lag on. */
function correlation(one: Float32Array, other: Float32Array, lag = 0): number {
  let [product, ours, theirs] = [0, 0, 0];
  for (let i = Math.max(0, -lag); i < Math.min(one.length, other.length - lag); i++) {
    product += one[i] * other[i + lag];
    ours += one[i] ** 2;
    theirs += other[i + lag] ** 2;
  }
  return product / Math.sqrt(ours * theirs);
}

/** The correlation at the best lag, which is found on a piece from the middle. */
function bestCorrelation(one: Float32Array, other: Float32Array): number {
  const middle = one.length >> 1;
  const piece = one.subarray(middle, middle + 2000);
  let [best, lag] = [-1, 0];
  for (let shift = -MOST_DELAY; shift <= MOST_DELAY; shift++) {
    const found = correlation(piece, other.subarray(middle + shift, middle + shift + piece.length));
    if (found > best) [best, lag] = [found, shift];
  }
  return correlation(one, other, lag);
}

/** An APE tag with one item. */
function apeTag(): Buffer {
  const item = Buffer.from('\x04\0\0\0\0\0\0\0Year\x002026', 'latin1');
  const block = (flags: number): Buffer => {
    const bytes = Buffer.alloc(32);
    bytes.write('APETAGEX', 'latin1');
    for (const [place, value] of [2000, item.length + 32, 1, flags].entries())
      bytes.writeUInt32LE(value, 8 + 4 * place);
    return bytes;
  };
  return Buffer.concat([block(0xa000_0000), item, block(0x8000_0000)]);
}

/** An ID3v2 tag of 256 equal bytes. */
const id3Tag = (fill: number): Buffer =>
  Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\x02\0', 'latin1'), Buffer.alloc(256, fill)]);
const id3v1Tag = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125, 0x41)]);
const junk = Buffer.from(Array.from({ length: 777 }, (_, i) => (i * 7919 + 13) & 255));

/** Tags and zeros around a recording, which change nothing. */
const SURROUNDINGS: [string, (bytes: Buffer) => Buffer][] = [
  ['behind an ID3 tag', (bytes) => Buffer.concat([id3Tag(0x20), bytes])],
  ['behind two ID3 tags', (bytes) => Buffer.concat([id3Tag(0x20), id3Tag(0xff), bytes])],
  ['behind zeros', (bytes) => Buffer.concat([Buffer.alloc(3001), bytes])],
  ['behind an APE tag', (bytes) => Buffer.concat([apeTag(), bytes])],
  ['before an ID3v1 tag', (bytes) => Buffer.concat([bytes, id3v1Tag])],
  ['before an APE and an ID3v1 tag', (bytes) => Buffer.concat([bytes, apeTag(), id3v1Tag])],
];

/** Fails unless two decodings agree as the table says. */
function agree(ours: Signal, theirs: Signal, name: string): void {
  const { delay, tolerance = 1e-6 } = ENCODED_FORMATS[name];
  if (delay === 'shifted') {
    // ffmpeg finds the doubled rate of AAC's band replication where the decoder assumes it, and does not elsewhere.
    const ourSamples = resample(ours, theirs.sampleRate).samples;
    assert.ok(Math.abs(ourSamples.length - theirs.samples.length) <= MOST_DELAY, 'length');
    assert.ok(bestCorrelation(ourSamples, theirs.samples) > 0.999);
    return;
  }
  assert.equal(ours.sampleRate, theirs.sampleRate);
  const length = Math.round((source.samples.length * ours.sampleRate) / source.sampleRate);
  assert.equal(ours.samples.length, delay === 'trimmed' ? length : theirs.samples.length);
  const difference = largestDifference(ours.samples, theirs.samples.subarray(0, ours.samples.length));
  assert.ok(difference <= tolerance, `largest difference ${difference}`);
  assert.ok(bestCorrelation(resample(ours, source.sampleRate).samples, source.samples) > 0.5, 'the source');
}

for (const [name, { program, needsFfmpeg, cut }] of Object.entries(ENCODED_FORMATS)) {
  test(`${name} is decoded as by ${program}, whole, tagged and cut short`, { skip }, async () => {
    const bytes = encode(name, source, folder);
    const decode = (content: Buffer): Promise<Signal> =>
      needsFfmpeg ? loadAudio(keep('named-wrongly.jpg', content), native) : decodeAudio(content, name);
    const whole = await decode(bytes);
    assert.equal(whole.damage, undefined);
    agree(whole, decodeByPeer(program, keep(name.startsWith('AMR') ? 'peer.amr-nb' : 'peer.wav', bytes)), name);
    for (const [where, surround] of SURROUNDINGS) {
      const { samples, damage } = await decode(surround(bytes));
      assert.equal(damage, undefined, where);
      assert.ok(largestDifference(samples, whole.samples) === 0, where);
    }
    if (!needsFfmpeg) {
      const { samples } = await decode(Buffer.concat([bytes, junk]));
      assert.ok(
        samples.length <= whole.samples.length && samples.length > 0.9 * whole.samples.length,
        'junk at the end',
      );
      assert.ok(correlation(samples, whole.samples) > 0.99999, 'junk at the end');
    }
    const short = bytes.subarray(0, Math.floor(0.9 * bytes.length));
    if (cut === 'refused') return await assert.rejects(decode(short), SerError);
    const { samples, damage } = await decode(short);
    if (cut === undefined) assert.match(damage ?? '', /cut short|damaged|ffmpeg: /);
    assert.ok(samples.length > 0.4 * whole.samples.length, `${samples.length} of ${whole.samples.length} samples`);
    // WMA's last window fades out.
    assert.ok(correlation(samples.subarray(0, -MOST_DELAY), whole.samples) > 0.99, 'cut short');
  });

  if (!needsFfmpeg) continue;
  test(`${name} without ffmpeg is refused by name, with the way out`, { skip }, async () => {
    const file = keep('named-wrongly.wav', encode(name, source, folder));
    const refusal = new RegExp(`ffmpeg -i IN OUT\\.wav, got ${name.split(' ')[0]}.* in "`);
    await withoutPrograms(() => assert.rejects(loadAudio(file), refusal));
  });
}

/** Runs a task as if no program were installed. */
async function withoutPrograms(task: () => Promise<void>): Promise<void> {
  const { PATH } = process.env;
  process.env.PATH = path.join(folder, 'nothing');
  try {
    await task();
  } finally {
    process.env.PATH = PATH;
  }
}

for (const name of ['WAV of 16 bits', 'AIFF', 'CAF', 'FLAC', 'MP3', 'Ogg Opus', 'WebM with Opus', 'WMA', 'AU']) {
  test(`${name} written to a pipe, without its sizes, is whole`, { skip }, async () => {
    const [file, pipe] = [false, true].map((piped) => encode(name, source, folder, piped));
    const [whole, streamed] = [
      await loadAudio(keep('whole', file), native),
      await loadAudio(keep('streamed', pipe), native),
    ];
    assert.equal(streamed.damage, undefined);
    // An encoder of MP3 writes its delay only into files.
    assert.ok(bestCorrelation(streamed.samples, whole.samples) > 0.9999);
    assert.ok(Math.abs(streamed.samples.length - whole.samples.length) < MOST_DELAY);
  });
}

for (const ending of ['mp4', 'webm']) {
  test(`a video without sound is refused as one: ${ending}`, { skip }, async () => {
    const file = path.join(folder, `mute.${ending}`);
    const words = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=10', '-t', '1', file];
    assert.equal(spawnSync('ffmpeg', words).status, 0);
    await assert.rejects(loadAudio(file), /got (MP4|WebM).* \(ffmpeg: Stream map '0:a:0' matches no streams/);
  });
}

test('MP3 that begins within a frame is decoded from the next frame on', { skip }, async () => {
  const bytes = encode('MP3', source, folder);
  const whole = await decodeAudio(bytes, 'whole.mp3');
  const { samples } = await decodeAudio(bytes.subarray(5000), 'begun.mp3');
  const missingSamples = whole.samples.length - samples.length;
  assert.ok(missingSamples > 0.2 * whole.sampleRate && missingSamples < 0.5 * whole.sampleRate);
  // The first frames refer to bytes that are missing.
  assert.ok(bestCorrelation(samples.subarray(4608), whole.samples.subarray(missingSamples + 4608)) > 0.999);
});

test('two MP3 files of different rates, joined, are refused without ffmpeg and right with it', { skip }, async () => {
  const [first, second] = ['MP3', 'MP3 of variable rate at 22,050 Hz'].map((name) => encode(name, source, folder));
  const file = keep('joined.mp3', Buffer.concat([first, second]));
  await withoutPrograms(() => assert.rejects(loadAudio(file), /got MP3 that changes: layer 3 at 44100 Hz, then layer/));
  const { samples } = await loadAudio(file, { sampleRate: source.sampleRate });
  const { length } = source.samples;
  assert.ok(Math.abs(samples.length - 2 * length) < 4 * MOST_DELAY, `${samples.length} samples`);
  for (const part of [samples, samples.subarray(samples.length - length)]) {
    const found = bestCorrelation(source.samples, part.subarray(0, length + MOST_DELAY));
    assert.ok(found > 0.9, `correlation ${found}`);
  }
});

/** Sample data: of a voice, of noise, and of the recordings that SER_TEST_RECORDINGS names, if it is set. */
function sampleData(): Buffer[] {
  const random = new Random('sample data');
  const noise = { samples: Float32Array.from({ length: 200_000 }, () => random.uniform() - 0.5), sampleRate: 48_000 };
  const root = process.env.SER_TEST_RECORDINGS;
  const names = root ? fs.readdirSync(root, { recursive: true }).map(String) : [];
  const recordings = names.filter((name) => name.endsWith('.wav')).slice(0, 40);
  const files = recordings.map((name) => fs.readFileSync(path.join(root ?? '', name)));
  return [encodeWav(source), encodeWav(noise), ...files].map((file) => {
    const { start, end } = readWavHeader(memorySource(file, 'data'));
    return Buffer.from(file.subarray(start, end));
  });
}

test('of 200 pieces cut out of sample data, alone and behind an ID3 tag, none is taken for a recording', () => {
  const random = new Random('pieces');
  const data = sampleData();
  for (let count = 0; count < 200; count++) {
    const bytes = data[count % data.length];
    const start = random.integer(0, bytes.length - 2000);
    const piece = bytes.subarray(start, start + random.integer(1000, 150_000));
    for (const content of [piece, Buffer.concat([id3Tag(0), piece])]) {
      const { name, isSound } = sniff(memorySource(content, 'piece'));
      assert.ok(!isSound, `piece ${count} at ${start}: ${name}`);
    }
  }
});
