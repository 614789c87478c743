/** Adam's optimiser state in a `.keras` file, so that training can be resumed in Keras and here. */
import { number, optional } from '../../schema';
import { asKerasObject, Fields, isRecord, ModelFault, shown } from './fields';
import type { Hdf5Content, Hdf5File } from './hdf5';

/** An optimiser's options, as `AdamW` of lib/training takes them. */
export interface KerasOptimizerOptions {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  clipNorm?: number;
  globalClipNorm?: number;
}

/** An Adam or AdamW optimiser with its state. */
export interface KerasOptimizer {
  options: KerasOptimizerOptions;
  /** Steps taken. */
  step: number;
  /**
   * Mean of the gradients, then mean of their squares, variable by variable, in the order of the model's trainable
   * weights: what `slots()` of `AdamW` gives and `restore` takes.
   */
  slots: { shape: number[]; values: Float32Array }[];
}

const GROUP = 'optimizer/vars';

/** Compile configuration of config.json: AdamW with weight decay, otherwise Adam. */
export function compileConfig({ options }: KerasOptimizer): object {
  const { learningRate, beta1, beta2, epsilon, weightDecay, clipNorm, globalClipNorm } = options;
  const adamW = weightDecay > 0;
  const optimizer = {
    module: 'keras.optimizers',
    class_name: adamW ? 'AdamW' : 'Adam',
    config: {
      name: adamW ? 'adamw' : 'adam',
      learning_rate: learningRate,
      weight_decay: adamW ? weightDecay : null,
      clipnorm: clipNorm ?? null,
      global_clipnorm: globalClipNorm ?? null,
      beta_1: beta1,
      beta_2: beta2,
      epsilon,
      amsgrad: false,
    },
    registered_name: null,
  };
  const rest = { loss_weights: null, weighted_metrics: null, run_eagerly: false, steps_per_execution: 1 };
  return { optimizer, loss: 'categorical_crossentropy', metrics: ['accuracy'], ...rest, jit_compile: false };
}

/**
 * The optimiser's arrays: steps, learning rate, then the slots.
 *
 * @param shapes of the model's trainable weights
 */
export function optimizerArrays(optimizer: KerasOptimizer, shapes: readonly number[][]): Hdf5Content['arrays'] {
  const { step, slots, options } = optimizer;
  const fits = slots.length === 2 * shapes.length && slots.every(({ shape }, i) => `${shape}` === `${shapes[i >> 1]}`);
  if (!fits) {
    const got = `${slots.length} slots of ${shown(slots.map(({ shape }) => shape))}`;
    throw new ModelFault(
      `the optimiser must have two slots for each of the ${shapes.length} trained weights, got ${got}`,
    );
  }
  return new Map<string, { shape: number[]; values: Float32Array | Int32Array }>([
    [`${GROUP}/0`, { shape: [], values: Int32Array.of(step) }],
    [`${GROUP}/1`, { shape: [], values: Float32Array.of(options.learningRate) }],
    ...slots.map(({ shape, values }, index) => [`${GROUP}/${index + 2}`, { shape, values }] as const),
  ]);
}

/** The optimiser of a file, undefined if it has none. */
export function readOptimizer(config: unknown, file: Hdf5File): KerasOptimizer | undefined {
  const compiled = isRecord(config) && isRecord(config.compile_config) ? config.compile_config.optimizer : undefined;
  const count = file.names(GROUP).length;
  if (!isRecord(compiled) || count === 0) return undefined;
  const fields = new Fields(asKerasObject(compiled, 'the optimiser'));
  if (
    !['Adam', 'AdamW'].includes(fields.object.class_name) ||
    !/^keras(?:\.|$)/.test(fields.object.module ?? 'keras')
  ) {
    throw new ModelFault(`the optimiser must be Keras's Adam or AdamW, got ${shown(fields.object.class_name)}`);
  }
  const absent = { clipvalue: null, gradient_accumulation_steps: null, loss_scale_factor: null };
  fields.demand({ amsgrad: false, use_ema: false, ...absent });
  // A learning rate that follows a schedule is no array.
  const scheduled = isRecord(fields.get('learning_rate'));
  const first = scheduled ? 1 : 2;
  const step = file.scalar(`${GROUP}/0`);
  if (step === undefined || (count - first) % 2 !== 0) {
    throw new ModelFault(
      `"${GROUP}" must hold the steps, the learning rate and two arrays for each weight, got ${count}`,
    );
  }
  const slots = Array.from({ length: count - first }, (_, index) => {
    const path = `${GROUP}/${index + first}`;
    if (!file.shape(path)) throw new ModelFault(`"${path}" is missing`);
    return file.read(path);
  });
  const learningRate = scheduled ? 0.001 : (file.scalar(`${GROUP}/1`) ?? fields.read('learning_rate', number(), 0.001));
  const options = {
    learningRate,
    beta1: fields.read('beta_1', number(), 0.9),
    beta2: fields.read('beta_2', number(), 0.999),
    epsilon: fields.read('epsilon', number(), 1e-7),
    weightDecay: fields.read('weight_decay', number(), 0),
    clipNorm: fields.read('clipnorm', optional(number())),
    globalClipNorm: fields.read('global_clipnorm', optional(number())),
  };
  return { options, step, slots };
}
