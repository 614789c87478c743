import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { loadCorpus, saveCorpus } from '../../data/open-corpus';
import { SerError } from '../../errors';
import { tinyCorpus } from '../support/tiny-corpus';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-open-corpus-'));
const before = process.env.SER_WORK;
process.env.SER_WORK = path.join(folder, 'work');
after(() => {
  if (before === undefined) delete process.env.SER_WORK;
  else process.env.SER_WORK = before;
  fs.rmSync(folder, { recursive: true });
});

test('without a list of clips the next notebook names the one to run', () => {
  assert.throws(loadCorpus, (error) => {
    assert.ok(error instanceof SerError && error.code === 'bad-artefact');
    assert.match(error.message, /no .*latest\.json; run 1-data first/);
    return true;
  });
});

test('recordings that were moved since are named, with the way out; back in place they are found again', () => {
  const recordings = path.join(folder, 'recordings');
  fs.mkdirSync(recordings);
  const corpus = tinyCorpus(recordings);
  saveCorpus(corpus);
  assert.equal(loadCorpus().clips.length, corpus.clips.length);
  fs.renameSync(recordings, `${recordings}-moved`);
  assert.throws(loadCorpus, (error) => {
    assert.ok(error instanceof SerError && error.code === 'bad-artefact');
    const [clip] = corpus.clips;
    const expected = `recordings must be where they were, got none at "${clip.path}"; run 1-data again`;
    assert.ok(error.message.includes(expected), error.message);
    return true;
  });
  fs.renameSync(`${recordings}-moved`, recordings);
  assert.deepEqual(loadCorpus(), JSON.parse(JSON.stringify(corpus)));
});

test('a list of clips that is damaged is refused, with the way out', () => {
  const corpus = tinyCorpus(path.join(folder, 'recordings'));
  const file = saveCorpus(corpus);
  const [clip, ...others] = corpus.clips;
  for (const content of ['{', 'null', '[]', JSON.stringify({ ...corpus, clips: [{ ...clip, label: 9 }, ...others] })]) {
    fs.writeFileSync(file, content);
    assert.throws(loadCorpus, (error) => {
      assert.ok(error instanceof SerError && error.code === 'bad-artefact', `${content}: ${error}`);
      assert.match(error.message, /latest\.json.*; run 1-data again$/);
      return true;
    });
  }
});
