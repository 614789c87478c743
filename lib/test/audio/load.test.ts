import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { WaveFile } from 'wavefile';
import { decodeWav } from '../../audio/formats/wav';
import { encodeWav } from '../../audio/formats/write-wav';
import { loadAudio, loadClip, loadClipAndRecording, padTo } from '../../audio/load';
import { SerError } from '../../errors';
import { fixtures, goldenSignal, largestDifference, rebuild } from '../support/golden-signals';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-load-'));
test.after(() => fs.rmSync(folder, { recursive: true }));

function keep(name: string, bytes: Uint8Array): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, bytes);
  return file;
}

const tone = Float64Array.from({ length: 4800 }, (_, i) => 0.5 * Math.sin(i / 11));

/** A WAV of two channels: the tone, and its negative at half the level, so that their mean is a quarter. */
function stereo(depth: string, convert?: (file: WaveFile) => void): Uint8Array {
  const full = depth.endsWith('f') || depth === '64' ? 1 : 2 ** (Number(depth) - 1) - 1;
  const offset = depth === '8' ? 128 : 0;
  const value = (x: number): number => (full === 1 ? x : Math.round(x * full) + offset);
  const file = new WaveFile();
  file.fromScratch(2, 48_000, depth, [tone.map(value), tone.map((x) => value(-0.5 * x))] as unknown as number[][]);
  convert?.(file);
  return file.toBuffer();
}

for (const [depth, tolerance] of [
  ['8', 1 / 64],
  ['16', 1 / 16_000],
  ['24', 1e-6],
  ['32', 1e-7],
  ['32f', 1e-7],
  ['64', 1e-7],
] as const) {
  test(`decodeWav reads ${depth}-bit samples and takes the mean of the channels`, () => {
    const { samples, sampleRate } = decodeWav(stereo(depth), 'tone.wav');
    assert.equal(sampleRate, 48_000);
    assert.ok(
      largestDifference(
        samples,
        tone.map((x) => x / 4),
      ) <= tolerance,
    );
  });
}

for (const [name, convert] of [
  ['A-law', (file: WaveFile) => file.toALaw()],
  ['µ-law', (file: WaveFile) => file.toMuLaw()],
  ['big-endian RIFX', (file: WaveFile) => file.toRIFX()],
] as const) {
  test(`decodeWav reads ${name}`, () => {
    const { samples } = decodeWav(stereo('16', convert), 'tone.wav');
    assert.ok(
      largestDifference(
        samples,
        tone.map((x) => x / 4),
      ) < 0.02,
    );
  });
}

test('decodeWav reads only the range asked for, cut down to whole samples', () => {
  const whole = decodeWav(stereo('16'), 'tone.wav').samples;
  const part = decodeWav(stereo('16'), 'tone.wav', { offset: 0.01, duration: 0.02 }).samples;
  assert.deepEqual(part, whole.slice(480, 480 + 960));
  assert.deepEqual(decodeWav(stereo('16'), 'tone.wav', { offset: 0.09, duration: 1 }).samples, whole.slice(4320));
});

test('decodeWav skips unknown chunks and takes a data size of 0 or of all ones to mean the rest of the file', () => {
  const plain = encodeWav({ samples: Float32Array.from(tone), sampleRate: 8000 });
  const expected = decodeWav(plain, 'plain.wav').samples;
  const odd = Buffer.from('junk\u0003\u0000\u0000\u0000abc\u0000', 'latin1'); // an odd size is padded
  const longer = Buffer.concat([plain.subarray(0, 12), odd, plain.subarray(12)]);
  assert.deepEqual(decodeWav(longer, 'longer.wav').samples, expected);
  for (const size of [0, 0xffff_ffff]) {
    const streamed = Buffer.from(plain);
    streamed.writeUInt32LE(size, 40);
    assert.deepEqual(decodeWav(streamed, 'streamed.wav').samples, expected);
  }
});

