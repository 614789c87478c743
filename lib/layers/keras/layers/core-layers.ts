/** Dense, dropout, activations and changes of shape. */
import { tf } from '../../../tensorflow';
import type { Shape } from '../../layer';
import { dropout, rectifier } from '../../layers';
import { ModelFault } from '../fault';
import type { Fields } from '../fields';
import { readActivation, writeActivation } from './activations';
import { type LayerCodec, named, ownerOf, type ReadContext } from './codec';

const dense: LayerCodec = {
  keras: 'Dense',
  classes: ['Dense'],
  read: (fields, { legacy }) =>
    tf.layers.dense({
      ...named(fields),
      units: fields.count('units'),
      activation: readActivation(fields, 'activation', 'linear', legacy),
      useBias: fields.flag('use_bias', true),
      kernelInitializer: 'zeros',
    }),
  write: (config) => ({
    units: config.units,
    activation: writeActivation(ownerOf(config), config.activation),
    use_bias: config.useBias,
  }),
};

/** The rate and seed of a dropout layer. */
function readDropout(fields: Fields, { nextSeed }: ReadContext): { name: string; rate: number; seed: number } {
  const rate = fields.number('rate');
  if (rate < 0 || rate >= 1) throw fields.fault('rate', 'from 0 up to 1 (excluded)');
  const seed = fields.get('seed');
  return { ...named(fields), rate, seed: typeof seed === 'number' ? seed : nextSeed() };
}

const dropoutCodec: LayerCodec = {
  keras: 'Dropout',
  classes: ['SeededDropout', 'Dropout'],
  read(fields, context) {
    fields.demand('noise_shape', null);
    return dropout(readDropout(fields, context));
  },
  kerasFor: ({ wholeChannels }, { inputShape }) =>
    wholeChannels ? `SpatialDropout${inputShape.length - 2}D` : 'Dropout',
  write: ({ rate, seed }) => ({ rate, seed: seed ?? null }),
};

/** Drops whole channels. */
const spatialDropout = (rank: 1 | 2): LayerCodec => ({
  keras: `SpatialDropout${rank}D`,
  classes: [`SpatialDropout${rank}D`],
  read(fields, context) {
    onlyChannelsLast(fields);
    return dropout({ ...readDropout(fields, context), wholeChannels: true });
  },
  write: ({ rate, seed }) => ({ rate, seed: seed ?? null }),
});

const activation: LayerCodec = {
  keras: 'Activation',
  classes: ['Activation'],
  read: (fields, { legacy }) =>
    tf.layers.activation({ ...named(fields), activation: readActivation(fields, 'activation', 'linear', legacy) }),
  write: (config) => ({ activation: writeActivation(ownerOf(config), config.activation) }),
};

const relu: LayerCodec = {
  keras: 'ReLU',
  classes: ['Rectifier', 'ReLU'],
  read(fields) {
    fields.demand('negative_slope', 0);
    fields.demand('threshold', 0);
    if (fields.get('max_value') === undefined) return rectifier(named(fields));
    return tf.layers.reLU({ ...named(fields), maxValue: fields.number('max_value') });
  },
  write: (config) => ({ max_value: config.maxValue ?? null, negative_slope: 0, threshold: 0 }),
};

const leakyRelu: LayerCodec = {
  keras: 'LeakyReLU',
  classes: ['LeakyReLU'],
  read: (fields) =>
    tf.layers.leakyReLU({ ...named(fields), alpha: fields.number('negative_slope', fields.number('alpha', 0.3)) }),
  write: (config) => ({ negative_slope: config.alpha }),
};

const elu: LayerCodec = {
  keras: 'ELU',
  classes: ['ELU'],
  read(fields) {
    fields.demand('alpha', 1); // tfjs has no other
    return tf.layers.elu(named(fields));
  },
  write: () => ({ alpha: 1 }),
};

const softmax: LayerCodec = {
  keras: 'Softmax',
  classes: ['Softmax'],
  read(fields, { inputShape }) {
    const axis = fields.get('axis') ?? -1;
    if (axis !== -1 && axis !== inputShape.length - 1) throw fields.fault('axis', 'the last one, -1');
    return tf.layers.softmax(named(fields));
  },
  write: (config) => ({ axis: config.axis ?? -1 }),
};

/** Refuses channels before rows and columns. */
export function onlyChannelsLast(fields: Fields): void {
  fields.choice('data_format', ['channels_last'], 'channels_last');
}

/** Refuses to write channels before rows and columns. */
export function writtenChannelsLast(config: { name?: unknown; dataFormat?: unknown }): { data_format: string } {
  if ((config.dataFormat ?? 'channelsLast') !== 'channelsLast') {
    throw new ModelFault(`${ownerOf(config)}: dataFormat must be channelsLast, got ${config.dataFormat}`);
  }
  return { data_format: 'channels_last' };
}

const flatten: LayerCodec = {
  keras: 'Flatten',
  classes: ['Flatten'],
  read(fields, { inputShape }) {
    onlyChannelsLast(fields);
    // Keras leaves rows as they are, which tfjs refuses.
    if (inputShape.length === 2) return tf.layers.activation({ ...named(fields), activation: 'linear' });
    return tf.layers.flatten(named(fields));
  },
  write: (config) => writtenChannelsLast(config),
};

const reshape: LayerCodec = {
  keras: 'Reshape',
  classes: ['Reshape'],
  read(fields, { inputShape }) {
    const targetShape = filledShape(fields, inputShape.slice(1));
    return tf.layers.reshape({ ...named(fields), targetShape });
  },
  write: (config) => ({ target_shape: (config.targetShape as (number | null)[]).map((size) => size ?? -1) }),
};

/** `target_shape` with the size that it leaves open (−1), which tfjs would leave to the layers behind. */
function filledShape(fields: Fields, input: Shape): number[] {
  const target = wholeNumbers(fields, 'target_shape');
  const values = input.reduce<number>((product, length) => product * (length ?? Number.NaN), 1);
  if (!target.includes(-1) || Number.isNaN(values)) return target;
  const others = target.reduce((product, length) => product * (length === -1 ? 1 : length), 1);
  const open = values / others;
  if (!(Number.isInteger(open) && open > 0)) throw fields.fault('target_shape', `sizes that divide ${values} values`);
  return target.map((length) => (length === -1 ? open : length));
}

const permute: LayerCodec = {
  keras: 'Permute',
  classes: ['Permute'],
  read: (fields) => tf.layers.permute({ ...named(fields), dims: wholeNumbers(fields, 'dims') }),
  write: (config) => ({ dims: config.dims }),
};

const repeatVector: LayerCodec = {
  keras: 'RepeatVector',
  classes: ['RepeatVector'],
  read: (fields) => tf.layers.repeatVector({ ...named(fields), n: fields.count('n') }),
  write: (config) => ({ n: config.n }),
};

function wholeNumbers(fields: Fields, key: string): number[] {
  const value = fields.get(key);
  if (!Array.isArray(value) || !value.every(Number.isSafeInteger)) throw fields.fault(key, 'a list of whole numbers');
  return value as number[];
}

export const CORE_LAYERS: readonly LayerCodec[] = [
  ...[dense, dropoutCodec, spatialDropout(1), spatialDropout(2), activation, relu, leakyRelu, elu, softmax],
  ...[flatten, reshape, permute, repeatVector],
];
