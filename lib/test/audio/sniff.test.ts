import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { readMp3Header, walkFrames } from '../../audio/formats/mpeg-frames';
import { sniff } from '../../audio/formats/sniff';
import { encodeWav } from '../../audio/formats/write-wav';
import { memorySource } from '../../audio/source';
import { Random } from '../../random';
import { fixtures } from '../support/golden-signals';

const mp3 = fs.readFileSync(path.join(fixtures, 'speech.mp3'));
const wav = Buffer.from(encodeWav({ samples: new Float32Array(800).fill(0.1), sampleRate: 8000 }));

/** An ID3v2 tag with so many bytes of content. */
function id3(length: number, content = 0x20): Buffer {
  const size = [21, 14, 7, 0].map((shift) => (length >> shift) & 127);
  return Buffer.concat([Buffer.from('ID3\u0003\0\0', 'latin1'), Buffer.from(size), Buffer.alloc(length, content)]);
}

/** An APE tag without items: a header and a footer. */
const ape = Buffer.concat(
  [0xa000_0000, 0x8000_0000].map((flags) => {
    const bytes = Buffer.alloc(32);
    bytes.write('APETAGEX', 'latin1');
    bytes.writeUInt32LE(2000, 8);
    bytes.writeUInt32LE(32, 12); // with the footer
    bytes.writeUInt32LE(flags, 20);
    return bytes;
  }),
);

const found = (...parts: Buffer[]) => sniff(memorySource(Buffer.concat(parts), 'x'));

test('sniff looks behind tags and zeros, and leaves out tags at the end', () => {
  for (const before of [Buffer.alloc(0), id3(300), Buffer.concat([id3(10), id3(2000)]), Buffer.alloc(5000), ape]) {
    for (const after of [Buffer.alloc(0), Buffer.from(`TAG${' '.repeat(125)}`), ape]) {
      for (const [format, sound] of [
        ['mp3', mp3],
        ['wav', wav],
      ] as const) {
        const { format: is, start, end } = found(before, sound, after);
        assert.deepEqual([is, start, end], [format, before.length, before.length + sound.length]);
      }
    }
  }
});

test('sniff finds the first whole frame of an MP3 stream that begins inside one', () => {
  const first = readMp3Header(mp3, 0)?.length ?? 0;
  const { format, start } = found(mp3.subarray(5));
  assert.deepEqual([format, start], ['mp3', first - 5]);
});

test('sniff takes no noise for MP3 or AAC, with or without a tag before it', () => {
  const random = new Random('noise');
  for (let round = 0; round < 60; round++) {
    const noise = Buffer.from(Uint8Array.from({ length: 30_000 }, () => random.integer(0, 255)));
    // Sync words at random places, as samples near zero have them.
    for (let at = 0; at < noise.length - 2; at += random.integer(20, 200)) noise.set([0xff, 0xfb], at);
    for (const parts of [[noise], [id3(100), noise]]) assert.equal(found(...parts).format, undefined, `round ${round}`);
  }
});

test('walkFrames counts frames against the number that the encoder promises', () => {
  const whole = walkFrames(memorySource(mp3, 'x'), 0, mp3.length, readMp3Header);
  assert.deepEqual([whole.frames, whole.streams], [whole.promised, ['layer 3 at 22050 Hz']]);
  const cut = walkFrames(memorySource(mp3, 'x'), 0, mp3.length - 3000, readMp3Header);
  assert.ok(cut.frames < (cut.promised ?? 0));
});

test('walkFrames names the streams of files that were joined', () => {
  const other = Buffer.from(mp3);
  for (let at = 0; at < other.length; ) {
    const { length } = readMp3Header(mp3, at) ?? { length: other.length };
    other[at + 2] ^= 4; // 24,000 Hz: frames end earlier
    at += length;
  }
  // Frames of the other rate, each filled up to the length that its header states.
  const frames: Buffer[] = [];
  for (let at = 0; at < mp3.length; ) {
    const { length } = readMp3Header(mp3, at) ?? { length: mp3.length };
    const now = readMp3Header(other, at)?.length ?? 0;
    frames.push(Buffer.concat([other.subarray(at, at + length), Buffer.alloc(now)]).subarray(0, now));
    at += length;
  }
  const joined = Buffer.concat([mp3, ...frames]);
  const { streams } = walkFrames(memorySource(joined, 'x'), 0, joined.length, readMp3Header);
  assert.deepEqual(streams, ['layer 3 at 22050 Hz', 'layer 3 at 24000 Hz']);
});
