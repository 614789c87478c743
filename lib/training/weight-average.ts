/** Exponential moving average of a model's weights, which often generalises better than the last weights. */
import type { tf } from '../tensorflow';
import type { JsonValue } from './callbacks/callback';
import { assignWeights, copyWeights, decodeWeights, encodeWeights } from './weights';

/** Options of `WeightAverage`. */
export interface WeightAverageOptions {
  /** Share of the previous average that each update keeps, from 0 to 1; default 0.99, as in Keras. */
  momentum?: number;
}

/**
 * average ← momentum · average + (1 − momentum) · weights, after every step; the first update takes the weights.
 *
 * The same as Keras's `use_ema` (test/weight-average.test.ts). The variables stay the caller's; no tensors are held.
 */
export class WeightAverage {
  private readonly momentum: number;
  private averages: Float32Array[] = [];
  /** Trained weights, saved by `apply`. */
  private trained: Float32Array[] | undefined;

  /** @throws RangeError if the momentum is not from 0 to 1 */
  constructor(
    private readonly variables: readonly tf.Variable[],
    { momentum = 0.99 }: WeightAverageOptions = {},
  ) {
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new RangeError(`WeightAverage: momentum must be 0 to 1, got ${momentum}`);
    }
    this.momentum = momentum;
  }

  /** Updates the average; call it after each step. */
  update(): void {
    if (this.trained) throw new RangeError('WeightAverage: the trained weights must be back before an update; undo()');
    if (this.averages.length === 0) {
      this.averages = copyWeights(this.variables);
      return;
    }
    this.variables.forEach((variable, index) => {
      blend(this.averages[index], variable.dataSync<'float32'>(), this.momentum);
    });
  }

  /** Replaces the weights by the average, until `undo`. No effect before the first update. */
  apply(): void {
    if (this.trained)
      throw new RangeError('WeightAverage: the average must be applied once, got a second time; undo()');
    this.trained = copyWeights(this.variables);
    if (this.averages.length > 0) assignWeights(this.variables, this.averages);
  }

  /** Restores the trained weights. */
  undo(): void {
    if (!this.trained) throw new RangeError('WeightAverage: the average must be applied before, got undo() without');
    assignWeights(this.variables, this.trained);
    this.trained = undefined;
  }

  /** State for resuming. */
  state(): JsonValue {
    return encodeWeights(this.averages);
  }

  /**
   * Restores the `state()` of another average.
   *
   * @throws RangeError if it is that of another model
   */
  restore(state: JsonValue): void {
    const averages = Array.isArray(state) ? decodeWeights(state.map(String)) : [];
    const fits = averages.every(({ length }, index) => length === this.variables[index]?.size);
    if (!Array.isArray(state) || !fits || ![0, this.variables.length].includes(averages.length)) {
      throw new RangeError(`WeightAverage: the state must hold ${this.variables.length} averages, got another model's`);
    }
    this.averages = averages;
  }
}

function blend(average: Float32Array, weights: Float32Array, momentum: number): void {
  for (let i = 0; i < average.length; i++) average[i] = momentum * average[i] + (1 - momentum) * weights[i];
}
