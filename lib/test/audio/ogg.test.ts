import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { openOgg } from '../../audio/formats/ogg-pages';
import { decodeAudio } from '../../audio/load';
import { resample } from '../../audio/resample/resample';
import { memorySource } from '../../audio/source';
import { fixtures, goldenSignal, largestDifference, rebuild } from '../support/golden-signals';
import { oggFile, packetsOf } from '../support/ogg-file';

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

/**
 * librosa 0.11.0 (libsndfile 1.2.2), sr=None: length, rate, and three samples from the middle on. Opus is decoded at
 * 48,000 Hz here, and at the rate of what was encoded by libsndfile.
 */
const cases = [
  ['Vorbis', vorbis, 52_920, 22_050, [0.1525721251964569, 0.046886611729860306, -0.03142745792865753], 2e-5, 0.97],
  ['Opus', opus, 57_600, 24_000, [0.045440673828125, -0.034820556640625, -0.074462890625], 1e-3, 0.8],
] as const;

for (const [codec, bytes, theirLength, theirRate, middle, tolerance, alike] of cases) {
  const rate = codec === 'Opus' ? 48_000 : theirRate;
  const length = (theirLength * rate) / theirRate;
  test(`decodeAudio reads ${codec} with as many samples as librosa, and the same ones`, async () => {
    const signal = await decodeAudio(bytes, codec);
    assert.deepEqual([signal.samples.length, signal.sampleRate], [length, rate]);
    const { samples } = resample(signal, theirRate);
    const difference = largestDifference(samples.subarray(theirLength / 2, theirLength / 2 + 3), middle);
    assert.ok(difference < tolerance, `${difference}`);
    const original = rebuild(goldenSignal('speech')).samples;
    const decoded = resample(signal, 22_050).samples;
    assert.equal(decoded.length, original.length);
    assert.ok(correlation(decoded, original) > alike, `correlation ${correlation(decoded, original)}`);
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

  test(`${codec} that is cut or damaged gives what is whole before, and says so`, async () => {
    const { samples } = await decodeAudio(bytes, codec);
    const flipped = Buffer.from(bytes);
    flipped[bytes.length - 10] ^= 1;
    for (const broken of [bytes.subarray(0, bytes.length - 10), flipped]) {
      const cut = await decodeAudio(broken, codec);
      assert.ok(cut.samples.length < samples.length);
      assert.deepEqual(cut.samples, samples.slice(0, cut.samples.length));
      assert.match(cut.damage ?? '', /cut short at a damaged page/);
    }
    await assert.rejects(decodeAudio(bytes.subarray(0, 60), codec), /must hold sound/);
    await assert.rejects(decodeAudio(Buffer.concat([bytes, bytes]), codec), /must hold one recording; split/);
  });

  test(`bytes behind the last page of ${codec} change nothing`, async () => {
    const { samples } = await decodeAudio(bytes, codec);
    for (const rest of [Buffer.alloc(300), Buffer.from(`TAG${' '.repeat(125)}`), Buffer.from('junk')]) {
      const longer = await decodeAudio(Buffer.concat([bytes, rest]), codec);
      assert.deepEqual([longer.samples, longer.damage], [samples, undefined]);
    }
  });
}

test('the position of the last page ends the recording', async () => {
  const [head, tags, ...packets] = packetsOf(opus);
  const preSkip = head.readUInt16LE(10);
  const position = (packet: number): number => {
    if (packet < 2) return 0;
    return packet === packets.length + 1 ? preSkip + 115_000 : (packet - 1) * 960;
  };
  const file = oggFile([head, tags, ...packets], { position });
  assert.equal((await decodeAudio(file, 'x')).samples.length, 115_000);
});

test('openOgg finds the stream of sound, and names codecs that are not decoded', async () => {
  const packets = [Buffer.from('OpusHead'), Buffer.alloc(70_000, 1), Buffer.alloc(255, 2), Buffer.alloc(0)];
  const file = oggFile(packets);
  const stream = openOgg(memorySource(file, 'x'), 0);
  assert.equal(stream?.codec, 'Opus');
  assert.deepEqual(Buffer.concat([...(stream?.pages ?? [])]), file);
  await assert.rejects(decodeAudio(oggFile([Buffer.from('Speex   1.2')]), 'x'), /must be WAV, .* got Ogg with Speex/);
});
