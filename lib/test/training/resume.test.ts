import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { SerError } from '../../errors';
import { randomStreams } from '../../layers/wrappers';
import { Random } from '../../random';
import { tf } from '../../tensorflow';
import type { Callback } from '../../training/callbacks/callback';
import { type FitOptions, fit } from '../../training/fit';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from '../../training/runs/checkpoint';
import { cosineSchedule, scheduledLearningRate } from '../../training/schedule';
import { toyModel, toyOptions, trainToy } from '../support/toy-training';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-resume-'));
after(() => fs.rmSync(root, { recursive: true }));
const program = path.join(__dirname, '../support/toy-training.js');

let made = 0;
const newFolder = (): string => {
  const folder = path.join(root, String(++made));
  fs.mkdirSync(folder);
  return folder;
};

/**
 * Runs the program until it ends, or for so many milliseconds after its first batch, when it gets the signal.
 *
 * @returns milliseconds from the first batch to the end; undefined if it was killed
 */
function runProgram(
  folder: string,
  { after: wait, signal: sent = 'SIGKILL' }: { after?: number; signal?: 'SIGKILL' | 'SIGINT' } = {},
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    let begun = 0;
    child.stdout.on('data', () => {
      begun = performance.now();
      if (wait !== undefined) setTimeout(() => child.kill(sent), wait);
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (signal === 'SIGKILL') resolve(undefined);
      else if (code === 0) resolve(performance.now() - begun);
      else reject(new Error(`the training ended with code ${code}`));
    });
  });
}

/** Results of a finished training, without the times of epochs. */
function outcome(folder: string): { weights: Buffer; csv: string; best: string } {
  const csv = fs.readFileSync(path.join(folder, 'history.csv'), 'utf8').trimEnd().split('\n');
  const seconds = csv[0].split(',').indexOf('seconds');
  const [best] = fs.readdirSync(path.join(folder, 'model')).filter((name) => name.endsWith('.bin'));
  return {
    weights: fs.readFileSync(path.join(folder, 'weights.bin')),
    csv: csv
      .map((line) =>
        line
          .split(',')
          .filter((_, column) => column !== seconds)
          .join(),
      )
      .join('\n'),
    best, // named by its content
  };
}

/** The same training without a break. */
const unbroken = (async () => {
  const folder = newFolder();
  const milliseconds = (await runProgram(folder)) ?? 0;
  return { milliseconds, ...outcome(folder) };
})();

test('a training that is killed at 20 random moments ends with the same weights, bit for bit', async () => {
  const { milliseconds, ...expected } = await unbroken;
  const random = new Random(11, 'moments of death');
  const folder = newFolder();
  let finished = false;
  for (let kill = 1; kill <= 20 && !finished; kill++) {
    // All together some two thirds of the training, before what is lost at each death.
    const moment = random.uniform(0, milliseconds / 15);
    finished = (await runProgram(folder, { after: moment })) !== undefined;
  }
  const checkpointed = JSON.parse(fs.readFileSync(path.join(folder, 'checkpoint.json'), 'utf8')) as Checkpoint;
  assert.ok(
    checkpointed.history.length > 0 && checkpointed.history.length < 60,
    `${checkpointed.history.length} epochs`,
  );
  assert.equal(finished, false, 'all 20 kills came before the end');
  await runProgram(folder);
  const found = outcome(folder);
  assert.ok(found.weights.equals(expected.weights), 'the final weights differ');
  assert.equal(found.csv, expected.csv);
  assert.equal(found.best, expected.best);
});

test('Ctrl-C ends a program cleanly, and the same program resumes', async () => {
  const { milliseconds, ...expected } = await unbroken;
  const folder = newFolder();
  await runProgram(folder, { after: milliseconds / 3, signal: 'SIGINT' });
  const { history, position, ended } = JSON.parse(
    fs.readFileSync(path.join(folder, 'checkpoint.json'), 'utf8'),
  ) as Checkpoint;
  const batches = 4 * history.length + (position?.batches ?? 0);
  assert.ok(batches > 0 && batches < 4 * 60, `${batches} batches`);
  assert.equal(ended, undefined);
  await runProgram(folder);
  assert.deepEqual(outcome(folder), expected);
});

