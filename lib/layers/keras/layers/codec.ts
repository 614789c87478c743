/** Codecs that read and write a class of layers, made from tables of its options. */
import { type Schema, text } from '../../../schema';
import type { tf } from '../../../tensorflow';
import type { Shape } from '../../layer';
import { type Fields, isRecord, type KerasObject, ModelFault, shown } from '../fields';

/** Place of a layer in its model. */
interface Context {
  /** Shape of the layer's (first) input, with the batch. */
  inputShape: Shape;
  /** Frames that a surrounding TimeDistributed folds into the batch; absent without one. */
  frames?: number | null;
}

/** Context of a layer's reader. */
export interface ReadContext extends Context {
  /** True for files of Keras 2. */
  legacy: boolean;
  /** A seed for a layer whose file names none: another one for each layer, the same ones each time. */
  nextSeed(): number;
  /** Reads a layer inside this one. */
  inner(object: KerasObject, context: Partial<ReadContext>): tf.layers.Layer;
}

/** Context of a layer's writer. */
export interface WriteContext extends Context {
  /** True if the layer folds time into the batch. */
  folds?: boolean;
  /** Writes a layer inside this one, given as tfjs's config holds it. */
  inner(layer: InnerLayer, context: Partial<WriteContext>): KerasObject;
}

/** tfjs's own config of a layer, as `getConfig` returns it. */
export type LayerConfig = Record<string, unknown>;

/** A layer within another one's config. */
export interface InnerLayer {
  className: string;
  config: LayerConfig;
}

/** One kind of layer, both ways. */
export interface LayerCodec {
  /** Keras's class. */
  keras: string;
  /** The classes of tfjs, or of ours, that are written as that. */
  classes: readonly string[];
  /** Makes the layer, without weights. */
  read(fields: Fields, context: ReadContext): tf.layers.Layer;
  /** Keras's class, if it depends on more than this project's class. */
  kerasFor?(config: LayerConfig, context: WriteContext): string;
  /** Keras's options, besides the name and what all layers share. */
  write(config: LayerConfig, context: WriteContext): Record<string, unknown>;
}

/** An option of a layer, both ways. */
export interface Option {
  keras: string;
  /** tfjs's name of it, and ours. */
  ours: string;
  read(fields: Fields, context: ReadContext): unknown;
  write(value: unknown, config: LayerConfig, context: WriteContext): unknown;
}

/** `kernel_size` → `kernelSize` */
const camelCase = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** An option that has the same values on both sides; without a default, files must have it. */
export const option = (keras: string, schema: Schema<unknown>, fallback?: unknown): Option => ({
  keras,
  ours: camelCase(keras),
  read: (fields) => fields.read(keras, schema, fallback),
  write: (value) => value ?? fallback,
});

/** tfjs's equivalents of Keras's activations, by Keras's names. */
const ACTIVATIONS: Record<string, string> = {
  ...Object.fromEntries(
    'linear relu relu6 sigmoid tanh softmax softplus softsign elu selu mish gelu'
      .split(' ')
      .map((name) => [name, name]),
  ),
  log_softmax: 'logSoftmax',
  silu: 'swish',
  swish: 'swish',
};

/**
 * An activation function under Keras's names and tfjs's.
 *
 * `hard_sigmoid` means clip(0.2 x + 0.5, 0, 1) in Keras 2 and here, but relu6(x + 3) / 6 in Keras 3.
 */
export const activationOption = (keras: string, fallback: string): Option => ({
  keras,
  ours: camelCase(keras),
  read(fields, { legacy }) {
    const value = fields.get(keras) ?? fallback;
    const name = isRecord(value) && typeof value.config === 'string' ? value.config : value;
    if (name === 'hard_sigmoid' && legacy) return 'hardSigmoid';
    if (typeof name !== 'string' || !Object.hasOwn(ACTIVATIONS, name)) {
      throw fields.fault(keras, `one of ${Object.keys(ACTIVATIONS).join(', ')}`);
    }
    return ACTIVATIONS[name];
  },
  write(value = fallback, config) {
    const found = Object.entries(ACTIVATIONS).find(([, ours]) => ours === value);
    if (!found) {
      throw new ModelFault(`${ownerOf(config)}: the activation ${shown(value)} has no equal in Keras 3; use another`);
    }
    return found[0];
  },
});

/** Weights come from the file: initial ones need not be drawn. */
const UNDRAWN = { kernelInitializer: 'zeros', recurrentInitializer: 'zeros' };

/** The options of a layer under our names, its name included. */
export function readOptions(options: readonly Option[], fields: Fields, context: ReadContext): Record<string, unknown> {
  const values = options.map(({ ours, read }) => [ours, read(fields, context)]);
  return { name: plainName(fields.read('name', text)), ...UNDRAWN, ...Object.fromEntries(values) };
}

/** What a class of layers has besides its options. */
interface CodecDetails extends Partial<Pick<LayerCodec, 'classes' | 'kerasFor'>> {
  /** Options that can have but one value here. */
  fixed?: Record<string, unknown>;
}

/**
 * A codec from a table of options.
 *
 * @param make makes the layer from the options under our names
 */
export function codec(
  keras: string,
  make: (options: never, context: ReadContext, fields: Fields) => tf.layers.Layer,
  options: readonly Option[] = [],
  { classes = [keras], fixed = {}, kerasFor }: CodecDetails = {},
): LayerCodec {
  return {
    keras,
    classes,
    kerasFor,
    read(fields, context) {
      fields.demand(fixed);
      return make(readOptions(options, fields, context) as never, context, fields);
    },
    write(config, context) {
      const values = options.map(({ keras, ours, write }) => [keras, write(config[ours], config, context)]);
      return { ...Object.fromEntries(values), ...fixed };
    },
  };
}

/** A name that TensorFlow.js takes: blanks and special characters become underscores. */
export const plainName = (name: string): string =>
  name.replaceAll(/[^\w./-]/g, '_').replace(/^(?![A-Za-z0-9])/, 'layer');

/** The name that faults of writing give a layer. */
export const ownerOf = (config: LayerConfig): string => `layer "${config.name}"`;
