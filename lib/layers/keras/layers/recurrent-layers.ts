/** Recurrent layers, and the wrapper that runs one both ways. */
import { tf } from '../../../tensorflow';
import { bidirectional, gru, lstm } from '../../layers';
import { ModelFault } from '../fault';
import { asKerasObject, Fields, type KerasObject, shown } from '../fields';
import { readActivation, writeActivation } from './activations';
import { type InnerLayer, type LayerCodec, type LayerConfig, named, ownerOf, type ReadContext } from './codec';
import { PlainGru } from './plain-gru';

type LstmOptions = Parameters<typeof tf.layers.lstm>[0];
type StockLayer = Parameters<typeof tf.layers.bidirectional>[0]['layer'];

/** Common fields of the recurrent layers. Their state starts at zero, and masks do not reach them. */
function readRecurrent(fields: Fields, { legacy }: ReadContext): LstmOptions {
  fields.demand('return_state', false);
  fields.demand('stateful', false);
  const share = (key: string): number => {
    const value = fields.number(key, 0);
    if (value < 0 || value >= 1) throw fields.fault(key, 'from 0 up to 1 (excluded)');
    return value;
  };
  return {
    ...named(fields),
    units: fields.count('units'),
    activation: readActivation(fields, 'activation', 'tanh', legacy),
    recurrentActivation: readActivation(fields, 'recurrent_activation', 'sigmoid', legacy),
    useBias: fields.flag('use_bias', true),
    returnSequences: fields.flag('return_sequences', false),
    goBackwards: fields.flag('go_backwards', false),
    dropout: share('dropout'),
    recurrentDropout: share('recurrent_dropout'),
    kernelInitializer: 'zeros',
    recurrentInitializer: 'zeros',
    unitForgetBias: false,
  };
}

function writeRecurrent(config: LayerConfig): Record<string, unknown> {
  if (config.backwards && config.returnSequences) {
    throw new ModelFault(
      `${ownerOf(config)}: Keras returns the frames of a backward layer in reverse; wrap it in bidirectional, or return the last output`,
    );
  }
  if (config.stateful || config.returnState) {
    throw new ModelFault(`${ownerOf(config)}: stateful and returnState must be false to be written for Keras`);
  }
  return {
    units: config.units,
    activation: writeActivation(ownerOf(config), config.activation ?? 'tanh'),
    recurrent_activation: writeActivation(ownerOf(config), config.recurrentActivation ?? 'sigmoid'),
    use_bias: config.useBias ?? true,
    return_sequences: config.returnSequences ?? false,
    go_backwards: config.backwards ?? config.goBackwards ?? false,
    dropout: config.dropout ?? 0,
    recurrent_dropout: config.recurrentDropout ?? 0,
  };
}

/** Tests whether the fused layers support these options; backward outputs stay at their frames. */
const isPlain = ({ useBias, dropout, recurrentDropout, activation, recurrentActivation }: LstmOptions): boolean =>
  useBias === true && !dropout && !recurrentDropout && activation === 'tanh' && recurrentActivation === 'sigmoid';

/** Gates in the order i, f, c, o on all sides. */
const lstmCodec: LayerCodec = {
  keras: 'LSTM',
  classes: ['FusedLstm', 'LSTM'],
  read(fields, context) {
    const options = readRecurrent(fields, context);
    const { name, units, returnSequences, goBackwards } = options;
    if (!isPlain(options) || (goBackwards && returnSequences)) return tf.layers.lstm(options);
    return lstm({ name, units, returnSequences, backwards: goBackwards, seed: context.nextSeed() });
  },
  write: writeRecurrent,
};

/**
 * Gates in the order z, r, h on all sides. `reset_after`, Keras's default since version 2, has two biases; without it
 * the layer is tfjs's.
 */
const gruCodec: LayerCodec = {
  keras: 'GRU',
  classes: ['FusedGru', 'PlainGru', 'GRU'],
  read(fields, context) {
    const options = readRecurrent(fields, context);
    const { name, units, returnSequences, goBackwards } = options;
    if (!fields.flag('reset_after', !context.legacy)) return tf.layers.gru(options);
    if (!isPlain(options) || (goBackwards && returnSequences)) return plainGru(fields, options);
    return gru({ name, units, returnSequences, backwards: goBackwards, seed: context.nextSeed() });
  },
  write: (config) => ({ ...writeRecurrent(config), reset_after: !('recurrentInitializer' in config) }),
};

function plainGru(fields: Fields, options: LstmOptions): PlainGru {
  const { name, units, useBias, returnSequences, goBackwards } = options;
  if (!isPlain({ ...options, useBias: true })) {
    throw new ModelFault(
      `${fields.owner}: a GRU with reset_after must have tanh, sigmoid and no dropout of its own, got ` +
        `${shown([options.activation, options.recurrentActivation, options.dropout, options.recurrentDropout])}`,
    );
  }
  return new PlainGru({ name, units, useBias, returnSequences, goBackwards });
}

const bidirectionalCodec: LayerCodec = {
  keras: 'Bidirectional',
  classes: ['SpeechBidirectional', 'Bidirectional'],
  read(fields, context) {
    const object = asKerasObject(fields.get('layer'), `${fields.owner}: layer`);
    const forward = new Fields(object);
    const backward = fields.get('backward_layer');
    if (backward !== undefined)
      checkMirrored(fields, object, asKerasObject(backward, `${fields.owner}: backward_layer`));
    if (!['LSTM', 'GRU'].includes(object.class_name)) {
      throw new ModelFault(`${fields.owner} may hold an LSTM or a GRU, got ${forward.owner}`);
    }
    if (forward.flag('go_backwards', false)) throw forward.fault('go_backwards', 'false inside Bidirectional');
    const mergeMode = fields.choice('merge_mode', ['concat', 'sum', 'mul', 'ave'], 'concat');
    const resetAfter = object.class_name === 'LSTM' || forward.flag('reset_after', !context.legacy);
    const options = readRecurrent(forward, context);
    if (mergeMode === 'concat' && resetAfter && isPlain(options)) {
      return bidirectional({ ...named(fields), layer: context.inner(object, {}) });
    }
    return tf.layers.bidirectional({ ...named(fields), layer: stock(forward, options, resetAfter), mergeMode });
  },
  write: (config, { inner }) => ({
    merge_mode: config.mergeMode ?? 'concat',
    layer: inner(config.layer as InnerLayer, {}),
  }),
};

/** A layer that tfjs's own wrapper can turn round. */
function stock(fields: Fields, options: LstmOptions, resetAfter: boolean): StockLayer {
  if (fields.object.class_name === 'LSTM') return tf.layers.lstm(options) as StockLayer;
  return (resetAfter ? plainGru(fields, options) : tf.layers.gru(options)) as StockLayer;
}

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

export const RECURRENT_LAYERS: readonly LayerCodec[] = [lstmCodec, gruCodec, bidirectionalCodec];
