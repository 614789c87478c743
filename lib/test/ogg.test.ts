import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { decodeAudio } from '../audio/load';
import { openOgg } from '../audio/ogg';
import { resample } from '../audio/resample';
import { fixtures, goldenSignal, largestDifference, rebuild } from './golden-signals';
import { oggFile } from './ogg-file';

const vorbis = fs.readFileSync(path.join(fixtures, 'speech.ogg'));
const opus = fs.readFileSync(path.join(fixtures, 'speech.opus'));

/** How alike two sounds are, from −1 to 1. */
function correlation(one: Float32Array, other: Float32Array): number {
  let [product, first, second] = [0, 0, 0];
  for (let i = 0; i < one.length; i++) {
    product += one[i] * other[i];
    first += one[i] ** 2;
    second += other[i] ** 2;
  }
  return product / Math.sqrt(first * second);
}

/** librosa 0.11.0 (libsndfile 1.2.2), sr=None: length, rate, and three samples from the middle on. */
const cases = [
  ['Vorbis', vorbis, 52_920, 22_050, [0.1525721251964569, 0.046886611729860306, -0.03142745792865753], 0.97],
  ['Opus', opus, 57_600, 24_000, [0.045440673828125, -0.034820556640625, -0.074462890625], 0.8],
] as const;

for (const [codec, bytes, length, rate, middle, alike] of cases) {
  test(`decodeAudio reads ${codec} with as many samples as librosa, and the same ones`, async () => {
    const signal = await decodeAudio(bytes, codec);
    assert.deepEqual([signal.samples.length, signal.sampleRate], [length, rate]);
    assert.ok(largestDifference(signal.samples.subarray(length / 2, length / 2 + 3), middle) < 2e-5);
    const original = rebuild(goldenSignal('speech')).samples;
    const heard = resample(signal, 22_050).samples;
    assert.equal(heard.length, original.length);
    assert.ok(correlation(heard, original) > alike, `correlation ${correlation(heard, original)}`);
  });

  test(`a range of ${codec} is the same part of the whole`, async () => {
    const { samples } = await decodeAudio(bytes, codec);
    for (const [offset, duration] of [
      [0, 0.01],
      [0.6, 0.7],
      [2.3, 5],
    ]) {
      const part = await decodeAudio(bytes, codec, { offset, duration });
      const first = Math.floor(offset * rate);
      assert.deepEqual(part.samples, samples.slice(first, first + Math.floor(duration * rate)));
    }
    await assert.rejects(decodeAudio(bytes, codec, { offset: 3 }), /must go beyond 3 s, got 2\.40 s/);
  });

  test(`${codec} cut short gives what is whole, damaged it is refused with the place`, async () => {
    const { samples } = await decodeAudio(bytes, codec);
    const cut = (await decodeAudio(bytes.subarray(0, bytes.length - 10), codec)).samples;
    assert.ok(cut.length < samples.length);
    assert.deepEqual(cut, samples.slice(0, cut.length));
    const flipped = Buffer.from(bytes);
    flipped[bytes.length - 10] ^= 1;
    await assert.rejects(decodeAudio(flipped, codec), /pages must be undamaged, got a wrong checksum at byte \d+/);
    await assert.rejects(decodeAudio(bytes.subarray(0, 60), codec), /must begin with its headers, got the end/);
    await assert.rejects(decodeAudio(Buffer.concat([bytes, bytes]), codec), /must hold one recording; split/);
  });
}

test('the last page position ends the recording, and the first one may start late', async () => {
  const [head, tags, ...packets] = [...openOgg(opus, 'x').packets].map(({ bytes }) => Buffer.from(bytes));
  const [, preSkip] = [0, head.readUInt16LE(10)];
  const at = (end: number, shift: number) => ({
    position: (packet: number) => {
      if (packet < 2) return 0;
      return shift + (packet === packets.length + 1 ? end : (packet - 1) * 960);
    },
  });
  for (const shift of [0, 480_000]) {
    const file = oggFile([head, tags, ...packets], at(preSkip + 48_000, shift));
    assert.equal((await decodeAudio(file, 'x')).samples.length, 24_000);
  }
});

test('openOgg puts packets together again that span pages, and names codecs that are not decoded', () => {
  const packets = [Buffer.from('OpusHead'), Buffer.alloc(70_000, 1), Buffer.alloc(255, 2), Buffer.alloc(0)];
  const { codec, packets: found } = openOgg(oggFile(packets), 'x');
  assert.equal(codec, 'Opus');
  assert.deepEqual(
    [...found].map(({ bytes }) => Buffer.from(bytes)),
    packets,
  );
  assert.throws(
    () => openOgg(oggFile([Buffer.from('Speex   1.2')]), 'x'),
    /must hold Vorbis, Opus or FLAC.* got Speex/,
  );
});
