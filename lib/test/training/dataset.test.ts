import assert from 'node:assert/strict';
import test from 'node:test';
import { foldsOf } from '../../evaluation/protocols';
import { fitScaler } from '../../features/scaler';
import { describeFold, gatherRows, rowsOf, trainingData } from '../../training/dataset';
import { TOY_SIZE, toyStore } from '../support/toy-store';

const store = toyStore([1, 2, 3, 4], 3);
const { clips } = store.manifest;
const [byActor] = foldsOf('actor-split', clips, { testActors: [2] });

test('a fold by actor trains on copies of training clips, validates on clips themselves, and scales by training rows', () => {
  const { train, validation } = trainingData(store, byActor);
  assert.equal(train.labels.length, 2 * 8 * 3);
  assert.equal(validation.labels.length, 8);
  assert.deepEqual([...new Set(train.clips)], byActor.train);
  assert.deepEqual([...validation.clips], byActor.validation);
  train.labels.forEach((label, row) => {
    assert.equal(label, clips[train.clips[row]].label);
  });
  const { mean, deviation } = fitScaler(train.features, store.coefficients);
  for (let k = 0; k < store.coefficients; k++) {
    assert.ok(Math.abs(mean[k]) < 1e-5 && Math.abs(deviation[k] - 1) < 1e-4, `coefficient ${k}`);
  }
});

test('gatherRows takes the features of clips and of copies as they are, in the order given', () => {
  const { features, clips: rows } = gatherRows(store, [{ clip: 9, copy: 2 }, { clip: 4 }]);
  assert.deepEqual([...rows], [9, 4]);
  assert.deepEqual(features.slice(0, TOY_SIZE), store.augmented.slice(29 * TOY_SIZE, 30 * TOY_SIZE));
  assert.deepEqual(features.slice(TOY_SIZE), store.standard.slice(4 * TOY_SIZE, 5 * TOY_SIZE));
});

test('without copies the clips themselves are trained on', () => {
  const rows = rowsOf({ copies: 0 }, [3, 1], { rows: 'clips', training: true });
  assert.deepEqual(rows, [{ clip: 3 }, { clip: 1 }]);
});

test('positions of a fold of copies count the copies of each clip', () => {
  const rows = rowsOf({ copies: 3 }, [0, 5, 9], { rows: 'copies', training: false });
  assert.deepEqual(rows, [
    { clip: 0, copy: 0 },
    { clip: 1, copy: 2 },
    { clip: 3, copy: 0 },
  ]);
});

test('describeFold counts rows, actors and leaks', () => {
  assert.deepEqual(describeFold(store, byActor), {
    fold: 1,
    rows: { train: 48, validation: 8, test: 8 },
    actors: { train: [3, 4], validation: [1], test: [2] },
    leaks: { testRows: 8, sameClip: 0, sameActor: 0 },
  });
  const [original] = foldsOf('original', clips, { copies: 3 });
  const { rows, leaks } = describeFold(store, original);
  assert.equal(rows.train + rows.test, 96);
  assert.ok(leaks.sameClip > rows.test / 2 && leaks.sameActor === rows.test, JSON.stringify(leaks));
});
