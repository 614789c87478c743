/** One step of gradient descent, on data that stays on the backend. */
import type { Random } from '../random';
import { tf } from '../tensorflow';
import type { Dataset } from './dataset';
import { categoricalCrossEntropy, type LossOptions } from './loss';
import { drawMix, mixRows } from './mixup';
import type { AdamW } from './optimizer';

/** Options of a training step. */
export interface StepOptions extends LossOptions {
  /** Blends rows by shares from Beta(mixup, mixup), above 0; default none. */
  mixup?: number;
  /** Random augmentation of each batch; default none. */
  augmentation?: BatchAugmentation;
}

/** A random change of a batch. */
export interface BatchAugmentation {
  /** Name with its parameters, so that a checkpoint of another training is recognised. */
  readonly name: string;
  /** [rows, frames, coefficients, 1] → the same shape; runs inside `tf.tidy`. */
  apply(batch: tf.Tensor4D, random: Random): tf.Tensor4D;
}

/** Result of a step. */
export interface StepResult {
  /** Mean over the rows, before the step. */
  loss: number;
  /** Rows classified correctly; blended rows count by the class of the larger share. */
  correct: number;
}

/** Random streams used by steps. */
export interface StepStreams {
  mixup: Random;
  augmentation: Random;
}

/** Components of a `Stepper`. */
export interface StepperParts {
  model: tf.LayersModel;
  optimizer: AdamW;
  data: Dataset;
  options: StepOptions;
  streams: StepStreams;
}

/** Runs training steps. Owns one copy of the rows on the backend; `dispose` frees it. */
export class Stepper {
  private readonly inputs: tf.Tensor4D;
  private readonly variables: tf.Variable[];
  private readonly classes: number;

  constructor(private readonly parts: StepperParts) {
    const { features, labels, frames, coefficients } = parts.data;
    this.inputs = tf.tensor4d(features, [labels.length, frames, coefficients, 1]);
    this.variables = trainableVariables(parts.model);
    this.classes = parts.model.outputs[0].shape.at(-1) as number;
  }

  /** Trains on some rows; frees all its tensors. */
  step(rows: readonly number[]): StepResult {
    const { model, optimizer, data, options, streams } = this.parts;
    const { mixup, augmentation } = options;
    return tf.tidy(() => {
      const gathered = tf.gather(this.inputs, tf.tensor1d([...rows], 'int32'));
      const inputs = augmentation ? augmentation.apply(gathered, streams.augmentation) : gathered;
      const labels = tf.tensor1d(
        rows.map((row) => data.labels[row]),
        'int32',
      );
      const targets = tf.cast(tf.oneHot(labels, this.classes), 'float32') as tf.Tensor2D;
      const mix = mixup === undefined ? undefined : drawMix(rows.length, mixup, streams.mixup);
      const [batch, goals] = mix ? [mixRows(inputs, mix), mixRows(targets, mix)] : [inputs, targets];
      let hits: tf.Tensor | undefined;
      const { value, grads } = tf.variableGrads(() => {
        const outputs = model.apply(batch, { training: true }) as tf.Tensor2D;
        const right = tf.equal(tf.argMax(outputs, 1), tf.argMax(goals, 1));
        hits = tf.keep(tf.sum(tf.cast(right, 'float32')));
        return categoricalCrossEntropy(goals, outputs, options);
      }, this.variables);
      optimizer.apply(grads);
      const loss = value.dataSync<'float32'>()[0];
      const correct = hits?.dataSync<'float32'>()[0] ?? 0;
      hits?.dispose();
      return { loss, correct };
    });
  }

  dispose(): void {
    this.inputs.dispose();
  }
}

/** Trainable variables, in the model's order. The model owns them. */
export function trainableVariables(model: tf.LayersModel): tf.Variable[] {
  return model.trainableWeights.map((weight) => weight.read() as tf.Variable);
}
