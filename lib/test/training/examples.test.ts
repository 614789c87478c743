import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { parseClip } from '../../data/clip';
import { EMOTIONS } from '../../data/labels';
import { clipName, takesOf } from '../../data/ravdess';
import { SerError } from '../../errors';
import { loadExamples, saveExamples } from '../../training/runs/examples';
import { createRun, type Run } from '../../training/runs/run';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-examples-'));
after(() => fs.rmSync(folder, { recursive: true }));

const clips = [1, 2].flatMap((actor) =>
  takesOf(actor, 1).map((take) => {
    const file = path.join(folder, clipName(take));
    fs.writeFileSync(file, `sound of ${clipName(take)}`);
    return parseClip(file);
  }),
);

function runNamed(name: string): Run {
  const corpus = { kind: 'practice', description: 'made up', clips: clips.length, fingerprint: 'made-up' } as const;
  return createRun({ root: path.join(folder, 'runs'), name, seed: 11, corpus, configuration: {} });
}

test('a run keeps one recording of each emotion by the actor asked for, in the order of the emotions', () => {
  const run = runNamed('kept');
  const saved = saveExamples(run, clips, 2);
  const loaded = loadExamples(run);
  assert.deepEqual(
    loaded.map(({ emotion, actor }) => [emotion, actor]),
    EMOTIONS.map((emotion) => [emotion, 2]),
  );
  assert.deepEqual(loaded.map((clip) => clip.path).sort(), saved.sort());
  for (const clip of loaded) assert.equal(fs.readFileSync(clip.path, 'utf8'), `sound of ${clip.name}`);
});

test('saveExamples names a recording that was moved since, with the way out, and keeps none', () => {
  const run = runNamed('moved');
  const lost = clips.filter(({ actor, emotion }) => actor === 1 && emotion === EMOTIONS[7])[0].path;
  fs.renameSync(lost, `${lost}-moved`);
  assert.throws(
    () => saveExamples(run, clips, 1),
    (error) => {
      assert.ok(error instanceof SerError && error.code === 'bad-artefact', String(error));
      const rule = `saveExamples: recordings must be where they were, got none at "${lost}"`;
      const way = 'put them back, or run 1-data, 2-features and, with -p run=moved, 3-train again';
      assert.equal(error.message, `${rule}; ${way}`);
      return true;
    },
  );
  assert.ok(!run.has('examples'));
  fs.renameSync(`${lost}-moved`, lost);
  assert.equal(saveExamples(run, clips, 1).length, 8);
});
