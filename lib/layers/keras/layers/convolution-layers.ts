/** Convolutions and pooling along one axis or two, channels last. */
import { tf } from '../../../tensorflow';
import type { ConvolutionOptions } from '../../convolution';
import { conv1d, conv2d } from '../../layers';
import { readActivation, writeActivation } from './activations';
import { type LayerCodec, named, ownerOf } from './codec';
import { onlyChannelsLast, writtenChannelsLast } from './core-layers';

type Options1D = Parameters<typeof tf.layers.conv1d>[0];
type Pooling = 'MaxPooling' | 'AveragePooling';

const PADDINGS = ['valid', 'same'] as const;

/** Kernels are [...lengths, channels in, channels out] on both sides. */
function convolution(rank: 1 | 2): LayerCodec {
  const keras = `Conv${rank}D`;
  return {
    keras,
    classes: [keras, `Fused${keras}`],
    read(fields, { legacy, nextSeed }) {
      onlyChannelsLast(fields);
      fields.demand('groups', 1);
      const options = {
        ...named(fields),
        filters: fields.count('filters'),
        kernelSize: fields.counts('kernel_size', rank),
        strides: fields.counts('strides', rank, 1),
        dilationRate: fields.counts('dilation_rate', rank, 1),
        padding: fields.choice('padding', PADDINGS, 'valid'),
        activation: readActivation(fields, 'activation', 'linear', legacy),
        useBias: fields.flag('use_bias', true),
        kernelInitializer: 'zeros',
      } as Options1D;
      const { activation } = options;
      const dilated = fields.counts('dilation_rate', rank, 1).some((rate) => rate !== 1);
      if (!dilated && (activation === 'linear' || activation === 'relu')) {
        const fused = { ...options, seed: nextSeed() };
        return rank === 1 ? conv1d(fused as ConvolutionOptions) : conv2d(fused as ConvolutionOptions);
      }
      return rank === 1 ? tf.layers.conv1d(options) : tf.layers.conv2d(options);
    },
    write: (config) => ({
      filters: config.filters,
      kernel_size: config.kernelSize, // one number stands for both axes in Keras too
      strides: config.strides,
      padding: config.padding,
      ...writtenChannelsLast(config),
      dilation_rate: config.dilationRate ?? 1,
      groups: 1,
      activation: writeActivation(ownerOf(config), config.activation),
      use_bias: config.useBias,
    }),
  };
}

function pooling(kind: Pooling, rank: 1 | 2): LayerCodec {
  const keras = `${kind}${rank}D`;
  const make = {
    MaxPooling: [tf.layers.maxPooling1d, tf.layers.maxPooling2d],
    AveragePooling: [tf.layers.averagePooling1d, tf.layers.averagePooling2d],
  }[kind][rank - 1] as (options: object) => tf.layers.Layer;
  return {
    keras,
    classes: [keras],
    read(fields) {
      onlyChannelsLast(fields);
      const poolSize = fields.counts('pool_size', rank, 2);
      const strides = fields.get('strides') === undefined ? poolSize : fields.counts('strides', rank);
      return make({ ...named(fields), poolSize, strides, padding: fields.choice('padding', PADDINGS, 'valid') });
    },
    write: (config) => ({
      pool_size: config.poolSize,
      strides: config.strides,
      padding: config.padding,
      ...writtenChannelsLast(config),
    }),
  };
}

function globalPooling(kind: Pooling, rank: 1 | 2): LayerCodec {
  const keras = `Global${kind}${rank}D`;
  const make = {
    MaxPooling: [tf.layers.globalMaxPooling1d, tf.layers.globalMaxPooling2d],
    AveragePooling: [tf.layers.globalAveragePooling1d, tf.layers.globalAveragePooling2d],
  }[kind][rank - 1] as (options: object) => tf.layers.Layer;
  return {
    keras,
    classes: [keras],
    read(fields) {
      onlyChannelsLast(fields);
      fields.demand('keepdims', false);
      return make(named(fields));
    },
    write: (config) => ({ ...writtenChannelsLast(config), keepdims: false }),
  };
}

const RANKS = [1, 2] as const;

export const CONVOLUTION_LAYERS: readonly LayerCodec[] = RANKS.flatMap((rank) => [
  convolution(rank),
  ...(['MaxPooling', 'AveragePooling'] as const).flatMap((kind) => [pooling(kind, rank), globalPooling(kind, rank)]),
]);
