/** Ridge regression on vectors of recordings at several playback speeds, averaged over a leave-actors-out ensemble. */
import { EMOTIONS } from '../data/labels';
import { concatenate } from '../features/matrix';
import type { Row } from '../training/dataset';
import type { FoldTask } from '../training/recipe';
import { fitInverseTemperature, scaledSoftmax } from './inverse-temperature';
import { fitEnsemble, outOfFold, type TrainerStore, trainableRows } from './leave-actors-out';
import { fitRidge, type RidgeClassifier, type RidgeOptions, ridgeScores } from './ridge';

/** The vectors of every clip of a corpus, playback speed by playback speed. */
export interface ClipVectors {
  /** [clips × versions × features], row-major. */
  readonly values: Float32Array;
  /** Number of playback speeds; the first is the recording itself. */
  readonly versions: number;
  /** Numbers per vector. */
  readonly features: number;
}

/** Vectors of a clip at all playback speeds; for an augmented copy, at the one speed that replaces it. */
export function clipVectors({ clip, copy }: Row, { values, versions, features }: ClipVectors): Float32Array {
  const first = clip * versions + (copy === undefined ? 0 : copy % versions);
  return values.subarray(first * features, (first + (copy === undefined ? versions : 1)) * features);
}

/** Options of `fitVectorEnsemble`. */
export interface VectorEnsembleOptions extends Omit<RidgeOptions, 'classes'> {
  /** Name of the caller, for messages. */
  caller: string;
  /** Number of models, int > 1. */
  models: number;
}

/** A fitted ensemble. */
export interface VectorEnsemble {
  classifiers: RidgeClassifier[];
  /** Of the softmax, fitted to predictions of actors left out. */
  inverseTemperature: number;
  /** Mean cross-entropy of these predictions, in nats. */
  loss: number;
  /** Probabilities of rows, [rows × emotions]; of a row trained on, by the models that left its actor out. */
  predict(rows: readonly Row[]): Float32Array;
}

const classes = EMOTIONS.length;

/**
 * Fits the ensemble to the training and validation sides of a fold.
 *
 * @throws SerError `bad-training` after an interrupt
 */
export async function fitVectorEnsemble(
  store: TrainerStore,
  vectors: ClipVectors,
  task: FoldTask,
  { caller, models, ...options }: VectorEnsembleOptions,
): Promise<VectorEnsemble> {
  const labelOf = ({ clip }: Row): number => store.manifest.clips[clip].label;
  const members = await fitEnsemble(caller, store, task, models, (rows) => {
    const own = rows.map((row) => clipVectors(row, vectors));
    const labels = rows.flatMap((row, index) =>
      new Array<number>(own[index].length / vectors.features).fill(labelOf(row)),
    );
    return fitRidge({ values: concatenate(own), labels }, { classes, ...options });
  });
  const scores = (rows: readonly Row[]): Float32Array =>
    concatenate(rows.map((row) => meanScores(outOfFold(members, row), clipVectors(row, vectors))));
  const rows = trainableRows(store, task.sides);
  const labels = rows.map(labelOf);
  const outOfFoldScores = scores(rows);
  const inverseTemperature = fitInverseTemperature(outOfFoldScores, labels, classes);
  const probabilities = scaledSoftmax(outOfFoldScores, inverseTemperature, classes);
  return {
    classifiers: members.map(({ model }) => model),
    inverseTemperature,
    loss: labels.reduce((sum, label, row) => sum - Math.log(probabilities[row * classes + label]), 0) / labels.length,
    predict: (asked) => scaledSoftmax(scores(asked), inverseTemperature, classes),
  };
}

/** Scores of a recording averaged over classifiers and playback speeds: [classes of the classifiers]. */
export function meanScores(classifiers: readonly RidgeClassifier[], vectors: Float32Array): Float32Array {
  const classes = classifiers[0].bias.length;
  const result = new Float32Array(classes);
  const share = 1 / (classifiers.length * (vectors.length / classifiers[0].mean.length));
  for (const classifier of classifiers) {
    ridgeScores(classifier, vectors).forEach((score, i) => {
      result[i % classes] += share * score;
    });
  }
  return result;
}

/**
 * Predicts recordings: softmax of the mean score over classifiers and over each recording's playback speeds.
 *
 * @param recordings vectors of each recording at all its speeds, [speeds × features]
 * @returns [recordings × classes of the classifiers]
 */
export function predictVectors(
  classifiers: readonly RidgeClassifier[],
  inverseTemperature: number,
  recordings: readonly Float32Array[],
): Float32Array {
  const classes = classifiers[0].bias.length;
  const means = recordings.flatMap((vectors) => {
    const sums = new Array<number>(classes).fill(0);
    let count = 0;
    for (const classifier of classifiers) {
      const scores = ridgeScores(classifier, vectors);
      for (let i = 0; i < scores.length; i++) sums[i % classes] += scores[i];
      count += scores.length / classes;
    }
    return sums.map((sum) => sum / count);
  });
  return scaledSoftmax(Float32Array.from(means), inverseTemperature, classes);
}
