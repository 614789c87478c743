/** Layers that hold no other ones and have no state: a table of their options. */
import { flag, list, number, oneOf, type Schema } from '../../../schema';
import { tf } from '../../../tensorflow';
import { conv1d, conv2d } from '../../convolution';
import { count, type Shape, share, sizes } from '../../layer';
import { batchNormalization, layerNormalization } from '../../normalization';
import { dropout, relu } from '../../pointwise';
import type { Fields } from '../fields';
import { activationOption, codec, type LayerCodec, type Option, option, type ReadContext } from './codec';

type Named = { name: string };

const wholeNumbers = list(number({ whole: true }));

const activation = activationOption('activation', 'linear');
const useBias = option('use_bias', flag, true);
const rate = option('rate', share);
const seed: Option = {
  keras: 'seed',
  ours: 'seed',
  read(fields, { nextSeed }) {
    const value = fields.get('seed');
    return typeof value === 'number' ? value : nextSeed();
  },
  write: (value) => value ?? null,
};

const CORE: readonly LayerCodec[] = [
  codec('Dense', tf.layers.dense, [option('units', count), activation, useBias]),
  codec('Dropout', dropout, [rate, seed], {
    classes: ['SeededDropout', 'Dropout'],
    kerasFor: ({ wholeChannels }, { inputShape }) =>
      wholeChannels ? `SpatialDropout${inputShape.length - 2}D` : 'Dropout',
  }),
  ...['SpatialDropout1D', 'SpatialDropout2D'].map((keras) =>
    codec(keras, (options: Parameters<typeof dropout>[0]) => dropout({ ...options, wholeChannels: true }), [
      rate,
      seed,
    ]),
  ),
  codec('Activation', tf.layers.activation, [activation]),
  codec(
    'ReLU',
    ({ name, maxValue }: Named & { maxValue: number | null }) =>
      maxValue === null ? relu({ name }) : tf.layers.reLU({ name, maxValue }),
    [option('max_value', (value, place) => (value === null ? null : number()(value, place)), null)],
    { classes: ['Rectifier', 'ReLU'], fixed: { negative_slope: 0, threshold: 0 } },
  ),
  codec('LeakyReLU', tf.layers.leakyReLU, [
    {
      ...option('negative_slope', number(), 0.3),
      ours: 'alpha',
      read: (fields) => fields.read('negative_slope', number(), fields.read('alpha', number(), 0.3)),
    },
  ]),
  codec('ELU', tf.layers.elu, [], { fixed: { alpha: 1 } }), // tfjs has no other
  codec('Softmax', ({ name }: Named) => tf.layers.softmax({ name }), [
    {
      ...option('axis', number(), -1),
      read(fields, { inputShape }) {
        const axis = fields.get('axis') ?? -1;
        if (axis !== -1 && axis !== inputShape.length - 1) throw fields.fault('axis', 'the last one, -1');
      },
    },
  ]),
  codec(
    'Flatten',
    (options: Named, { inputShape }) =>
      // Keras leaves rows as they are, which tfjs refuses.
      inputShape.length === 2 ? tf.layers.activation({ ...options, activation: 'linear' }) : tf.layers.flatten(options),
    [],
    { fixed: { data_format: 'channels_last' } },
  ),
  codec('Reshape', tf.layers.reshape, [
    {
      keras: 'target_shape',
      ours: 'targetShape',
      read: (fields, { inputShape }) => filledShape(fields, inputShape.slice(1)),
      write: (shape) => (shape as Shape).map((size) => size ?? -1),
    },
  ]),
  codec('Permute', tf.layers.permute, [option('dims', wholeNumbers)]),
  codec('RepeatVector', tf.layers.repeatVector, [option('n', count)]),
];

/** `target_shape` with the size that it leaves open (−1), which tfjs would leave to the layers behind. */
function filledShape(fields: Fields, input: Shape): number[] {
  const target = fields.read('target_shape', wholeNumbers);
  const values = input.reduce<number>((product, length) => product * (length ?? Number.NaN), 1);
  if (!target.includes(-1) || Number.isNaN(values)) return target;
  const others = target.reduce((product, length) => product * (length === -1 ? 1 : length), 1);
  const open = values / others;
  if (!(Number.isInteger(open) && open > 0)) throw fields.fault('target_shape', `sizes that divide ${values} values`);
  return target.map((length) => (length === -1 ? open : length));
}

const padding = option('padding', oneOf(['valid', 'same']), 'valid');

