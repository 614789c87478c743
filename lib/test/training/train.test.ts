import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { foldsOf } from '../../evaluation/protocols';
import { prepareTrainer } from '../../models/registry';
import { tf } from '../../tensorflow';
import { INTERRUPTED } from '../../training/fit';
import type { FoldTask, FoldTrainer } from '../../training/recipe';
import { readPredictions } from '../../training/runs/predictions';
import { loadRun, openRun, type Run } from '../../training/runs/run';
import { finalModelFolder, readTraining, trainProtocol } from '../../training/train';
import { toyStore } from '../support/toy-store';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-train-'));
after(() => fs.rmSync(root, { recursive: true }));

const store = toyStore([1, 2, 3, 4, 5, 6]);
const { clips } = store.manifest;
const protocol = 'actor-5';
const folds = foldsOf(protocol, clips);
const corpus = { kind: 'practice', description: 'toy', clips: clips.length, fingerprint: 'toy' } as const;
const open = (name: string, configuration: Record<string, unknown> = {}): Run =>
  openRun({ root, name, seed: 11, corpus, configuration: { protocol, ...configuration } });

/** A trainer with constant predictions, which can be interrupted in a fold. */
function constantTrainer(asked: FoldTask[], interruptedIn?: number, sharpness = 0.3): FoldTrainer {
  return {
    configuration: { model: 'constant', sharpness },
    describe: () => 'constant',
    async train(task) {
      asked.push(task);
      const interrupted = task.sides.number === interruptedIn;
      const history = { epochs: [], best: 0, ended: interrupted ? INTERRUPTED : 'done' };
      return {
        members: [{ name: 'constant', parameters: 0, history }],
        interrupted,
        predict: (rows) =>
          Float32Array.from({ length: rows.length * 8 }, (_, i) => (i % 8 === 0 ? sharpness : (1 - sharpness) / 7)),
        dispose: () => {},
      };
    },
  };
}

test('every clip is predicted once, by the model of its test fold', async () => {
  const run = open('constant');
  const asked: FoldTask[] = [];
  const trainer = constantTrainer(asked);
  const { folds: summaries } = await trainProtocol({ run, store, trainer, protocol, folds });
  assert.deepEqual(
    summaries.map(({ fold }) => fold),
    [1, 2, 5],
  );
  const rows = readPredictions(run.file('predictions.csv'));
  assert.deepEqual(rows.map(({ clip }) => clip).sort(), clips.map(({ name }) => name).sort());
  for (const { number, test: tested } of folds) {
    const own = rows.filter(({ fold }) => fold === number).map(({ clip }) => clip);
    assert.deepEqual(
      own,
      tested.map((clip) => clips[clip].name),
    );
  }
  for (const { clip, truth } of rows) assert.equal(truth, clips.find(({ name }) => name === clip)?.emotion);
  const validation = readPredictions(run.file('validation.csv'));
  assert.equal(
    validation.length,
    folds.reduce((sum, fold) => sum + fold.validation.length, 0),
  );
  assert.deepEqual(readTraining(run, protocol).folds, summaries);
});

test('run.json lists the actors on each side of each fold of each protocol, once, also when resumed', async () => {
  const run = open('actors');
  await assert.rejects(trainProtocol({ run, store, trainer: constantTrainer([], 2), protocol, folds }));
  const interrupted = loadRun(root, 'actors', { unfinished: true }).info.folds;
  assert.deepEqual(
    interrupted?.map(({ fold }) => fold),
    [1, 2],
  );
  const again = open('actors');
  const own = await trainProtocol({ run: again, store, trainer: constantTrainer([]), protocol, folds });
  const leaky = foldsOf('original', clips, { copies: store.copies });
  const other = await trainProtocol({
    ...{ run: again, store, trainer: constantTrainer([]), protocol: 'original', folds: leaky },
  });
  again.finish();
  const expected = [...own.folds, ...other.folds].map(({ protocol, fold, actors }) => ({ protocol, fold, actors }));
  assert.deepEqual(loadRun(root, 'actors').info.folds, expected);
  assert.equal(new Set(own.folds.flatMap(({ actors }) => actors.test)).size, 6);
});

