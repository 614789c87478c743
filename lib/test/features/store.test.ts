import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { loadClip } from '../../audio/load';
import type { Corpus } from '../../data/corpus';
import { SerError } from '../../errors';
import { mfcc } from '../../features/mel/mfcc';
import { applyScaler, fitScaler } from '../../features/scaler';
import { getFeatures, voiceFeatures } from '../../features/store/extract';
import { computeFeatures, FEATURES_VERSION, loadFeatures } from '../../features/store/store';
import { largestDifference } from '../support/golden-signals';
import { tinyCorpus } from '../support/tiny-corpus';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-store-'));
test.after(() => fs.rmSync(folder, { recursive: true }));
const corpus = tinyCorpus(folder);
const root = path.join(folder, 'features');
const size = 104 * 20;

/** A voice in a folder of its own, whose recordings a test may move. */
function movableCorpus(name: string): Corpus {
  const recordings = path.join(folder, name, 'recordings');
  fs.mkdirSync(recordings, { recursive: true });
  return tinyCorpus(recordings, [1]);
}

/** What 1-data makes of the same recordings in another folder. */
function inFolder(moved: Corpus, place: string): Corpus {
  return {
    ...moved,
    folder: place,
    clips: moved.clips.map((clip) => ({ ...clip, path: path.join(place, clip.name) })),
  };
}

test('computeFeatures gives each clip its MFCCs, its copies and its voice, in the order of the clips', async () => {
  const seen: number[] = [];
  const store = await computeFeatures(corpus, { root, onProgress: (done) => seen.push(done) });
  assert.deepEqual([store.frames, store.coefficients, store.copies], [104, 20, 3]);
  assert.equal(store.standard.length, 32 * size);
  assert.equal(store.augmented.length, 32 * 3 * size);
  assert.deepEqual(
    seen,
    Array.from({ length: 32 }, (_, i) => i + 1),
  );
  for (const index of [0, 13, 31]) {
    const { path: file } = corpus.clips[index];
    const features = mfcc(await loadClip(file)).values;
    assert.ok(largestDifference(store.standard.subarray(index * size, (index + 1) * size), features) < 1e-4);
    assert.deepEqual((await getFeatures(file)).values, features);
    const voice = store.voice.subarray(index * 40, (index + 1) * 40);
    assert.ok(largestDifference(voice, await voiceFeatures(file)) < 1e-4);
  }
  const changed = corpus.clips.filter((_, clip) =>
    [0, 1, 2].some((copy) => {
      const start = (clip * 3 + copy) * size;
      const own = store.standard.subarray(clip * size, (clip + 1) * size);
      return largestDifference(store.augmented.subarray(start, start + size), own) > 0.1;
    }),
  );
  assert.ok(changed.length >= 28, `${changed.length} of 32 clips have a copy that differs`);
});

test('computeFeatures reads what is there, with any number of threads the same, and computes other parameters anew', async () => {
  let computed = 0;
  const count = (): void => {
    computed++;
  };
  const first = await computeFeatures(corpus, { root, onProgress: count });
  assert.equal(computed, 0, 'nothing is computed twice');
  const alone = await computeFeatures(corpus, { root: path.join(folder, 'alone'), threads: 1, onProgress: count });
  assert.equal(computed, 32);
  assert.deepEqual(alone.augmented, first.augmented);
  const other = await computeFeatures(corpus, { root, seed: 12, onProgress: count });
  assert.equal(computed, 64);
  assert.notEqual(other.folder, first.folder);
  assert.deepEqual(other.standard, first.standard);
  assert.notDeepEqual(other.augmented, first.augmented);
  assert.equal(loadFeatures(root).folder, other.folder);
});

test('loadFeatures notices missing, damaged and outdated stores, and computeFeatures mends them', async () => {
  assert.throws(() => loadFeatures(path.join(folder, 'nowhere')), /no features in .*; run 2-features first/);
  const { folder: store, augmented } = await computeFeatures(corpus, { root });
  const file = path.join(store, 'augmented.f32');
  const bytes = fs.readFileSync(file);
  bytes[1000] ^= 1;
  fs.writeFileSync(file, bytes);
  assert.throws(() => loadFeatures(root), /augmented\.f32 is missing or damaged; run 2-features again/);
  assert.deepEqual((await computeFeatures(corpus, { root })).augmented, augmented);
  const manifest = path.join(store, 'manifest.json');
  const text = fs.readFileSync(manifest, 'utf8').replace(`"version": ${FEATURES_VERSION}`, '"version": 999');
  fs.writeFileSync(manifest, text);
  assert.throws(
    () => loadFeatures(root),
    /version must be \d+, the version that this code reads, got 999; run 2-features again/,
  );
});

