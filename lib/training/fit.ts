/** The training loop: seeded, interruptible, without leaks. */
import { TRAINING } from '../config';
import { SerError } from '../errors';
import { Random } from '../random';
import { tf, valuesOf } from '../tensorflow';
import type { Callback, Epoch, Training } from './callbacks';
import type { Dataset } from './dataset';

/** Options of `fit`. */
export interface FitOptions {
  train: Dataset;
  validation: Dataset;
  /** At most; int > 0; default 60. */
  epochs?: number;
  /** Rows per step; default 140. */
  batchSize?: number;
  /** Adam's; default 0.01. */
  learningRate?: number;
  /** Seed of the order of the rows; default 11. */
  seed?: number;
  callbacks?: Callback[];
  /** Called after every batch. */
  onBatch?: (progress: BatchProgress) => void;
}

/** Where a training stands. */
export interface BatchProgress {
  epoch: number;
  epochs: number;
  /** From 1, within the epoch. */
  batch: number;
  batches: number;
  /** Running means over the epoch. */
  loss: number;
  accuracy: number;
  rowsPerSecond: number;
  /** The last finished epoch, if any. */
  last?: Epoch;
}

/** What came of a training. */
export interface History {
  epochs: Epoch[];
  /** The epoch with the lowest validation loss, from 1. */
  best: number;
  /** Why it ended. */
  ended: string;
}

/** A history by column, as figures take it. */
export function historyColumns({ epochs }: History): Record<keyof Epoch, number[]> {
  const column = (name: keyof Epoch): number[] => epochs.map((epoch) => epoch[name]);
  return {
    epoch: column('epoch'),
    loss: column('loss'),
    accuracy: column('accuracy'),
    valLoss: column('valLoss'),
    valAccuracy: column('valAccuracy'),
    learningRate: column('learningRate'),
    seconds: column('seconds'),
  };
}

/** The optimiser's learning rate, which tfjs keeps protected. */
type AdjustableAdam = tf.Optimizer & { learningRate: number };

/**
 * Trains a model on categorical cross-entropy with Adam; the model keeps the last epoch's weights.
 *
 * Ctrl-C, or interrupting the cell, ends it after the current batch; the epochs so far are returned.
 *
 * @throws SerError `bad-training` naming epoch and batch if the loss is not a number
 */