test('decodeWav refuses damage with one typed error that names the file', () => {
  const good = Buffer.from(encodeWav({ samples: Float32Array.from(tone), sampleRate: 8000 }));
  const change = (edit: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.from(good);
    edit(bytes);
    return bytes;
  };
  const nan = new WaveFile();
  nan.fromScratch(1, 8000, '32f', Float32Array.from([0, Number.NaN, 0]));
  const cases: [string, Uint8Array, RegExp][] = [
    ['text', Buffer.from('this is text, not sound, whatever its name'), /must be a WAV file, got another kind/],
    ['empty', Buffer.alloc(0), /must be a WAV file, got another kind/],
    ['no data chunk', good.subarray(0, 36), /must have a data chunk/],
    ['no samples', good.subarray(0, 44), /must go beyond 0 s, got 0\.00 s/],
    ['no channels', change((bytes) => bytes.writeUInt16LE(0, 22)), /channels must be 1 to 64, got 0/],
    ['absurd rate', change((bytes) => bytes.writeUInt32LE(4_000_000_000, 24)), /sample rate must be .* got 4000000000/],
    [
      'unknown encoding',
      change((bytes) => bytes.writeUInt16LE(0x1234, 20)),
      /samples must be of a known encoding; .* got encoding 4660 with 16 bits/,
    ],
    ['not a number', nan.toBuffer(), /samples must be finite numbers, got NaN at 1/],
  ];
  for (const [name, bytes, rule] of cases) {
    assert.throws(
      () => decodeWav(bytes, `${name}.wav`),
      (error: unknown) => {
        assert.ok(error instanceof SerError, `${name}: ${error}`);
        assert.equal(error.code, 'bad-audio');
        assert.match(error.message, rule);
        assert.ok(error.message.includes(`${name}.wav`), 'names the file');
        return true;
      },
    );
  }
});

test('loadAudio reads MP3 by content: the sound that was encoded, at the length that went in', async () => {
  const entry = goldenSignal('speech');
  const original = rebuild(entry).samples;
  const file = keep('named-wrongly.wav', fs.readFileSync(path.join(fixtures, 'speech.mp3')));
  const { samples, sampleRate } = await loadAudio(file);
  assert.equal(sampleRate, 22_050);
  assert.equal(samples.length, original.length);
  let [product, ours, theirs] = [0, 0, 0];
  for (let i = 0; i < Math.min(samples.length, original.length); i++) {
    product += samples[i] * original[i];
    ours += samples[i] ** 2;
    theirs += original[i] ** 2;
  }
  const correlation = product / Math.sqrt(ours * theirs);
  assert.ok(correlation > 0.999, `correlation ${correlation}`);
});

test('loadClip gives 52,920 samples from 0.6 s on, padded with silence where the recording ends', async () => {
  const ramp = Float32Array.from({ length: 22_050 * 2 }, (_, i) => i / 88_200);
  const { samples } = await loadClip(keep('short.wav', encodeWav({ samples: ramp, sampleRate: 22_050 })));
  assert.equal(samples.length, 52_920);
  assert.ok(Math.abs(samples[0] - 13_230 / 88_200) < 1e-4);
  assert.ok(samples.subarray(30_870).every((sample) => sample === 0));
  assert.ok(samples[30_869] > 0.49);
});

for (const name of ['speech.mp3', 'speech.flac', 'speech.ogg', 'speech.opus', 'speech-adpcm.wav']) {
  test(`loadClipAndRecording of ${name} gives what loadClip and loadAudio give`, async () => {
    const file = path.join(fixtures, name);
    const { clip, recording } = await loadClipAndRecording(file);
    assert.deepEqual(clip, await loadClip(file));
    assert.deepEqual(recording, await loadAudio(file));
  });
}

test('loadAudio says what is wrong with files that are missing, empty, too short or of another kind', async () => {
  await assert.rejects(loadAudio(path.join(folder, 'none.wav')), /must be readable, got ENOENT for ".*none\.wav"/);
  await assert.rejects(loadAudio(folder), /must be readable, got EISDIR/);
  await assert.rejects(loadAudio(keep('empty.wav', Buffer.alloc(0))), /must be WAV, MP3, .*, got an empty file/);
  await assert.rejects(loadAudio(keep('picture.wav', Buffer.from('89504e47', 'hex'))), /got a PNG picture/);
  await assert.rejects(loadAudio(keep('broken.mp3', Buffer.from('ID3 nothing else'))), SerError);
  const short = keep('tiny.wav', encodeWav({ samples: new Float32Array(800), sampleRate: 8000 }));
  await assert.rejects(loadClip(short), /must go beyond 0\.6 s, got 0\.10 s/);
  await assert.rejects(loadAudio(short, { offset: -1 }), RangeError);
});