/** Kernels are [...lengths, channels in, channels out] on both sides. */
function convolution(axes: 1 | 2): LayerCodec {
  type StockOptions = Parameters<typeof tf.layers.conv1d>[0];
  type FusedOptions = Parameters<typeof conv1d>[0];
  const keras = `Conv${axes}D`;
  const make = (options: FusedOptions & { dilationRate: number[] }, { nextSeed }: ReadContext): tf.layers.Layer => {
    const isDilated = options.dilationRate.some((rate) => rate !== 1);
    if (!isDilated && ['linear', 'relu'].includes(options.activation as string)) {
      return [conv1d, conv2d][axes - 1]({ ...options, seed: nextSeed() });
    }
    return [tf.layers.conv1d, tf.layers.conv2d][axes - 1](options as StockOptions);
  };
  const options = [
    option('filters', count),
    option('kernel_size', sizes(axes)),
    option('strides', sizes(axes), 1),
    padding,
    option('dilation_rate', sizes(axes), 1),
    activation,
    useBias,
  ];
  const fixed = { data_format: 'channels_last', groups: 1 };
  return codec(keras, make, options, { classes: [keras, `Fused${keras}`], fixed });
}

/** Pooling along some axes, and over all places. */
function pooling(name: string, axes: number, make: PoolingMakers): LayerCodec[] {
  const poolSize = option('pool_size', sizes(axes), 2);
  const strides: Option = {
    ...option('strides', sizes(axes)),
    read: (fields, context) => fields.read('strides', sizes(axes), poolSize.read(fields, context)),
  };
  const fixed = { data_format: 'channels_last' };
  return [
    codec(`${name}${axes}D`, make[0], [poolSize, strides, padding], { fixed }),
    codec(`Global${name}${axes}D`, make[1], [], { fixed: { ...fixed, keepdims: false } }),
  ];
}
type PoolingMakers = [(options: never) => tf.layers.Layer, (options: never) => tf.layers.Layer];

type Normalization = Named & { axis: number; epsilon: number; center: boolean; scale: boolean };

/** Layers of ours scale and shift the last axis; all else is left to tfjs. */
const normalization =
  (ours: (options: Named) => tf.layers.Layer, stock: (options: Normalization) => tf.layers.Layer) =>
  ({ axis, center, scale, ...options }: Normalization, { inputShape }: ReadContext): tf.layers.Layer =>
    axis === inputShape.length - 1 && center && scale ? ours(options) : stock({ ...options, axis, center, scale });

const axis: Option = {
  ...option('axis', number(), -1),
  read(fields, { inputShape: { length: rank } }) {
    const value = fields.get('axis') ?? -1;
    const axis = Array.isArray(value) && value.length === 1 ? value[0] : value;
    if (!Number.isInteger(axis) || axis < -rank || axis >= rank || axis === 0) {
      throw fields.fault('axis', `one axis of the layer's ${rank}, not that of the examples`);
    }
    return axis < 0 ? axis + rank : axis;
  },
};
const affine = [option('center', flag, true), option('scale', flag, true)];
const epsilon = (schema: Schema<number>): Option => option('epsilon', schema, 1e-3);

/**
 * Keras's TimeDistributed moves running statistics once per frame, the folded one once per step: Keras's momentum
 * to the power of the frames is ours. The way back is rounded so that 0.99 comes back as 0.99.
 */
const momentum: Option = {
  keras: 'momentum',
  ours: 'momentum',
  read: (fields, { frames }) => fields.read('momentum', number(), 0.99) ** (frames ?? 1),
  write: (value, _, { frames }) => Number(((value as number) ** (1 / (frames ?? 1))).toPrecision(12)),
};

const NORMALIZATION: readonly LayerCodec[] = [
  codec(
    'BatchNormalization',
    normalization(batchNormalization, tf.layers.batchNormalization),
    [axis, momentum, epsilon(number()), ...affine],
    { classes: ['FusedBatchNormalization', 'BatchNormalization'] },
  ),
  codec(
    'LayerNormalization',
    normalization(layerNormalization, tf.layers.layerNormalization),
    [axis, epsilon(number({ above: 0 })), ...affine],
    { classes: ['SpeechLayerNormalization', 'LayerNormalization'] },
  ),
];

const MERGING: readonly LayerCodec[] = [
  codec('Add', tf.layers.add),
  codec('Multiply', tf.layers.multiply),
  codec('Average', tf.layers.average),
  codec('Maximum', tf.layers.maximum),
  codec('Minimum', tf.layers.minimum),
  codec('Concatenate', tf.layers.concatenate, [option('axis', number(), -1)]),
];

/** Classes of layers that take a list of inputs. */
export const MERGING_CLASSES: readonly string[] = MERGING.map(({ keras }) => keras);

export const CORE_LAYERS: readonly LayerCodec[] = [
  ...CORE,
  convolution(1),
  convolution(2),
  ...pooling('MaxPooling', 1, [tf.layers.maxPooling1d, tf.layers.globalMaxPooling1d]),
  ...pooling('MaxPooling', 2, [tf.layers.maxPooling2d, tf.layers.globalMaxPooling2d]),
  ...pooling('AveragePooling', 1, [tf.layers.averagePooling1d, tf.layers.globalAveragePooling1d]),
  ...pooling('AveragePooling', 2, [tf.layers.averagePooling2d, tf.layers.globalAveragePooling2d]),
  ...NORMALIZATION,
  ...MERGING,
];
