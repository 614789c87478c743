import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { WaveFile } from 'wavefile';
import { encodeWav } from '../../audio/formats/write-wav';
import { decodeAudio } from '../../audio/load';
import { SerError } from '../../errors';
import { Random } from '../../random';
import { ENCODED_FORMATS, encode, missingPrograms, speech } from '../support/encoded-formats';
import { crc8, seal } from '../support/flac-frames';
import { fixtures } from '../support/golden-signals';
import { decodeHostile } from '../support/hostile-file';
import { mutate, mutateFile, mutateFlacFrames, repairOgg } from '../support/mutate';

const tone = Float32Array.from({ length: 800 }, (_, i) => 0.5 * Math.sin(i / 9));

/** A small WAV of each encoding. */
function smallWavs(): Buffer[] {
  const files = ['8', '16', '24', '32', '32f', '64'].map((depth) => {
    const file = new WaveFile();
    const full = depth === '32f' || depth === '64' ? 1 : 2 ** (Number(depth) - 1) - 1;
    const values = Float64Array.from(tone, (x) => Math.round(x * full) + (depth === '8' ? 128 : 0));
    file.fromScratch(2, 16_000, depth, [values, values] as unknown as number[][]);
    return file;
  });
  const converted = (convert: (file: WaveFile) => void): WaveFile => {
    const file = new WaveFile(encodeWav({ samples: tone, sampleRate: 8000 }));
    convert(file);
    return file;
  };
  files.push(
    converted((file) => file.toALaw()),
    converted((file) => file.toMuLaw()),
    converted((file) => file.toRIFX()),
    converted((file) => file.toIMAADPCM()),
  );
  return files.map((file) => Buffer.from(file.toBuffer()));
}

const wavs = smallWavs();
const fixture = (name: string): Buffer => fs.readFileSync(path.join(fixtures, name));
const [flac, vorbis, opus, mp3] = ['speech.flac', 'speech.ogg', 'speech.opus', 'speech.mp3'].map(fixture);
const everything = [...wavs, flac, vorbis, opus, mp3];

/** The mutated files, 10,000 in all: most of them WAV, whose decoder is ours and fast. */
const cases: [string, number, (random: Random) => Buffer][] = [
  ['WAV of every encoding', 9000, (random) => mutate(random.pick(wavs), everything, random)],
  ['FLAC', 150, (random) => mutate(flac, everything, random)],
  ['FLAC with right checksums', 250, (random) => mutateFlacFrames(flac, random)],
  ['Ogg Vorbis', 100, (random) => mutate(vorbis, everything, random)],
  ['Ogg Vorbis with right checksums', 200, (random) => repairOgg(mutate(vorbis, everything, random))],
  ['Ogg Opus', 50, (random) => mutate(opus, everything, random)],
  ['Ogg Opus with right checksums', 150, (random) => repairOgg(mutate(opus, everything, random))],
  ['MP3', 100, (random) => mutate(mp3.subarray(0, 6000), everything, random)],
];

for (const [kind, count, make] of cases) {
  test(`${count} damaged files of ${kind} give finite samples or one typed error each`, async (context) => {
    let decoded = 0;
    for (let i = 0; i < count; i++) {
      const bytes = make(new Random('hostile audio', kind, i));
      try {
        const { samples, sampleRate } = await decodeAudio(bytes, `mutant ${i}`);
        decoded++;
        assert.ok(
          samples.every((sample) => Number.isFinite(sample)),
          `mutant ${i} of ${kind}`,
        );
        assert.ok(samples.length > 0 && sampleRate > 0);
        assert.ok(samples.length <= 2 ** 24 + 512 * bytes.length, `mutant ${i} of ${kind}: ${samples.length} samples`);
      } catch (error) {
        assert.ok(error instanceof SerError && error.code === 'bad-audio', `mutant ${i} of ${kind}: ${error}`);
        assert.ok(error.message.includes(`"mutant ${i}"`), error.message);
      }
    }
    context.diagnostic(`${decoded} decoded, ${count - decoded} refused`);
    assert.ok(decoded < count, 'some damage must be refused');
  });
}

