import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { type TrainingStep, trainingProgress } from '../../display/live/training-progress';
import { fit } from '../../training/fit';
import { toyData, toyModel } from '../support/toy-training';

interface Sent {
  html: string;
  text: string;
  id: string | undefined;
  update: boolean;
}

/** What tslab would send while `act` runs as a cell; its kernel sets the same variable for each cell. */
async function asCell(act: () => void | Promise<void>): Promise<Sent[]> {
  const jupyter = require('tslab/dist/jupyter') as { lastWriteDisplayData: unknown };
  const sent: Sent[] = [];
  jupyter.lastWriteDisplayData = (
    { data, transient }: { data: Record<string, string>; transient: { display_id?: string } },
    update: boolean,
  ) => {
    sent.push({ html: data['text/html'], text: data['text/plain'], id: transient.display_id, update });
  };
  try {
    await act();
  } finally {
    jupyter.lastWriteDisplayData = null;
  }
  return sent;
}

const finished = (epoch: number) => ({ loss: 2 / epoch, accuracy: 0.5, valLoss: 3 - epoch, valAccuracy: 0.25 });
const stepAt = (epoch: number, batch: number): TrainingStep => ({
  ...{ epoch, epochs: 4, batch, batches: 5, loss: 1.2345, accuracy: 0.375, learningRate: 0.006 },
  ...{ rowsPerSecond: 456.7, secondsLeft: 125 },
  history: Array.from({ length: epoch - 1 }, (_, index) => finished(index + 1)),
});

test('a notebook shows epoch, batch, loss, accuracy, rate, speed, time left and the curve, in one place', async () => {
  const sent = await asCell(() => {
    const shown = trainingProgress('actor-split');
    shown.update(stepAt(3, 2));
    shown.done();
  });
  assert.equal(
    sent[0].text,
    'actor-split: epoch 3 of 4, batch 2 of 5 · loss 1.234, accuracy 37.5 % · validation loss 1.000, accuracy 25.0 % · ' +
      'learning rate 0.006 · 457 samples/s · at most 2 min 05 s left',
  );
  assert.match(sent[0].html, /<progress max="1" value="0\.6000"/);
  assert.match(sent[0].html, /<svg role="img".*>epoch 4<\/text>/, 'the axis has the 4 epochs asked for');
  assert.match(sent[1].text, /^actor-split: 2 of 4 epochs · best: epoch 2, validation loss 1\.000, .*, took /);
  assert.deepEqual(
    sent.map(({ update, id }) => [update, id === sent[0].id && id !== undefined]),
    [
      [false, true],
      [true, true],
    ],
  );
});

test('however fast the batches come, a place is updated at most five times a second', async () => {
  const started = performance.now();
  const sent = await asCell(() => {
    const { update } = trainingProgress('fast');
    while (performance.now() - started < 450) update(stepAt(1, 1));
  });
  const most = 1 + Math.floor((performance.now() - started) / 200);
  assert.ok(sent.length >= 2 && sent.length <= most, `${sent.length} updates, ${most} allowed`);
});

test('folds and networks follow each other in the same place, and a line stays of each', async () => {
  const sent = await asCell(() => {
    const shown = trainingProgress('loso-24');
    shown.update(stepAt(2, 1), { fold: 1, folds: 24, member: 'original' });
    shown.update(stepAt(1, 1), { fold: 2, folds: 24, member: 'original' });
    shown.done();
  });
  const lines = sent[sent.length - 1].text.split('\n');
  assert.match(lines[0], /^loso-24, fold 1 of 24, original: 1 of 4 epochs/);
  assert.match(lines[1], /^loso-24, fold 2 of 24, original: no epoch of 4 finished/);
  assert.equal(new Set(sent.map(({ id }) => id)).size, 1);
  assert.equal(sent[sent.length - 1].html.match(/<svg/g)?.length, 1, 'one curve, of the last');
});

test('a training that is interrupted or fails says at which epoch, and no time left', async () => {
  for (const [ending, line] of [
    ['interrupted', 'toy: interrupted at epoch 3; run the cell again to resume'],
    ['failed', 'toy: failed at epoch 3'],
  ] as const) {
    const sent = await asCell(() => {
      const { update, done } = trainingProgress('toy');
      update(stepAt(3, 2));
      done(ending);
    });
    assert.deepEqual([sent.length, sent[1].text], [2, line]);
    assert.ok(sent[1].html.includes(line));
  }
});

test('progress from fit ends with all its epochs', async () => {
  const model = toyModel();
  const sent = await asCell(async () => {
    const shown = trainingProgress('toy');
    await fit(model, {
      ...{ train: toyData(60, 1), validation: toyData(30, 2), epochs: 3, batchSize: 16 },
      onBatch: shown.update,
    });
    shown.done();
  });
  assert.match(
    sent[0].text,
    /^toy: epoch 1 of 3, batch 1 of 4 · loss \d\.\d{3}, .* learning rate 0\.01 · \d+ samples\/s/,
  );
  assert.match(sent[sent.length - 1].text, /^toy: 3 of 3 epochs · best: epoch \d/);
  model.dispose();
});

/** What a program writes to standard error, as to a terminal of so many columns if `columns`. */
function written(act: string, columns?: number): string {
  const file = JSON.stringify(path.join(__dirname, '../../display/live/training-progress.js'));
  const terminal = columns ? `process.stderr.isTTY = true; process.stderr.columns = ${columns};` : '';
  const steps = `const steps = ${JSON.stringify([stepAt(1, 5), stepAt(2, 1), stepAt(2, 5), stepAt(3, 1)])};`;
  const program = `${terminal} ${steps} const shown = require(${file}).trainingProgress('toy'); ${act}`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.equal(stdout, '');
  return stderr;
}

test('a terminal gets a bar that is replaced in place and fits its width, then a line that stays', () => {
  const [first, last, rest] = written('shown.update(steps[2]); shown.done(); shown.done();', 60).split('\u001b[K');
  assert.match(first, /^\r████████░░░░░░░░ toy: epoch 2 of 4, batch 5 of 5 · loss/);
  assert.equal(first.length, 60);
  assert.match(last, /^\rtoy: 1 of 4 epochs · best: epoch 1, validation loss 2\.000, accuracy 25\.0 %, took/);
  assert.equal(rest, '\n', 'the end is told once');
});

test('a file gets a line for each epoch and one at the end', () => {
  const lines = written('steps.forEach((step) => shown.update(step)); shown.done();').trimEnd().split('\n');
  assert.deepEqual(lines.slice(0, 2), [
    'toy: epoch 1 of 4: loss 2.000, accuracy 50.0 %; validation loss 2.000, accuracy 25.0 %',
    'toy: epoch 2 of 4: loss 1.000, accuracy 50.0 %; validation loss 1.000, accuracy 25.0 %',
  ]);
  assert.equal(lines.length, 3);
  assert.match(lines[2], /^toy: 2 of 4 epochs/);
});

test('a training without a batch, such as one that had ended before, shows nothing', async () => {
  assert.deepEqual(await asCell(() => trainingProgress('done').done()), []);
});