test('an interrupt in the middle of an epoch leaves a checkpoint from which the same weights come', async () => {
  const folder = newFolder();
  const whole = await trainToy(newFolder(), { epochs: 6 });
  const first = await trainToy(folder, {
    epochs: 6,
    onBatch: ({ epoch, batch }) => {
      if (epoch === 3 && batch === 2) process.emit('SIGINT');
    },
  });
  assert.equal(first.history.ended, 'interrupted');
  assert.equal(first.history.epochs.length, 2);
  let batches = 0;
  const second = await trainToy(folder, { epochs: 6, onBatch: () => void batches++ });
  assert.equal(batches, 4 * 4 - 2, 'no batch is trained twice');
  assert.deepEqual(second.weights, whole.weights);
  const numbers = ({ history }: typeof whole): object => history.epochs.map(({ seconds: _, ...rest }) => rest);
  assert.deepEqual(numbers(second), numbers(whole));
});

test('an interrupt in the last batch before a callback ends the training does not make it any longer', async () => {
  const stopper = (): Callback => ({
    name: 'stopper',
    onEpochEnd: ({ epoch }, training) => {
      if (epoch === 2) training.stop('enough');
    },
  });
  const whole = await trainToy(newFolder(), { callbacks: [stopper()] });
  const folder = newFolder();
  const first = await trainToy(folder, {
    callbacks: [stopper()],
    onBatch: ({ epoch, batch, batches }) => {
      if (epoch === 2 && batch === batches) process.emit('SIGINT');
    },
  });
  assert.equal(first.history.ended, 'interrupted');
  let batches = 0;
  const second = await trainToy(folder, { callbacks: [stopper()], onBatch: () => void batches++ });
  assert.equal(batches, 0);
  assert.equal(second.history.ended, 'enough');
  assert.deepEqual(second.weights, whole.weights);
});

test('a training that was finished before its checkpoint was removed is not trained any further', async () => {
  const folder = newFolder();
  const first = await trainToy(folder, { epochs: 2 });
  let batches = 0;
  const second = await trainToy(folder, { epochs: 2, onBatch: () => void batches++ });
  assert.equal(batches, 0);
  assert.deepEqual(second.weights, first.weights);
  assert.equal(second.history.ended, first.history.ended);
});

test('a training that a schedule ended with a rate of 0 is read again', async () => {
  const folder = newFolder();
  const scheduled = (): Partial<FitOptions> => ({
    ...{ epochs: 2, callbacks: [scheduledLearningRate(cosineSchedule({ learningRate: 0.002, decaySteps: 8 }))] },
  });
  const first = await trainToy(folder, scheduled());
  const checkpoint = JSON.parse(fs.readFileSync(path.join(folder, 'checkpoint.json'), 'utf8')) as Checkpoint;
  assert.equal(checkpoint.learningRate, 0);
  const second = await trainToy(folder, scheduled());
  assert.deepEqual(second.weights, first.weights);
});

test('training twice with mixup, augmentation, dropout and averaging gives the same weights, bit for bit', async () => {
  const once = await trainToy(newFolder(), { epochs: 3 });
  assert.deepEqual((await trainToy(newFolder(), { epochs: 3 })).weights, once.weights);
  assert.notDeepEqual((await trainToy(newFolder(), { epochs: 3, seed: 12 })).weights, once.weights);
});

