import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { computeFeatures } from '../../features/store/store';
import { computeUtterances, recordingVersions } from '../../models/utterance/recordings';
import { tinyCorpus } from '../support/tiny-corpus';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-utterances-'));
after(() => fs.rmSync(folder, { recursive: true }));
const corpus = tinyCorpus(folder, [1, 2]);
const root = path.join(folder, 'features');

test('vectors are computed once, in the order of the clips, and again where the file is damaged', async () => {
  const store = await computeFeatures(corpus, { root, copies: 0 });
  const seen: number[] = [];
  const compute = () => computeUtterances(store, { onProgress: (done) => seen.push(done) });
  const { values, versions, features } = await compute();
  assert.equal(values.length, corpus.clips.length * versions * features);
  assert.equal(seen.length, corpus.clips.length);
  const size = versions * features;
  assert.deepEqual(values.slice(3 * size, 4 * size), await recordingVersions(corpus.clips[3]));

  assert.deepEqual((await compute()).values, values);
  assert.equal(seen.length, corpus.clips.length, 'read, not computed');

  const file = path.join(store.folder, 'utterances.f32');
  const bytes = fs.readFileSync(file);
  bytes[100] ^= 1;
  fs.writeFileSync(file, bytes);
  assert.deepEqual((await compute()).values, values);
  assert.equal(seen.length, 2 * corpus.clips.length, 'computed again');

  const manifest = path.join(store.folder, 'utterances.json');
  fs.writeFileSync(manifest, fs.readFileSync(manifest, 'utf8').replace('"trimDecibels": 40', '"trimDecibels": 30'));
  assert.deepEqual((await compute()).values, values);
  assert.equal(seen.length, 3 * corpus.clips.length, 'other settings are computed again');

  fs.writeFileSync(manifest, '{');
  assert.deepEqual((await compute()).values, values);
  assert.equal(seen.length, 4 * corpus.clips.length, 'a damaged description counts as none');
});