test('a trainer is not told which clips are tested', async () => {
  const asked: FoldTask[] = [];
  await trainProtocol({ run: open('blind'), store, trainer: constantTrainer(asked), protocol, folds });
  for (const { sides } of asked) assert.deepEqual(Object.keys(sides).sort(), ['number', 'rows', 'train', 'validation']);
});

test('an interrupt ends the protocol, and the same run resumes with the remaining folds', async () => {
  const run = open('broken');
  const first: FoldTask[] = [];
  await assert.rejects(trainProtocol({ run, store, trainer: constantTrainer(first, 2), protocol, folds }), {
    code: 'bad-training',
    message: /interrupt in fold 2 of 3; run the cell again to resume, .* -p run=broken/,
  });
  assert.deepEqual(
    first.map(({ sides }) => sides.number),
    [1, 2],
  );
  const last = trainProtocol({ run: open('last'), store, trainer: constantTrainer([], 5), protocol, folds });
  await assert.rejects(last, { message: /interrupt in fold 3 of 3/ }, 'also where no fold is left');
  const trainer = constantTrainer([]);
  const train = trainer.train.bind(trainer);
  trainer.train = (task) => {
    process.emit('SIGINT'); // while nothing else listens
    assert.equal(task.interrupt?.aborted, true, 'the trainer is told');
    return train(task);
  };
  await assert.rejects(trainProtocol({ run: open('between'), store, trainer, protocol, folds }), {
    message: /interrupt in fold 1 of 3/,
  });
  assert.equal(process.listenerCount('SIGINT'), 0);
  assert.ok(!run.has('predictions.csv'));
  assert.throws(() => readTraining(run, protocol), /no predictions\.csv .*run 3-train first/);
  const second: FoldTask[] = [];
  await trainProtocol({ run: open('broken'), store, trainer: constantTrainer(second), protocol, folds });
  assert.deepEqual(
    second.map(({ sides }) => sides.number),
    [2, 5],
  );
  const third: FoldTask[] = [];
  await trainProtocol({ run: open('broken'), store, trainer: constantTrainer(third), protocol, folds });
  assert.deepEqual(third, []);
});

test('finished folds of another training are refused, not mixed in', async () => {
  const run = open('mixed');
  await trainProtocol({ run, store, trainer: constantTrainer([]), protocol, folds });
  const sharper = constantTrainer([], undefined, 0.9);
  await assert.rejects(trainProtocol({ run, store, trainer: sharper, protocol, folds }), {
    code: 'bad-artefact',
    message: /configuration\.sharpness 0\.3 → 0\.9 in .*fold-1; choose another run name/,
  });
  const other = foldsOf(protocol, clips, { seed: 4 });
  const trainer = constantTrainer([]);
  await assert.rejects(trainProtocol({ run, store, trainer, protocol, folds: other }), /actors\.train/);
  const [{ actors }] = readTraining(run, protocol).folds;
  assert.deepEqual(run.info.folds?.[0].actors, actors, 'run.json keeps the actors that were used');
});

test('openRun resumes only with the same seed, corpus and configuration, and names the differences', () => {
  const run = open('named', { epochs: 60, features: { hop: 512 } });
  assert.equal(open('named', { epochs: 60, features: { hop: 512 } }).info.created, run.info.created);
  assert.throws(() => open('named', { epochs: 30, features: { hop: 512 } }), {
    code: 'bad-artefact',
    message:
      /openRun: a run must be resumed with the same parameters, got epochs 60 → 30 for .*named; choose another name/,
  });
  assert.throws(() => open('named', { epochs: 60, features: { hop: 256 } }), /features\.hop 512 → 256/);
  assert.throws(() => openRun({ ...run.info, root, name: 'named', seed: 12 }), /got seed 11 → 12 for/);
  const recordings = { ...corpus, fingerprint: 'other' };
  assert.throws(
    () => openRun({ ...run.info, root, name: 'named', corpus: recordings }),
    /corpus\.fingerprint toy → other/,
  );
  assert.notEqual(openRun({ ...run.info, root, name: undefined }).info.name, 'named');
});