/** Damaged files of each format that ffmpeg and SoX write; "npm run bench -- fuzz" takes many more. */
const OF_EACH = 8;
const missing = missingPrograms();

test('damaged files of every other format break no rule', {
  skip: missing.length > 0 && `not installed: ${missing.join(', ')}`,
}, async (context) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-hostile-'));
  context.after(() => fs.rmSync(folder, { recursive: true }));
  const { samples, sampleRate } = speech();
  const short = { samples: samples.slice(0, sampleRate), sampleRate };
  const own = Object.entries(ENCODED_FORMATS).filter(
    ([name, { needsFfmpeg }]) => !needsFfmpeg && !name.includes('WAV'),
  );
  const files = own.map(([name]) => ({ name, file: encode(name, short, folder) }));
  const others = files.map(({ file }) => file);
  let decoded = 0;
  for (const { name, file } of files) {
    for (let i = 0; i < OF_EACH; i++) {
      const bytes = mutateFile(file, others, new Random('hostile formats', name, i));
      const limits = { bytes: bytes.length, bytesPerSecond: file.length };
      const { kind } = await decodeHostile(() => decodeAudio(bytes, `mutant ${i} of ${name}`), limits);
      if (kind === 'decoded') decoded++;
    }
  }
  const all = OF_EACH * files.length;
  context.diagnostic(`${decoded} of ${all} decoded`);
  assert.ok(decoded > all / 4 && decoded < all);
});

test('an MP4 index that claims millions of samples of one size is left to ffmpeg', {
  skip: missing.length > 0 && `not installed: ${missing.join(', ')}`,
}, async (context) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-hostile-'));
  context.after(() => fs.rmSync(folder, { recursive: true }));
  const bytes = encode('MOV video', { samples: tone, sampleRate: 8000 }, folder);
  const table = bytes.indexOf('stsz') + 4;
  assert.equal(bytes.readUInt32BE(table + 4), 2, 'of 16 bits');
  bytes.writeUInt32BE(2 ** 24, table + 8);
  await assert.rejects(decodeAudio(bytes, 'claims.mov'), /ffmpeg -i IN OUT\.wav, got MP4/);
});

test('amplitudes whose squares are infinite are refused', async () => {
  const file = new WaveFile();
  file.fromScratch(1, 8000, '32f', Float32Array.from([0, 1e38, 0]));
  await assert.rejects(
    decodeAudio(file.toBuffer(), 'x.wav'),
    /samples must be at most 2\^32 .*, got 9\.99\d*e\+37 at 1/,
  );
});

test('a header that claims 4 GB over a few bytes allocates for the few bytes', async () => {
  const huge = Buffer.from(encodeWav({ samples: tone.subarray(0, 20), sampleRate: 8000 }));
  huge.writeUInt32LE(0xf000_0000, 40);
  const before = process.memoryUsage().arrayBuffers;
  assert.equal((await decodeAudio(huge, 'huge.wav')).samples.length, 20);
  assert.ok(process.memoryUsage().arrayBuffers - before < 1e6);
});

/** FLAC frames of 65,535 equal samples in 13 bytes each. */
function endlessFlac(frames: number): Buffer {
  const info = Buffer.from('664c614380000022ffffffff00000000000001f4007000000000', 'hex');
  const parts = [info, Buffer.alloc(42 - info.length)];
  for (let index = 0; index < frames; index++) {
    // UTF-8 writes numbers up to 2,047 in two bytes.
    const number = index < 128 ? [index] : [0xc0 | (index >> 6), 0x80 | (index & 63)];
    const head = [0xff, 0xf8, 0x74, 0x02, ...number, 0xff, 0xfe];
    const frame = Buffer.from([...head, crc8(Buffer.from(head)), 0, 0, 0, 0]);
    seal(frame);
    parts.push(frame);
  }
  return Buffer.concat(parts);
}

test('a few bytes of FLAC that unfold to endless silence are refused at a bound', async () => {
  const bytes = endlessFlac(400);
  assert.ok(bytes.length < 6000);
  await assert.rejects(decodeAudio(bytes, 'endless.flac'), /\d+ bytes may hold at most \d+ samples/);
});
