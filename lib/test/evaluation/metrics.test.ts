import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { SerError } from '../../errors';
import { scoreByGroup } from '../../evaluation/evaluate';
import { confusionMatrix, evaluatePredictions, topClass } from '../../evaluation/metrics';
import { describeMetrics } from '../../evaluation/reports/report';
import { classTable } from '../../evaluation/reports/tables';
import { mean, quantiles, standardDeviation } from '../../evaluation/statistics';
import { readJson } from '../../files';

const FIXTURES = path.resolve(__dirname, '../../../test/fixtures');

interface Golden {
  labels: string[];
  cases: {
    name: string;
    truth: number[];
    probabilities: number[][];
    accuracy: number;
    uar: number;
    macroF1: number;
    loss: number;
    precision: number[];
    recall: number[];
    f1: number[];
    count: number[];
    confusion: number[][];
  }[];
}

const golden = readJson<Golden>(path.join(FIXTURES, 'metrics-golden.json'));

function assertClose(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `${what}: ${actual} instead of ${expected}`);
}

for (const expected of golden.cases) {
  test(`evaluatePredictions gives what scikit-learn gives where ${expected.name}`, () => {
    const metrics = evaluatePredictions({ ...expected, labels: golden.labels });
    for (const key of ['accuracy', 'uar', 'macroF1', 'loss'] as const) assertClose(metrics[key], expected[key], key);
    for (const [index, row] of metrics.perClass.entries()) {
      for (const key of ['precision', 'recall', 'f1', 'count'] as const) {
        assertClose(row[key], expected[key][index], `${key} of ${row.label}`);
      }
    }
    assert.deepEqual(metrics.confusion, expected.confusion);
    assert.equal(metrics.clips, expected.truth.length);
  });
}

test('a confident mistake costs −log 1e-7 and no more, as in Keras', () => {
  const { loss } = evaluatePredictions({ truth: [1], probabilities: [[1, 0]], labels: ['calm', 'sad'] });
  assertClose(loss, -Math.log(1e-7), 'loss');
});

test('a certain and right answer costs −log(1 − 1e-7)', () => {
  const { loss } = evaluatePredictions({ truth: [0], probabilities: [[1, 0]], labels: ['calm', 'sad'] });
  assertClose(loss, -Math.log(1 - 1e-7), 'loss');
});

test('on a tie the first class is predicted', () => {
  assert.equal(topClass([0.2, 0.4, 0.4]), 1);
});

test('evaluatePredictions refuses a probability that is not a number and names the clip', () => {
  assert.throws(
    () =>
      evaluatePredictions({
        truth: [0, 0],
        probabilities: [
          [1, 0],
          [Number.NaN, 0],
        ],
        labels: ['a', 'b'],
      }),
    (error) => error instanceof SerError && error.code === 'bad-training' && /got NaN for clip 1/.test(error.message),
  );
});

test('evaluatePredictions refuses lists that do not fit each other', () => {
  const labels = ['a', 'b'];
  const wrong = [
    { truth: [0, 1], probabilities: [[1, 0]], labels },
    { truth: [], probabilities: [], labels },
    { truth: [2], probabilities: [[1, 0]], labels },
    { truth: [0.5], probabilities: [[1, 0]], labels },
    { truth: [0], probabilities: [[1, 0, 0]], labels },
    { truth: [0], probabilities: [[]], labels: [] },
  ];
  for (const predictions of wrong) assert.throws(() => evaluatePredictions(predictions), RangeError);
});

test('confusionMatrix has true classes in rows and predicted ones in columns', () => {
  assert.deepEqual(confusionMatrix([0, 0, 1], [0, 1, 1], 2), [
    [1, 1],
    [0, 1],
  ]);
});

test('statistics agree with numpy on a small list', () => {
  assertClose(mean([1, 2, 6]), 3, 'mean');
  assertClose(standardDeviation([1, 2, 6]), Math.sqrt(14 / 3), 'population');
  assertClose(standardDeviation([1, 2, 6], 'sample'), Math.sqrt(7), 'sample');
  assert.deepEqual(quantiles([10, 1, 3, 2], [0, 0.5, 1]), [1, 2.5, 10]);
});

test('quantiles keeps values apart that differ in the last digit, every time', () => {
  const values = Array.from({ length: 101 }, (_, index) => (index % 3) / 3 + (index % 2) * Number.EPSILON);
  const sorted = [...values].sort((a, b) => a - b);
  for (let time = 0; time < 20; time++) {
    assert.deepEqual(quantiles(values, [0.2, 0.4, 0.6, 0.8]), [sorted[20], sorted[40], sorted[60], sorted[80]]);
  }
});

test('quantiles leaves its input untouched', () => {
  const values = [3, 1, 2];
  quantiles(values, [0.5]);
  assert.deepEqual(values, [3, 1, 2]);
});

test('statistics refuse nothing and what is not a number', () => {
  assert.throws(() => mean([]), RangeError);
  assert.throws(() => quantiles([1], [1.5]), RangeError);
  assert.throws(() => standardDeviation([1, Number.NaN]), SerError);
});

test('describeMetrics names the best and the worst class and the commonest mistake', () => {
  const truth = [0, 0, 0, 1, 1, 2];
  const predicted = [0, 0, 1, 2, 2, 2];
  const probabilities = predicted.map((label) => [0, 1, 2].map((index) => (index === label ? 0.8 : 0.1)));
  const metrics = evaluatePredictions({ truth, probabilities, labels: ['calm', 'sad', 'happy'] });
  const text = describeMetrics(metrics).join('\n');
  assert.match(text, /^6 clips: accuracy 50\.0 %/);
  assert.match(text, /Chance level: 33\.3 %/);
  assert.match(text, /Highest recall: happy \(100\.0 %\); lowest: sad \(0\.0 %\)/);
  assert.match(text, /2 of 2 sad clips were predicted as happy/);
  assert.deepEqual(classTable(metrics)[1], {
    emotion: 'sad',
    clips: 2,
    predicted: 1,
    precision: '0.0 %',
    recall: '0.0 %',
    F1: '0.0 %',
  });
});

test('scoreByGroup averages recall over the classes of each group and sorts actors by number', () => {
  const clip = (actor: number) =>
    ({ actor, sex: actor % 2 ? 'male' : 'female', intensity: 'normal', statement: 1 }) as const;
  const clips = [10, 10, 10, 2].map(clip);
  const scores = scoreByGroup(clips, [0, 0, 1, 1], [0, 0, 0, 1], 'actor');
  assert.deepEqual(scores, [
    { group: 'actor 2', clips: 1, accuracy: 1, uar: 1 },
    { group: 'actor 10', clips: 3, accuracy: 2 / 3, uar: 0.5 },
  ]);
  assert.deepEqual(
    scoreByGroup(clips, [0, 0, 1, 1], [0, 0, 0, 1], 'sex').map(({ group, clips }) => [group, clips]),
    [['female', 4]],
  );
  assert.throws(() => scoreByGroup(clips, [0], [0], 'sex'), RangeError);
});
