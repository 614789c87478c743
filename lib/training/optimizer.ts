/**
 * Adam and AdamW with the arithmetic of Keras 3.
 *
 * The update is one loop over the values instead of a dozen TensorFlow operations per variable: it is faster, its
 * result does not depend on the number of threads, and the slots are plain arrays that a checkpoint can take.
 */
import type { KerasOptimizer } from '../layers/keras/optimizer-state';
import { tf } from '../tensorflow';

/** Options of `AdamW`. */
export interface AdamWOptions {
  /** Above 0; default 0.001. */
  learningRate?: number;
  /** Decay of the mean of the gradients, from 0 to 1 (excluded); default 0.9. */
  beta1?: number;
  /** Decay of the mean of their squares, from 0 to 1 (excluded); default 0.999. */
  beta2?: number;
  /** Added to the root of the mean square, above 0; default 1e-7. */
  epsilon?: number;
  /** Share of the weights, times the learning rate, taken away at each step; 0 or more; default 0, which is Adam. */
  weightDecay?: number;
  /** Factor of the learning rate of the variables whose names begin with a prefix, such as `encoder/`; default none. */
  rates?: Readonly<Record<string, number>>;
  /** Longest gradient of each variable, as a Euclidean norm above 0; default no limit. */
  clipNorm?: number;
  /** Longest gradient of all variables together, as a Euclidean norm above 0; default no limit. */
  globalClipNorm?: number;
}

/** One of the optimiser's running means, as a checkpoint holds it. */
export interface Slot {
  shape: number[];
  values: Float32Array;
}

/** A variable with the running means of its gradient and of its square. */
interface Entry {
  variable: tf.Variable;
  /** Factor of the learning rate. */
  factor: number;
  momentum: Float32Array;
  velocity: Float32Array;
}

/**
 * Adam with decoupled weight decay.
 *
 * m ← m + (g − m)(1 − β₁); v ← v + (g² − v)(1 − β₂); w ← w − η λ w; w ← w − η √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε).
 *
 * The variables stay the caller's. The optimiser holds no tensors.
 *
 * @see Kingma & Ba (2015), Loshchilov & Hutter (2019); agrees with Keras (test/training/optimizer.test.ts)
 */
export class AdamW {
  private readonly entries: Entry[];
  private readonly options: AdamWOptions & typeof DEFAULTS;
  private rate: number;
  /** Steps taken so far. */
  step = 0;

  /** @throws RangeError if an option is out of range, or both norms are limited */
  constructor(variables: readonly tf.Variable[], options: AdamWOptions = {}) {
    this.options = { ...DEFAULTS, ...options };
    checkOptions(this.options);
    this.rate = this.options.learningRate;
    this.entries = variables.map((variable) => ({
      variable,
      factor: factorOf(variable.name, options.rates),
      momentum: new Float32Array(variable.size),
      velocity: new Float32Array(variable.size),
    }));
  }

  /** Takes effect from the next step on; 0 leaves the weights unchanged. */
  get learningRate(): number {
    return this.rate;
  }

  set learningRate(rate: number) {
    if (!(rate >= 0 && rate < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`AdamW: learningRate must be 0 or more, got ${rate}`);
    }
    this.rate = rate;
  }

  /**
   * One step. The gradients stay the caller's.
   *
   * @param gradients by the names of the variables, as `tf.variableGrads` returns them
   * @throws RangeError if a variable has no gradient
   */
  apply(gradients: Record<string, tf.Tensor>): void {
    const values = this.entries.map(({ variable: { name } }) => {
      if (!gradients[name]) throw new RangeError(`AdamW: every variable must have a gradient, got none for "${name}"`);
      return gradients[name].dataSync<'float32'>();
    });
    const scales = clipScales(values, this.options);
    this.step++;
    this.entries.forEach((entry, index) => {
      const tensor = tf.tensor(this.update(entry, values[index], scales[index]), entry.variable.shape);
      entry.variable.assign(tensor);
      tensor.dispose();
    });
  }

