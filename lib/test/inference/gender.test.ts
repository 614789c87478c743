import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import type { Sex } from '../../data/labels';
import { SerError } from '../../errors';
import { readJson, writeJson } from '../../files';
import { GenderDetector } from '../../inference/emotion';
import {
  crossValidateGender,
  loadGenderClassifier,
  predictSex,
  saveGenderClassifier,
  trainGenderClassifier,
} from '../../inference/gender/gender';
import { describeGenderScore, keepGenderClassifier } from '../../inference/gender/gender-run';

interface Golden {
  folds: number[][];
  actors: number[];
  features: number[][];
  margins: number[];
  accuracy: number;
}

const golden = readJson<Golden>(path.resolve(__dirname, '../../../test/fixtures/gender-golden.json'));
const sexes = golden.actors.map((actor): Sex => (actor % 2 === 1 ? 'male' : 'female'));
const data = { features: golden.features, actors: golden.actors, sexes };
const trainActors = [1, 2, 3, 4, 5, 6, 7, 8];
const classifier = trainGenderClassifier({ ...data, trainActors });

test('margins on held-out actors equal those of scikit-learn, within 0.02', () => {
  for (const fold of golden.folds) {
    const rest = [...new Set(golden.actors)].filter((actor) => !fold.includes(actor));
    const machine = trainGenderClassifier({ ...data, trainActors: rest });
    for (const [clip, actor] of golden.actors.entries()) {
      if (!fold.includes(actor)) continue;
      const { sex, margin } = predictSex(machine, golden.features[clip]);
      const signed = sex === 'female' ? margin : -margin;
      assert.ok(Math.abs(signed - golden.margins[clip]) < 0.02, `${signed} instead of ${golden.margins[clip]}`);
    }
  }
});

test('cross-validated accuracy equals that of scikit-learn within one point', () => {
  const score = crossValidateGender({ ...data, folds: golden.folds });
  assert.equal(score.clips, 240);
  assert.ok(Math.abs(score.accuracy - golden.accuracy) < 0.01, `${score.accuracy} instead of ${golden.accuracy}`);
  for (const fold of score.folds) {
    const told = data.actors.flatMap((actor, clip) => (fold.testActors.includes(actor) ? [score.right[clip]] : []));
    assert.equal(told.filter(Boolean).length, Math.round(fold.accuracy * fold.clips));
  }
});

test('probabilities on held-out actors are calibrated', () => {
  assert.ok(classifier.calibration && classifier.calibration.slope > 0);
  const heldOut = data.actors.flatMap((actor, clip) => (trainActors.includes(actor) ? [] : [clip]));
  const answers = heldOut.map((clip) => ({ ...predictSex(classifier, data.features[clip]), truth: data.sexes[clip] }));
  const said = answers.reduce((sum, { probability = Number.NaN }) => sum + probability, 0) / answers.length;
  const right = answers.filter(({ sex, truth }) => sex === truth).length / answers.length;
  assert.ok(Math.abs(said - right) < 0.15, `said ${said}, right ${right}`);
  const few = trainGenderClassifier({ ...data, trainActors: [1, 2, 3, 4] });
  assert.equal(predictSex(few, data.features[0]).probability, undefined);
});

test('clips of other actors change nothing, neither scaler nor machine', () => {
  const disturbed = golden.features.map((row, clip) =>
    trainActors.includes(golden.actors[clip]) ? row : row.map((value) => 1000 * value + 5),
  );
  assert.deepEqual(trainGenderClassifier({ ...data, features: disturbed, trainActors }), classifier);
});

test('a feature that never varies is harmless', () => {
  assert.equal(classifier.scaler.deviation[39], 1);
  assert.ok(Number.isFinite(predictSex(classifier, golden.features[0]).margin));
});

test('default folds hold every actor once and both sexes each', () => {
  const { folds } = crossValidateGender(data);
  assert.equal(folds.length, 5);
  const tested = folds.flatMap(({ testActors }) => testActors).sort((a, b) => a - b);
  assert.deepEqual(
    tested,
    Array.from({ length: 24 }, (_, index) => index + 1),
  );
  for (const { testActors } of folds) {
    assert.ok(testActors.some((actor) => actor % 2 === 0) && testActors.some((actor) => actor % 2 === 1));
  }
});