test('a damaged pointer or manifest is refused, with the way out, and computeFeatures mends it', async () => {
  const { folder: store, manifest } = await computeFeatures(corpus, { root });
  const damaged: [string, string][] = [
    ...['{', 'null', '{"fingerprint":"../elsewhere"}'].map((content): [string, string] => [
      path.join(root, 'latest.json'),
      content,
    ]),
    ...['', '[]', JSON.stringify({ ...manifest, parameters: null }), JSON.stringify({ ...manifest, contents: [] })].map(
      (content): [string, string] => [path.join(store, 'manifest.json'), content],
    ),
  ];
  for (const [file, content] of damaged) {
    fs.writeFileSync(file, content);
    assert.throws(
      () => loadFeatures(root),
      { code: 'bad-artefact', message: /\.json.*; run 2-features again$/ },
      content,
    );
    await computeFeatures(corpus, { root });
    assert.equal(loadFeatures(root).manifest.clips.length, corpus.clips.length);
  }
});

test('computeFeatures notices another sound of the same name and size, and is not misled by a touched file', async () => {
  const place = path.join(folder, 'changing');
  fs.mkdirSync(place);
  const changing = tinyCorpus(place, [1]);
  let computed = 0;
  const compute = (): ReturnType<typeof computeFeatures> =>
    computeFeatures(changing, {
      root: path.join(place, 'features'),
      copies: 0,
      onProgress: () => {
        computed++;
      },
    });
  const { standard } = await compute();
  const file = changing.clips[2].path;
  fs.utimesSync(file, new Date(), new Date());
  await compute();
  assert.equal(computed, 8, 'touched');
  const bytes = fs.readFileSync(file);
  for (let i = 60_000; i < 120_000; i += 2) bytes.writeInt16LE((i * 7919) % 3000, i);
  fs.writeFileSync(file, bytes);
  const changed = await compute();
  assert.equal(computed, 16, 'changed');
  assert.deepEqual(changed.standard.subarray(0, 2 * size), standard.subarray(0, 2 * size));
  assert.notDeepEqual(changed.standard.subarray(2 * size, 3 * size), standard.subarray(2 * size, 3 * size));
});

test('computeFeatures computes nothing for recordings that were moved, and the store tells where they lie now', async () => {
  const before = movableCorpus('moved');
  const place = path.join(folder, 'moved', 'features');
  const { standard } = await computeFeatures(before, { root: place, copies: 0 });
  const moved = `${before.folder}-moved`;
  fs.renameSync(before.folder, moved);
  const copied = `${before.folder}-copied`;
  fs.cpSync(moved, copied, { recursive: true });
  for (const name of fs.readdirSync(copied)) fs.utimesSync(path.join(copied, name), 0, 0);
  for (const now of [inFolder(before, moved), inFolder(before, copied)]) {
    const onProgress = (): never => assert.fail('computed again');
    const store = await computeFeatures(now, { root: place, copies: 0, onProgress });
    assert.deepEqual(store.standard, standard);
    assert.deepEqual(store.manifest.clips, now.clips);
    const text = fs.readFileSync(path.join(store.folder, 'manifest.json'), 'utf8');
    assert.deepEqual(JSON.parse(text), store.manifest);
    assert.ok(text.split('\n').length > 2 * now.clips.length, 'line by line');
    assert.deepEqual(fs.readdirSync(store.folder).sort(), [
      'augmented.f32',
      'manifest.json',
      'standard.f32',
      'voice.f32',
    ]);
    assert.deepEqual(loadFeatures(place).manifest, store.manifest);
  }
});