  /** The weights after a step; the entry's running means are updated. */
  private update({ variable, factor, momentum, velocity }: Entry, gradient: Float32Array, scale: number): Float32Array {
    const { beta1, beta2, epsilon, weightDecay } = this.options;
    // Keras computes these in single precision, which shows in the first steps.
    const powerOf = (beta: number): number => Math.fround(Math.fround(beta) ** this.step);
    const correction = Math.sqrt(Math.fround(1 - powerOf(beta2))) / Math.fround(1 - powerOf(beta1));
    const rate = this.rate * factor;
    const alpha = rate * correction;
    const kept = 1 - rate * weightDecay;
    const weights = variable.dataSync<'float32'>();
    const updated = new Float32Array(weights.length);
    for (let i = 0; i < weights.length; i++) {
      const slope = gradient[i] * scale;
      const mean = momentum[i] + (slope - momentum[i]) * (1 - beta1);
      const square = velocity[i] + (slope * slope - velocity[i]) * (1 - beta2);
      momentum[i] = mean;
      velocity[i] = square;
      updated[i] = weights[i] * kept - (alpha * mean) / (Math.sqrt(square) + epsilon);
    }
    return updated;
  }

  /** The running means of every variable in Keras's order: momentum, velocity, variable by variable. Copies. */
  slots(): Slot[] {
    return this.entries.flatMap(({ variable: { shape }, momentum, velocity }) =>
      [momentum, velocity].map((values) => ({ shape: [...shape], values: values.slice() })),
    );
  }

  /** The options with the current learning rate, the steps and the slots, as `saveKeras` takes them. Copies. */
  state(): KerasOptimizer {
    return { options: { ...this.options, learningRate: this.rate }, step: this.step, slots: this.slots() };
  }

  /**
   * Goes on from another optimiser's `step` and `slots()`. Slots are matched by their order, because names of
   * variables get a number when a model is built twice.
   *
   * @throws RangeError if there are more or fewer slots than here, or one is of another size
   */
  restore(step: number, slots: readonly Pick<Slot, 'values'>[]): void {
    if (!(Number.isInteger(step) && step >= 0)) throw new RangeError(`restore: step must be 0 or more, got ${step}`);
    const own = this.entries.flatMap(({ momentum, velocity }) => [momentum, velocity]);
    if (slots.length !== own.length) {
      throw new RangeError(`restore: this model's optimiser has ${own.length} slots, got ${slots.length}`);
    }
    own.forEach((target, index) => {
      const { length } = slots[index].values;
      if (length !== target.length) {
        throw new RangeError(`restore: slot ${index} must hold ${target.length} values, got ${length}`);
      }
    });
    own.forEach((target, index) => {
      target.set(slots[index].values);
    });
    this.step = step;
  }
}

const DEFAULTS = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0 };

const factorOf = (name: string, rates: AdamWOptions['rates'] = {}): number =>
  Object.entries(rates).find(([prefix]) => name.startsWith(prefix))?.[1] ?? 1;

function checkOptions(options: AdamWOptions): void {
  const { learningRate, epsilon, beta1, beta2, weightDecay, clipNorm, globalClipNorm } = options;
  const check = (values: object, rule: string, holds: (value: number) => boolean): void => {
    for (const [name, value] of Object.entries(values) as [string, number | undefined][]) {
      if (value !== undefined && !holds(value)) throw new RangeError(`AdamW: ${name} must be ${rule}, got ${value}`);
    }
  };
  check({ learningRate, epsilon, clipNorm, globalClipNorm }, 'above 0', (value) => value > 0 && value < Infinity);
  check({ beta1, beta2 }, '0 or more and below 1', (value) => value >= 0 && value < 1);
  check({ weightDecay }, '0 or more', (value) => value >= 0 && value < Infinity);
  if (clipNorm !== undefined && globalClipNorm !== undefined) {
    throw new RangeError(
      `AdamW: only one of clipNorm and globalClipNorm may be set, got ${clipNorm} and ${globalClipNorm}`,
    );
  }
}

/**
 * Factor of each gradient that keeps its norm, or the global norm, within the limit. NaN if a norm is, as in Keras: a
 * gradient that is not a number must show.
 */
function clipScales(gradients: Float32Array[], { clipNorm, globalClipNorm }: AdamWOptions): number[] {
  if (clipNorm !== undefined) return gradients.map((values) => clipNorm / Math.max(norm([values]), clipNorm));
  const scale = globalClipNorm === undefined ? 1 : globalClipNorm / Math.max(norm(gradients), globalClipNorm);
  return gradients.map(() => scale);
}

/** The Euclidean norm of all values together. */
function norm(arrays: Float32Array[]): number {
  let sum = 0;
  for (const values of arrays) for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return Math.sqrt(sum);
}
