/** Recurrent layers, and the wrappers that run one both ways or one layer for every frame. */
import { flag, oneOf } from '../../../schema';
import { tf } from '../../../tensorflow';
import { count, share } from '../../layer';
import { gru, lstm } from '../../recurrent';
import { bidirectional, timeDistributed } from '../../wrappers';
import { Fields, type KerasObject, ModelFault, shown } from '../fields';
import {
  activationOption,
  codec,
  type InnerLayer,
  type LayerCodec,
  type LayerConfig,
  type Option,
  option,
  ownerOf,
  type ReadContext,
  readOptions,
  type WriteContext,
} from './codec';
import { PlainGru } from './plain-gru';

type RecurrentOptions = Parameters<typeof tf.layers.lstm>[0] & { resetAfter: boolean };
type StockLayer = Parameters<typeof tf.layers.bidirectional>[0]['layer'];

/** What both classes of recurrent layers have. Their state starts at zero, and masks do not reach them. */
const SHARED: readonly Option[] = [
  option('units', count),
  activationOption('activation', 'tanh'),
  activationOption('recurrent_activation', 'sigmoid'),
  option('use_bias', flag, true),
  {
    ...option('return_sequences', flag, false),
    write(value, config) {
      checkWritable(config);
      return value ?? false;
    },
  },
  {
    ...option('go_backwards', flag, false),
    write: (value, config) => config.backwards ?? value ?? false,
  },
  option('dropout', share, 0),
  option('recurrent_dropout', share, 0),
];

/**
 * `reset_after`, the GRU's default since Keras 2, has two biases. An LSTM, which has no such option, is read as if it
 * were true.
 */
const RESET_AFTER: Option = {
  ...option('reset_after', flag),
  read: (fields, { legacy }) => fields.object.class_name === 'LSTM' || fields.read('reset_after', flag, !legacy),
  write: (_, config) => !('recurrentInitializer' in config),
};

function readRecurrent(fields: Fields, context: ReadContext): RecurrentOptions {
  fields.demand({ return_state: false, stateful: false });
  const options = readOptions([...SHARED, RESET_AFTER], fields, context) as unknown as RecurrentOptions;
  return { ...options, unitForgetBias: false };
}

/** Tests whether the fused layers support these options; backward outputs stay at their frames. */
const isFused = (options: RecurrentOptions): boolean =>
  isPlain(options) && options.useBias === true && options.resetAfter;

const isPlain = ({ dropout, recurrentDropout, activation, recurrentActivation }: RecurrentOptions): boolean =>
  !dropout && !recurrentDropout && activation === 'tanh' && recurrentActivation === 'sigmoid';

/** A layer of tfjs's own, or the GRU that it lacks. */
function stock(fields: Fields, options: RecurrentOptions): StockLayer {
  if (fields.object.class_name === 'LSTM') return tf.layers.lstm(options) as StockLayer;
  if (!options.resetAfter) return tf.layers.gru(options) as StockLayer;
  if (!isPlain(options)) {
    throw new ModelFault(
      `${fields.owner}: a GRU with reset_after must have tanh, sigmoid and no dropout of its own, got ` +
        `${shown([options.activation, options.recurrentActivation, options.dropout, options.recurrentDropout])}`,
    );
  }
  const { name, units, useBias, returnSequences, goBackwards } = options;
  return new PlainGru({ name, units, useBias, returnSequences, goBackwards }) as unknown as StockLayer;
}

/** Gates are in the order i, f, c, o of LSTMs and z, r, h of GRUs on all sides. */
function recurrent(keras: string, fused: typeof lstm, classes: string[], options: readonly Option[]): LayerCodec {
  return {
    ...codec(keras, fused, options, { classes }),
    read(fields, context) {
      const options = readRecurrent(fields, context);
      const { name, units, returnSequences, goBackwards } = options;
      if (!isFused(options) || (goBackwards && returnSequences)) return stock(fields, options);
      return fused({ name, units, returnSequences, backwards: goBackwards, seed: context.nextSeed() });
    },
  };
}