test('a classifier survives its file, bit for bit', (context) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gender-'));
  context.after(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'gender.json');
  saveGenderClassifier(file, classifier);
  const restored = loadGenderClassifier(file);
  for (const row of golden.features) assert.deepEqual(predictSex(restored, row), predictSex(classifier, row));
});

test('loadGenderClassifier refuses a missing, a damaged, an older and an incomplete file', (context) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gender-'));
  context.after(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'gender.json');
  const assertRefused = (message: RegExp) =>
    assert.throws(
      () => loadGenderClassifier(file),
      (error) => error instanceof SerError && error.code === 'bad-artefact' && message.test(error.message),
    );
  assertRefused(/no classifier in .*gender\.json; 3-train writes it/);
  fs.writeFileSync(file, '{');
  assertRefused(/is not JSON/);
  fs.writeFileSync(file, 'null');
  assertRefused(/the content must be an object, got null/);
  writeJson(file, { ...classifier, format: 0 });
  assertRefused(/format must be 1, the version that this code reads, got 0; run 3-train again/);
  writeJson(file, { ...classifier, scaler: undefined });
  assertRefused(/scaler must be an object, got nothing/);
});

test('training needs both sexes, clips of every actor, and finite features', () => {
  assert.throws(
    () => trainGenderClassifier({ ...data, trainActors: [1, 3, 5] }),
    (error) => error instanceof SerError && /both sexes are needed, got male/.test(error.message),
  );
  assert.throws(() => trainGenderClassifier({ ...data, trainActors: [1, 2, 99] }), /got none of actor 99/);
  assert.throws(() => trainGenderClassifier({ ...data, sexes: [], trainActors }), RangeError);
  const broken = golden.features.map((row, clip) => (clip === 3 ? row.map(() => Number.NaN) : row));
  assert.throws(() => trainGenderClassifier({ ...data, features: broken, trainActors }), /got NaN for clip 3/);
});

test('a run whose actors allow no classifier keeps the reason and reports it', (context) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gender-'));
  context.after(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'gender.json');
  assert.equal(keepGenderClassifier(file, { ...data, trainActors }), 'classifier of speaker sex: trained on 8 actors');
  assert.deepEqual(loadGenderClassifier(file), classifier);
  assert.equal(
    keepGenderClassifier(file, { ...data, trainActors: [1, 3, 5] }),
    'classifier of speaker sex: none (voices of both sexes are needed, got male)',
  );
  assert.throws(
    () => loadGenderClassifier(file),
    (error) =>
      error instanceof SerError &&
      /this run has no classifier of speaker sex \(voices of both sexes are needed, got male\)/.test(error.message),
  );
  assert.equal(GenderDetector.loadIfAny({ folder }), undefined);
  assert.throws(() => GenderDetector.load({ folder }), /has no classifier of speaker sex/);
  assert.throws(() => keepGenderClassifier(file, { ...data, trainActors: [99] }), RangeError);
});

test('accuracy on held-out actors is put into words, or why there is none', () => {
  const of = (kept: (actor: number) => boolean) => {
    const clips = data.actors.flatMap((actor, clip) => (kept(actor) ? [clip] : []));
    const pick = <T>(values: readonly T[]): T[] => clips.map((clip) => values[clip]);
    return { features: pick(data.features), actors: pick(data.actors), sexes: pick(data.sexes) };
  };
  assert.match(describeGenderScore(data), /^speaker sex on held-out actors: \d+\.\d % of 240 clips, over 5 folds$/);
  const reasons = {
    'at least 4 actors are needed, got 3': of((actor) => actor <= 3),
    'voices of both sexes are needed, got male': of((actor) => actor % 2 === 1),
  };
  for (const [reason, few] of Object.entries(reasons)) {
    assert.equal(describeGenderScore(few), `speaker sex on held-out actors: none (${reason})`);
  }
});

test('an actor in two folds is refused', () => {
  assert.throws(
    () =>
      crossValidateGender({
        ...data,
        folds: [
          [1, 2],
          [2, 3],
        ],
      }),
    /actor 2 is in two folds/,
  );
});