test('loadAudio names formats that only ffmpeg reads, with the way out, and files that are no recording', async () => {
  const path = process.env.PATH;
  process.env.PATH = folder; // without ffmpeg
  try {
    const wayOut = /for others install ffmpeg, or convert the file: ffmpeg -i IN OUT\.wav, got (.*) in/;
    for (const [is, content] of [
      ['AU', '.snd\0\0\0\x18'],
      ['Wave64', Buffer.from('726966662e91cf11a5d628db04c10000', 'hex')],
      ['AVI', 'RIFF\0\0\0\0AVI LIST'],
      ['WavPack', 'wvpk'],
      ['AC-3', Buffer.from('0b770000', 'hex')],
      ['an MPEG transport stream', Buffer.alloc(4 * 188, Buffer.concat([Buffer.from('G'), Buffer.alloc(187, 1)]))],
    ] as const) {
      const file = keep('misnamed.wav', Buffer.from(content as string, 'latin1'));
      await assert.rejects(loadAudio(file), (error: SerError) => {
        assert.equal(error.code, 'bad-audio');
        return wayOut.exec(error.message)?.[1] === is;
      });
    }
    for (const [is, content] of [
      ['text', 'Dear reader,\nthis is no sound.'],
      ['a PNG picture', Buffer.from('89504e47', 'hex')],
      ['a ZIP archive', 'PK\x03\x04'],
      ['SILK (WeChat)', '\x02#!SILK_V3'],
      ['bytes 01020304 at its start', Buffer.from('01020304', 'hex')],
    ] as const) {
      const file = keep('misnamed.wav', Buffer.from(content as string, 'latin1'));
      await assert.rejects(loadAudio(file), (error: SerError) => {
        assert.ok(error.message.includes(`got ${is} in`), error.message);
        return error.code === 'bad-audio' && !error.message.includes('ffmpeg');
      });
    }
  } finally {
    process.env.PATH = path;
  }
});

test('loadAudio refuses what it may not read, and waits for no pipe', {
  skip: process.platform === 'win32',
}, async () => {
  const pipe = path.join(folder, 'pipe.wav');
  execFileSync('mkfifo', [pipe]);
  await assert.rejects(loadAudio(pipe), /must be readable, got a device or a pipe/);
  await assert.rejects(loadAudio('/dev/zero'), /must be readable, got a device or a pipe/);
  if (process.getuid?.() === 0) return; // root may read everything
  const locked = keep('locked.wav', Buffer.from('RIFF'));
  fs.chmodSync(locked, 0);
  await assert.rejects(loadAudio(locked), /must be readable, got EACCES/);
});

test('loadAudio reads MP3 behind an ID3 tag, with a gap, and no sound of a tag alone', async () => {
  const mp3 = fs.readFileSync(path.join(fixtures, 'speech.mp3'));
  const expected = await loadAudio(path.join(fixtures, 'speech.mp3'), { sampleRate: 'native' });
  const tag = Buffer.concat([Buffer.from('ID3\u0003\0\0\0\0\u0002\0', 'latin1'), Buffer.alloc(256 + 100, 0x20)]);
  const { samples } = await loadAudio(keep('tagged', Buffer.concat([tag, mp3])), { sampleRate: 'native' });
  assert.deepEqual(samples, expected.samples);
  await assert.rejects(loadAudio(keep('tag.mp3', tag)), /got bytes 49443303 at its start/);
});

test('an MP4 whose index is missing or cut, as of an interrupted recording, is refused before it is decoded', async () => {
  const box = (type: string, length: number): Buffer => {
    const bytes = Buffer.alloc(length);
    bytes.writeUInt32BE(length);
    bytes.write(type, 4, 'latin1');
    return bytes;
  };
  const start = Buffer.concat([box('ftyp', 16), box('mdat', 4000)]);
  for (const end of [Buffer.alloc(0), box('moov', 900).subarray(0, 800)]) {
    const file = keep('interrupted.m4a', Buffer.concat([start, end]));
    await assert.rejects(loadAudio(file), /must have its whole index \(moov\), .* got none: it was interrupted/);
  }
});

test('padTo cuts or adds silence', () => {
  const signal = { samples: Float32Array.of(1, 2, 3), sampleRate: 10 };
  assert.deepEqual([...padTo(signal, 2).samples], [1, 2]);
  assert.deepEqual([...padTo(signal, 5).samples], [1, 2, 3, 0, 0]);
});