test('an interrupted and resumed training gives the same predictions, bit for bit', async () => {
  const settings = { epochs: 2, batchSize: 16 };
  const before = tf.memory().numTensors;
  const trainer = await prepareTrainer('original', store, settings);
  const whole = open('whole', trainer.configuration);
  await trainProtocol({ run: whole, store, trainer, protocol, folds });
  const parts = open('parts', trainer.configuration);
  const taken = {
    ...trainer,
    train: async (task: FoldTask) => {
      if (task.sides.number === 2) throw new Error('power cut');
      return trainer.train(task);
    },
  };
  await assert.rejects(trainProtocol({ run: parts, store, trainer: taken, protocol, folds }), /power cut/);
  const again = open('parts', trainer.configuration);
  await trainProtocol({ run: again, store, trainer, protocol, folds });
  assert.equal(tf.memory().numTensors, before, 'no tensors are left');
  for (const name of ['predictions.csv', 'validation.csv']) {
    assert.equal(fs.readFileSync(again.file(name), 'utf8'), fs.readFileSync(whole.file(name), 'utf8'));
  }
  assert.ok(!whole.subfolder('fold-1').has('checkpoint.json'));
  assert.equal(finalModelFolder(again).folder, again.subfolder('fold-1').folder);
  again.finish();
  assert.equal(loadRun(root).info.name, 'parts');
});

test('a training reports once whether it finished, was interrupted or failed', async () => {
  const endings: string[] = [];
  const task = { store, protocol, folds, onEnd: (ending: string) => endings.push(ending) };
  const trainer = constantTrainer([]);
  const ending = (act: () => void): FoldTrainer => ({
    ...trainer,
    async train(fold) {
      act();
      return trainer.train(fold);
    },
  });
  const interrupted = ending(() => process.emit('SIGINT'));
  await assert.rejects(trainProtocol({ ...task, run: open('ends-1'), trainer: interrupted }), /run the cell again/);
  const failing = ending(() => {
    throw new Error('power cut');
  });
  await assert.rejects(trainProtocol({ ...task, run: open('ends-2'), trainer: failing }), /power cut/);
  await trainProtocol({ ...task, run: open('ends-3'), trainer });
  assert.deepEqual(endings, ['interrupted', 'failed', 'finished']);
});

test("other protocols have folders of their own, and a single fold uses the protocol's folder", async () => {
  const run = open('beside');
  const trainer = constantTrainer([]);
  const original = foldsOf('original', clips, { copies: store.copies });
  await trainProtocol({ run, store, trainer, protocol: 'original', folds: original });
  assert.ok(run.subfolder('original').has('predictions.csv') && run.subfolder('original').has('history.json'));
  await trainProtocol({ run, store, trainer, protocol: 'loso-24', folds: foldsOf('loso-24', clips) });
  assert.ok(run.subfolder('loso-24').subfolder('fold-6').has('history.json'));
  assert.equal(readTraining(run, 'loso-24').folds.length, 6);
});

test('prepareTrainer names an unknown model and settings out of range, and fills in defaults', async () => {
  await assert.rejects(prepareTrainer('resnet', store), /model must be one of original.*, got "resnet"/);
  await assert.rejects(prepareTrainer('toString', store), /model must be one of/);
  await assert.rejects(prepareTrainer('original', store, { epochs: 1.5 }), /epochs must be 1 or more, got 1.5/);
  await assert.rejects(prepareTrainer('original', store, { learningRate: -1 }), /learningRate must be above 0, got -1/);
  await assert.rejects(
    prepareTrainer('utterance', store, { epochs: 5 }),
    /utterance does not use epochs, got 5; leave it out/,
  );
  await assert.rejects(prepareTrainer('utterance', store, { rules: { mixup: 0.2 } }), /does not use rules/);
  await assert.rejects(
    prepareTrainer('from-scratch', store, { rules: { patience: 3 } }),
    /from-scratch does not use patience, got 3/,
  );
  const trainer = await prepareTrainer('original', store, { epochs: 0, batchSize: 7 });
  assert.deepEqual(trainer.configuration, {
    ...{ model: 'original', epochs: 60, batchSize: 7, learningRate: 0.01, specAugment: false, classWeights: false },
  });
  assert.match(trainer.describe(), /lstm[\s\S]*Total params: \d/);
});
