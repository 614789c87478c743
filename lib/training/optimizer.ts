/**
 * Adam and AdamW with the arithmetic of Keras 3.
 *
 * The update is one loop over the values instead of a dozen TensorFlow operations per variable: it is faster, its
 * result does not depend on the number of threads, and the slots are plain arrays that a checkpoint can take.
 */
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
  /** Variables whose names hold one of these words keep their weights; default none. */
  excludeFromWeightDecay?: readonly string[];
  /** Longest gradient of each variable, as a Euclidean norm above 0; default no limit. */
  clipNorm?: number;
  /** Longest gradient of all variables together, as a Euclidean norm above 0; default no limit. */
  globalClipNorm?: number;
}

/** One of the optimiser's running means, as a checkpoint holds it. */
export interface Slot {
  /** As Keras names it: the variable's name, then `_momentum` or `_velocity`. */
  name: string;
  shape: number[];
  values: Float32Array;
}

/** A variable with the running means of its gradient and of its square. */
interface Entry {
  variable: tf.Variable;
  momentum: Float32Array;
  velocity: Float32Array;
  decays: boolean;
}

/** One step's factors. */
interface Factors {
  alpha: number;
  decay: number;
  beta1: number;
  beta2: number;
  epsilon: number;
}

/**
 * Adam with decoupled weight decay.
 *
 * m ← m + (g − m)(1 − β₁); v ← v + (g² − v)(1 − β₂); w ← w − η λ w; w ← w − η √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε).
 *
 * The variables stay the caller's. The optimiser holds no tensors.
 *
 * @see Kingma & Ba (2015), Loshchilov & Hutter (2019); agrees with Keras (test/optimizer.test.ts)
 */
export class AdamW {
  private readonly entries: Entry[];
  private readonly options: Required<Omit<AdamWOptions, 'clipNorm' | 'globalClipNorm'>> &
    Pick<AdamWOptions, 'clipNorm' | 'globalClipNorm'>;
  private rate: number;
  private steps = 0;

  /** @throws RangeError if an option is out of range, or both norms are limited */
  constructor(variables: readonly tf.Variable[], options: AdamWOptions = {}) {
    this.options = { ...DEFAULTS, ...options };
    checkOptions(this.options);
    this.rate = this.options.learningRate;
    this.entries = variables.map((variable) => ({
      variable,
      momentum: new Float32Array(variable.size),
      velocity: new Float32Array(variable.size),
      decays: !this.options.excludeFromWeightDecay.some((word) => variable.name.includes(word)),
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

  /** Steps taken so far. */
  get step(): number {
    return this.steps;
  }

  /**
   * One step. The gradients stay the caller's.
   *
   * @param gradients by the names of the variables, as `tf.variableGrads` returns them
   * @throws RangeError if a variable has no gradient, or one of another size
   */
  apply(gradients: Record<string, tf.Tensor>): void {
    const values = this.entries.map(({ variable }) => gradientOf(variable, gradients));
    const scales = clipScales(values, this.options);
    this.steps++;
    const factors = this.factors();
    this.entries.forEach((entry, index) => {
      const weights = entry.variable.dataSync<'float32'>();
      const updated = update(weights, values[index], scales[index], entry, factors);
      const tensor = tf.tensor(updated, entry.variable.shape);
      entry.variable.assign(tensor);
      tensor.dispose();
    });
  }

  /** The running means of every variable in Keras's order: momentum, velocity, variable by variable. Copies. */
  slots(): Slot[] {
    return this.entries.flatMap(({ variable, momentum, velocity }) => {
      const name = variable.name.replaceAll('/', '_');
      const shape = [...variable.shape];
      return [
        { name: `${name}_momentum`, shape, values: momentum.slice() },
        { name: `${name}_velocity`, shape, values: velocity.slice() },
      ];
    });
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
    this.steps = step;
  }

  /** Forgets the variables and their slots. */
  dispose(): void {
    this.entries.length = 0;
  }

  /** Keras computes these in single precision, which shows in the first steps. */
  private factors(): Factors {
    const { beta1, beta2, epsilon, weightDecay } = this.options;
    const powerOf = (beta: number): number => Math.fround(Math.fround(beta) ** this.steps);
    const correction = Math.sqrt(Math.fround(1 - powerOf(beta2))) / Math.fround(1 - powerOf(beta1));
    return { alpha: this.rate * correction, decay: this.rate * weightDecay, beta1, beta2, epsilon };
  }
}

const DEFAULTS = {
  learningRate: 0.001,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-7,
  weightDecay: 0,
  excludeFromWeightDecay: [] as readonly string[],
};

function checkOptions(options: AdamWOptions & typeof DEFAULTS): void {
  const { clipNorm, globalClipNorm } = options;
  const positive = { learningRate: options.learningRate, epsilon: options.epsilon, clipNorm, globalClipNorm };
  for (const [name, value] of Object.entries(positive)) {
    if (value !== undefined && !(value > 0 && value < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`AdamW: ${name} must be above 0, got ${value}`);
    }
  }
  for (const name of ['beta1', 'beta2'] as const) {
    if (!(options[name] >= 0 && options[name] < 1)) {
      throw new RangeError(`AdamW: ${name} must be 0 or more and below 1, got ${options[name]}`);
    }
  }
  if (!(options.weightDecay >= 0 && options.weightDecay < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`AdamW: weightDecay must be 0 or more, got ${options.weightDecay}`);
  }
  if (clipNorm !== undefined && globalClipNorm !== undefined) {
    throw new RangeError(
      `AdamW: only one of clipNorm and globalClipNorm may be set, got ${clipNorm} and ${globalClipNorm}`,
    );
  }
}

function gradientOf(variable: tf.Variable, gradients: Record<string, tf.Tensor>): Float32Array {
  const gradient: tf.Tensor | null | undefined = gradients[variable.name];
  if (!gradient) {
    throw new RangeError(`AdamW: every variable must have a gradient, got none for "${variable.name}"`);
  }
  if (gradient.size !== variable.size) {
    throw new RangeError(
      `AdamW: the gradient of "${variable.name}" must have ${variable.size} values, got ${gradient.size}`,
    );
  }
  return gradient.dataSync<'float32'>();
}

/** Factor of each gradient that keeps its norm, or the global norm, within the limit. */
function clipScales(gradients: Float32Array[], { clipNorm, globalClipNorm }: AdamWOptions): number[] {
  if (clipNorm !== undefined) return gradients.map((values) => clipNorm / largest(norm([values]), clipNorm));
  if (globalClipNorm === undefined) return gradients.map(() => 1);
  const scale = globalClipNorm / largest(norm(gradients), globalClipNorm);
  return gradients.map(() => scale);
}

/** The Euclidean norm of all values together. */
function norm(arrays: Float32Array[]): number {
  let sum = 0;
  for (const values of arrays) for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return Math.sqrt(sum);
}

const largest = Math.max; // NaN where either is, as in Keras: a gradient that is not a number must show

/** The weights after a step; the entry's running means move on. */
function update(
  weights: Float32Array,
  gradient: Float32Array,
  scale: number,
  { momentum, velocity, decays }: Entry,
  { alpha, decay, beta1, beta2, epsilon }: Factors,
): Float32Array {
  const kept = decays ? 1 - decay : 1;
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