test('a checkpoint of another training is refused, and what differs is named', async () => {
  const folder = newFolder();
  await trainToy(folder, { epochs: 2 });
  for (const [more, message] of [
    [{ epochs: 2, mixup: 0.5 }, /differs in mixup 0\.3 → 0\.5; use its parameters .* or delete it/],
    [{ epochs: 2, seed: 3 }, /differs in seed 11 → 3/],
    [{ epochs: 2, train: toyOptions(folder).validation }, /differs in data/],
    [{ epochs: 2, callbacks: [] }, /differs in callbacks/],
  ] as const) {
    await assert.rejects(trainToy(folder, more as object), (error: unknown) => {
      assert.ok(error instanceof SerError && error.code === 'bad-artefact');
      assert.match(error.message, message);
      return true;
    });
  }
  fs.writeFileSync(path.join(folder, 'checkpoint.json'), '{"format":1');
  await assert.rejects(trainToy(folder), /is not JSON .*; delete it to train from scratch/);
  fs.writeFileSync(path.join(folder, 'checkpoint.json'), '{"format":7}');
  await assert.rejects(trainToy(folder), /format must be 1, the version that this code reads, got 7/);
});

test('over 200 steps with everything that has a state the number of tensors stays the same', async () => {
  const counts: number[] = [];
  await trainToy(newFolder(), { epochs: 50, onBatch: () => void counts.push(tf.memory().numTensors) });
  assert.equal(counts.length, 200);
  assert.deepEqual(new Set(counts), new Set([counts[0]]));
});

test('resuming leaves no tensors behind', async () => {
  const folder = newFolder();
  await trainToy(folder, { epochs: 1 });
  const before = tf.memory().numTensors;
  await trainToy(folder, { epochs: 1 });
  assert.equal(tf.memory().numTensors, before);
});

test('a checkpoint that cannot be written ends with a clear error, and the previous one stays whole', () => {
  const folder = newFolder();
  const file = path.join(folder, 'checkpoint.json');
  const identity = { seed: 11 };
  const checkpoint: Checkpoint = {
    ...{ identity, history: [], step: 3, learningRate: 0.01, slots: [], weights: [], average: null, callbacks: [] },
    streams: { order: [], mixup: [], augmentation: [], layers: [] },
  };
  writeCheckpoint(file, checkpoint);
  // A limit on the size of files works everywhere and for every user, unlike a full disk.
  const script = `
    process.on('SIGXFSZ', () => {});
    const { writeCheckpoint } = require(${JSON.stringify(path.join(__dirname, '../../training/runs/checkpoint.js'))});
    const checkpoint = { identity: { seed: 11 }, history: [], step: 4, weights: ['x'.repeat(5_000_000)] };
    try { writeCheckpoint(${JSON.stringify(file)}, checkpoint); } catch (error) { console.log(error.code, error.message); }`;
  const { stdout, stderr } = spawnSync('bash', ['-c', `ulimit -f 100; exec "${process.execPath}" -e "$0"`, script], {
    encoding: 'utf8',
  });
  assert.match(
    stdout,
    /^bad-training writeCheckpoint: .*checkpoint\.json must be writable, got .*previous checkpoint is intact/,
    stderr,
  );
  assert.equal(readCheckpoint(file, identity)?.step, 3);
  assert.deepEqual(fs.readdirSync(folder), ['checkpoint.json'], 'no temporary file stays');
  const nowhere = path.join(file, 'below-a-file', 'checkpoint.json');
  assert.throws(() => writeCheckpoint(nowhere, checkpoint), /writeCheckpoint: .* must be writable/);
  assert.equal(readCheckpoint(path.join(folder, 'none.json'), identity), undefined);
});

test('fit ends with the error of a checkpoint that cannot be written', async () => {
  const folder = newFolder();
  fs.writeFileSync(path.join(folder, 'taken'), '');
  const model = toyModel();
  const options = toyOptions(folder, { epochs: 1, checkpoint: path.join(folder, 'taken', 'checkpoint.json') });
  await assert.rejects(fit(model, options), (error: unknown) => error instanceof SerError);
  model.dispose();
});

test('randomStreams finds every layer with chance, wrapped ones too', () => {
  const model = toyModel();
  assert.equal(randomStreams(model.layers).length, 2);
  model.dispose();
});