function checkWritable(config: LayerConfig): void {
  if (config.backwards && config.returnSequences) {
    throw new ModelFault(
      `${ownerOf(config)}: Keras returns the frames of a backward layer in reverse; wrap it in bidirectional, or return the last output`,
    );
  }
  if (config.stateful || config.returnState) {
    throw new ModelFault(`${ownerOf(config)}: stateful and returnState must be false to be written for Keras`);
  }
}

const bidirectionalCodec: LayerCodec = {
  keras: 'Bidirectional',
  classes: ['SpeechBidirectional', 'Bidirectional'],
  read(fields, context) {
    const object = fields.inner('layer');
    const forward = new Fields(object);
    if (fields.get('backward_layer') !== undefined) checkMirrored(fields, object, fields.inner('backward_layer'));
    if (!['LSTM', 'GRU'].includes(object.class_name)) {
      throw new ModelFault(`${fields.owner} may hold an LSTM or a GRU, got ${forward.owner}`);
    }
    if (forward.read('go_backwards', flag, false)) throw forward.fault('go_backwards', 'false inside Bidirectional');
    const { name } = readOptions([], fields, context) as { name: string };
    const mergeMode = fields.read('merge_mode', oneOf(['concat', 'sum', 'mul', 'ave'] as const), 'concat');
    const options = readRecurrent(forward, context);
    if (mergeMode === 'concat' && isFused(options)) {
      return bidirectional({ name, layer: context.inner(object, {}) });
    }
    return tf.layers.bidirectional({ name, layer: stock(forward, options), mergeMode });
  },
  write: (config, { inner }) => ({
    merge_mode: config.mergeMode ?? 'concat',
    layer: inner(config.layer as InnerLayer, {}),
  }),
};

/** Refuses a backward layer that is not the forward one turned round, which tfjs cannot hold. */
function checkMirrored(fields: Fields, forward: KerasObject, backward: KerasObject): void {
  const same = (key: string): boolean => JSON.stringify(forward.config[key]) === JSON.stringify(backward.config[key]);
  const keys = ['units', 'activation', 'recurrent_activation', 'use_bias', 'reset_after', 'return_sequences'];
  const other = keys.find((key) => !same(key));
  if (forward.class_name !== backward.class_name || backward.config.go_backwards !== true || other) {
    throw new ModelFault(
      `${fields.owner}: backward_layer must be the layer turned round, got ${shown(backward.class_name)} that differs` +
        ` in ${other ?? 'its class or direction'}`,
    );
  }
}

/** Total number of frames of nested wrappers; absent if it is not fixed. */
const framesOf = (outer: number | null | undefined, frames: number | null): number | undefined =>
  frames === null || outer === null ? undefined : (outer ?? 1) * frames;

/** The shape of one frame, with the batch. */
const frameOf = ([batch, , ...frame]: WriteContext['inputShape']): WriteContext['inputShape'] => [batch, ...frame];

const timeDistributedCodec: LayerCodec = {
  keras: 'TimeDistributed',
  classes: ['FoldedTimeDistributed', 'TimeDistributed'],
  read(fields, context) {
    const { inner, inputShape, frames } = context;
    if (inputShape.length < 3) throw fields.fault('layer', `given [batch, frames, …], its input is [${inputShape}]`);
    const { name } = readOptions([], fields, context) as { name: string };
    const innerContext = { inputShape: frameOf(inputShape), frames: framesOf(frames, inputShape[1]) };
    return timeDistributed({ name, layer: inner(fields.inner('layer'), innerContext) });
  },
  write(config, { inner, inputShape, folds, frames: outer }) {
    const frames = folds ? framesOf(outer, inputShape[1]) : outer;
    return { layer: inner(config.layer as InnerLayer, { inputShape: frameOf(inputShape), frames }) };
  },
};

export const RECURRENT_LAYERS: readonly LayerCodec[] = [
  recurrent('LSTM', lstm, ['FusedLstm', 'LSTM'], SHARED),
  recurrent('GRU', gru, ['FusedGru', 'PlainGru', 'GRU'], [...SHARED, RESET_AFTER]),
  bidirectionalCodec,
  timeDistributedCodec,
];