test('two computations at a time of recordings that lie twice each tell their own places', async () => {
  const one = movableCorpus('two-places');
  const other = inFolder(one, `${one.folder}-copied`);
  fs.cpSync(one.folder, other.folder, { recursive: true });
  const options = { root: path.join(folder, 'two-places', 'features'), copies: 0, threads: 1 };
  const stores = await Promise.all([computeFeatures(one, options), computeFeatures(other, options)]);
  assert.equal(stores[0].folder, stores[1].folder);
  assert.deepEqual(
    stores.map(({ manifest }) => manifest.clips),
    [one.clips, other.clips],
  );
});

test('loadFeatures names a recording that was moved since, with the way out, be it the last; back in place all is well', async () => {
  const recorded = movableCorpus('lost');
  const place = path.join(folder, 'lost', 'features');
  const { manifest } = await computeFeatures(recorded, { root: place, copies: 0 });
  const lost = recorded.clips[recorded.clips.length - 1].path;
  fs.renameSync(lost, `${lost}-moved`);
  assert.throws(
    () => loadFeatures(place),
    (error) => {
      assert.ok(error instanceof SerError && error.code === 'bad-artefact', String(error));
      const rule = `recordings must be where they were, got none at "${lost}"`;
      assert.equal(error.message, `loadFeatures: ${rule}; run 1-data and 2-features again`);
      return true;
    },
  );
  await assert.rejects(computeFeatures(recorded, { root: place, copies: 0 }), (error) => {
    assert.ok(error instanceof SerError && error.code === 'bad-audio', String(error));
    assert.ok(error.message.includes(lost), error.message);
    return true;
  });
  fs.renameSync(`${lost}-moved`, lost);
  assert.deepEqual(loadFeatures(place).manifest, manifest);
});

test('the manifest says what the store was made of: parameters, versions, and every clip with its content, line by line', async () => {
  const { folder: store, manifest } = await computeFeatures(corpus, { root });
  const text = fs.readFileSync(path.join(store, 'manifest.json'), 'utf8');
  assert.deepEqual(JSON.parse(text), manifest);
  assert.equal(manifest.madeBy.node, process.versions.node);
  assert.deepEqual(manifest.clips, corpus.clips);
  const { sha256, size } = manifest.contents[5];
  const bytes = fs.readFileSync(corpus.clips[5].path);
  assert.deepEqual([sha256, size], [createHash('sha256').update(bytes).digest('hex'), bytes.length]);
  assert.ok(text.split('\n').length > 2 * corpus.clips.length);
});

test('two computations of one store at a time do not disturb each other, and leftovers of killed ones go', async () => {
  const place = path.join(folder, 'twice');
  const [one, other] = await Promise.all([
    computeFeatures(corpus, { root: place }),
    computeFeatures(corpus, { root: place }),
  ]);
  assert.equal(one.folder, other.folder);
  assert.deepEqual(one.augmented, other.augmented);
  assert.deepEqual(fs.readdirSync(place).sort(), [path.basename(one.folder), 'latest.json'].sort());
  const { pid } = spawnSync(process.execPath, ['--version']);
  fs.renameSync(one.folder, `${one.folder}.partial-${pid}-00000000`);
  assert.deepEqual((await computeFeatures(corpus, { root: place })).standard, one.standard);
  assert.deepEqual(fs.readdirSync(place).sort(), [path.basename(one.folder), 'latest.json'].sort());
});

test('computeFeatures names the recording that it cannot read and leaves no store behind', async () => {
  const broken = path.join(folder, 'broken.wav');
  fs.writeFileSync(broken, 'not sound');
  const clips = [...corpus.clips.slice(0, 3), { ...corpus.clips[3], path: broken, name: 'broken.wav' }];
  const elsewhere = path.join(folder, 'elsewhere');
  const bad = { ...corpus, clips, fingerprint: 'broken' };
  await assert.rejects(computeFeatures(bad, { root: elsewhere }), { name: 'SerError', message: /broken\.wav/ });
  assert.equal(fs.existsSync(elsewhere) && fs.readdirSync(elsewhere).length > 0, false);
});

test('applyScaler leaves its input alone, and a constant coefficient does not become infinite', () => {
  const features = Float32Array.of(1, 5, 3, 5);
  const scaler = fitScaler(features, 2);
  assert.deepEqual(scaler, { mean: [2, 5], deviation: [1, 1] });
  assert.deepEqual([...applyScaler(features, scaler)], [-1, 0, 1, 0]);
  assert.deepEqual([...features], [1, 5, 3, 5]);
});