export async function fit(model: tf.LayersModel, options: FitOptions): Promise<History> {
  const { train, validation, epochs = TRAINING.epochs, batchSize = TRAINING.batchSize, callbacks = [] } = options;
  checkOptions(epochs, batchSize, train, validation);
  const optimizer = tf.train.adam(
    options.learningRate ?? TRAINING.learningRate,
    0.9,
    0.999,
    EPSILON,
  ) as unknown as AdjustableAdam;
  const random = new Random(options.seed ?? TRAINING.seed, 'order of the rows');
  const inputs = asTensor(train);
  const history: History = { epochs: [], best: 0, ended: `all ${epochs} epochs done` };
  let stop: string | undefined;
  const interrupt = (): void => {
    stop = 'interrupted';
  };
  let step = 0;
  const training: Training = {
    model,
    get step() {
      return step;
    },
    get learningRate() {
      return optimizer.learningRate;
    },
    set learningRate(rate) {
      optimizer.learningRate = rate;
    },
    stop: (reason) => {
      stop ??= reason;
    },
  };
  process.on('SIGINT', interrupt);
  try {
    for (const callback of callbacks) callback.onTrainBegin?.(training);
    const batches = Math.ceil(train.labels.length / batchSize);
    for (let epoch = 1; epoch <= epochs && stop === undefined; epoch++) {
      const started = performance.now();
      const { learningRate } = optimizer;
      const order = random.shuffle(Array.from(train.labels.keys()));
      let [loss, correct, seen] = [0, 0, 0];
      for (let batch = 0; batch < batches && stop === undefined; batch++) {
        const rows = order.slice(batch * batchSize, (batch + 1) * batchSize);
        const done = trainStep(model, optimizer, inputs, train, rows);
        step++;
        for (const callback of callbacks) callback.onBatchEnd?.({ epoch, batch: batch + 1, loss: done.loss }, training);
        if (!Number.isFinite(done.loss)) {
          throw new SerError(
            'bad-training',
            `fit: the loss must be a number, got ${done.loss} in epoch ${epoch}, batch ${batch + 1}; try a lower learning rate`,
          );
        }
        loss += done.loss * rows.length;
        correct += done.correct;
        seen += rows.length;
        const rowsPerSecond = (seen * 1000) / (performance.now() - started);
        const last = history.epochs.at(-1);
        const means = { loss: loss / seen, accuracy: correct / seen };
        options.onBatch?.({ epoch, epochs, batch: batch + 1, batches, ...means, rowsPerSecond, last });
        // Lets the interrupt's signal and the display through.
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (stop !== undefined) break;
      const { loss: valLoss, accuracy: valAccuracy } = evaluateModel(model, validation);
      const seconds = (performance.now() - started) / 1000;
      const done = { epoch, loss: loss / seen, accuracy: correct / seen, valLoss, valAccuracy, learningRate, seconds };
      history.epochs.push(done);
      for (const callback of callbacks) await callback.onEpochEnd(done, training);
    }
  } finally {
    process.off('SIGINT', interrupt);
    for (const callback of callbacks) await callback.onTrainEnd?.(training);
    optimizer.dispose();
    inputs.dispose();
  }
  const losses = history.epochs.map((epoch) => epoch.valLoss);
  return { ...history, best: losses.indexOf(Math.min(...losses)) + 1, ended: stop ?? history.ended };
}

/** Probabilities of every row, [rows × classes]. */
export function predictRows(model: tf.LayersModel, data: Dataset): Float32Array {
  const classes = model.outputs[0].shape.at(-1) ?? 0;
  const probabilities = new Float32Array(data.labels.length * classes);
  const size = data.frames * data.coefficients;
  for (let start = 0; start < data.labels.length; start += PREDICTION_ROWS) {
    const end = Math.min(data.labels.length, start + PREDICTION_ROWS);
    const shape: [number, number, number, number] = [end - start, data.frames, data.coefficients, 1];
    const outputs = valuesOf(() => {
      const input = tf.tensor4d(data.features.subarray(start * size, end * size), shape);
      return model.apply(input, { training: false }) as tf.Tensor;
    });
    probabilities.set(outputs, start * classes);
  }
  return probabilities;
}
/** Rows per forward pass without training: bounds the memory. */
const PREDICTION_ROWS = 512;

/** Mean cross-entropy and accuracy of a model's predictions. */
export function evaluateModel(model: tf.LayersModel, data: Dataset): { loss: number; accuracy: number } {
  const probabilities = predictRows(model, data);
  const classes = probabilities.length / data.labels.length;
  let [loss, correct] = [0, 0];
  data.labels.forEach((label, row) => {
    const outputs = probabilities.subarray(row * classes, (row + 1) * classes);
    loss -= Math.log(Math.min(Math.max(outputs[label], EPSILON), 1 - EPSILON));
    if (outputs.every((value) => value <= outputs[label])) correct++;
  });
  return { loss: loss / data.labels.length, accuracy: correct / data.labels.length };
}
/** Keras keeps probabilities this far from 0 and 1 in a loss. */
const EPSILON = 1e-7;

function asTensor({ features, labels, frames, coefficients }: Dataset): tf.Tensor4D {
  return tf.tensor4d(features, [labels.length, frames, coefficients, 1]);
}

/** One step of gradient descent; frees everything it makes. */
function trainStep(
  model: tf.LayersModel,
  optimizer: tf.Optimizer,
  inputs: tf.Tensor4D,
  data: Dataset,
  rows: number[],
): { loss: number; correct: number } {
  return tf.tidy(() => {
    const labels = tf.tensor1d(
      rows.map((row) => data.labels[row]),
      'int32',
    );
    const batch = tf.gather(inputs, tf.tensor1d(rows, 'int32'));
    const target = tf.oneHot(labels, model.outputs[0].shape.at(-1) as number);
    let hits: tf.Scalar | undefined;
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const { value, grads } = tf.variableGrads(() => {
      const output = model.apply(batch, { training: true }) as tf.Tensor2D;
      hits = tf.keep(tf.sum(tf.cast(tf.equal(tf.argMax(output, 1), labels), 'int32')) as tf.Scalar);
      return crossEntropy(target, output);
    }, variables);
    optimizer.applyGradients(grads);
    const correct = hits?.dataSync()[0] ?? 0;
    hits?.dispose();
    return { loss: value.dataSync()[0], correct };
  });
}

/** Keras's categorical cross-entropy: −mean Σ target · ln(clip(output, 1e-7, 1 − 1e-7)). */
function crossEntropy(target: tf.Tensor, output: tf.Tensor2D): tf.Scalar {
  const clipped = tf.clipByValue(output, EPSILON, 1 - EPSILON);
  return tf.neg(tf.mean(tf.sum(tf.mul(target, tf.log(clipped)), 1))) as tf.Scalar;
}

function checkOptions(epochs: number, batchSize: number, train: Dataset, validation: Dataset): void {
  if (!(Number.isInteger(epochs) && epochs > 0)) throw new RangeError(`fit: epochs must be 1 or more, got ${epochs}`);
  if (!(Number.isInteger(batchSize) && batchSize > 0)) {
    throw new RangeError(`fit: batchSize must be 1 or more, got ${batchSize}`);
  }
  for (const [side, { labels }] of Object.entries({ train, validation })) {
    if (labels.length === 0) throw new RangeError(`fit: the ${side} side must have rows, got none`);
  }
}
