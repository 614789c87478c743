import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import type { FoldTask, FoldTrainer } from '../../training/recipe';
import { ArtefactFolder } from '../../training/runs/artefact-folder';
import { trainFinal } from '../../training/train-final';
import { toyStore } from '../support/toy-store';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-train-final-'));
after(() => fs.rmSync(folder, { recursive: true }));
const actors = Array.from({ length: 24 }, (_, index) => index + 1);
const store = toyStore(actors);
const artefacts = new ArtefactFolder(folder);

/** A trainer that only records its tasks. */
function noting({ interrupted = false } = {}): { trainer: FoldTrainer; tasks: FoldTask[]; disposed: () => number } {
  const tasks: FoldTask[] = [];
  let disposed = 0;
  const trainer: FoldTrainer = {
    configuration: {},
    describe: () => '',
    train: async (task) => {
      tasks.push(task);
      return {
        members: [{ name: 'noting', parameters: 1 }],
        interrupted,
        predict: () => new Float32Array(0),
        dispose: () => {
          disposed++;
        },
      };
    },
  };
  return { trainer, tasks, disposed: () => disposed };
}

test('every clip is in training or validation, with four validation actors of both sexes', async () => {
  const { trainer, tasks, disposed } = noting();
  const members = await trainFinal({ store, trainer, artefacts, seed: 12 });
  const [{ sides, seed }] = tasks;
  assert.deepEqual(members, [{ name: 'noting', parameters: 1 }]);
  assert.equal(seed, 12);
  const clips = store.manifest.clips;
  const all = [...sides.train, ...sides.validation].sort((a, b) => a - b);
  assert.deepEqual(all, [...clips.keys()]);
  const voices = (positions: readonly number[]) => [...new Set(positions.map((position) => clips[position].actor))];
  assert.equal(voices(sides.validation).length, 4);
  assert.equal(voices(sides.train).length, 20);
  const men = voices(sides.validation).filter((actor) => actor % 2 === 1).length;
  assert.ok(men > 0 && men < 4);
  assert.equal(disposed(), 1);
});

test('another seed draws other validation actors', async () => {
  const { trainer, tasks } = noting();
  for (const seed of [11, 12, 11]) await trainFinal({ store, trainer, artefacts, seed });
  assert.notDeepEqual(tasks[0].sides.validation, tasks[1].sides.validation);
  assert.deepEqual(tasks[0].sides, tasks[2].sides);
});

test('an interrupted training is an error, after its model is freed', async () => {
  const { trainer, disposed } = noting({ interrupted: true });
  await assert.rejects(trainFinal({ store, trainer, artefacts, seed: 11 }), {
    code: 'bad-training',
    message: /repeat the call to resume/,
  });
  assert.equal(disposed(), 1);
});
