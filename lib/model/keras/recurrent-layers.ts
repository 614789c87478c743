/** Recurrent layers, and the wrapper that runs one both ways. */
import { tf } from '../../tensorflow';
import { lstm } from '../layers';
import { readActivation, writeActivation } from './activations';
import { type InnerLayer, type LayerCodec, type LayerConfig, named, ownerOf, type ReadContext } from './codec';
import { ModelFault } from './fault';
import { asKerasObject, Fields, type KerasObject, shown } from './fields';
import { ResetAfterGru } from './gru';

type LstmOptions = Parameters<typeof tf.layers.lstm>[0];
type LstmLayer = Parameters<typeof tf.layers.bidirectional>[0]['layer'];

/** What the recurrent layers share. Their state starts at zero, and masks do not reach them. */
function readRecurrent(fields: Fields, { legacy }: ReadContext): LstmOptions {
  fields.only('return_state', false);
  fields.only('stateful', false);
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
  if (config.stateful || config.returnState) {
    throw new ModelFault(`${ownerOf(config)}: stateful and returnState must be false to be written for Keras`);
  }
  return {
    units: config.units,
    activation: writeActivation(ownerOf(config), config.activation ?? 'tanh'),
    recurrent_activation: writeActivation(ownerOf(config), config.recurrentActivation ?? 'sigmoid'),
    use_bias: config.useBias ?? true,
    return_sequences: config.returnSequences ?? false,
    go_backwards: config.goBackwards ?? false,
    dropout: config.dropout ?? 0,
    recurrent_dropout: config.recurrentDropout ?? 0,
  };
}

/** Gates in the order i, f, c, o on all sides. */
const lstmCodec: LayerCodec = {
  keras: 'LSTM',
  classes: ['FusedLstm', 'LSTM'],
  read(fields, context) {
    const options = readRecurrent(fields, context);
    const { name, units, returnSequences, activation, recurrentActivation } = options;
    const plain = !(options.goBackwards || options.dropout || options.recurrentDropout) && options.useBias;
    const fused = plain && activation === 'tanh' && recurrentActivation === 'sigmoid';
    return fused ? lstm({ name, units, returnSequences, seed: context.nextSeed() }) : tf.layers.lstm(options);
  },
  write: writeRecurrent,
};

/**
 * Gates in the order z, r, h on all sides. `reset_after`, Keras's default since version 2, has two biases and is our
 * own layer; without it the layer is tfjs's.
 */
const gruCodec: LayerCodec = {
  keras: 'GRU',
  classes: ['ResetAfterGru', 'GRU'],
  read(fields, context) {
    const options = readRecurrent(fields, context);
    if (!fields.flag('reset_after', !context.legacy)) return tf.layers.gru(options);
    const { activation, recurrentActivation } = options;
    if (activation !== 'tanh') throw fields.fault('activation', '"tanh" where reset_after is true');
    if (recurrentActivation !== 'sigmoid')
      throw fields.fault('recurrent_activation', '"sigmoid" where reset_after is true');
    const { name, units, useBias, returnSequences, goBackwards } = options;
    return new ResetAfterGru({ name, units, useBias, returnSequences, goBackwards });
  },
  write: (config) => ({ ...writeRecurrent(config), reset_after: !('recurrentInitializer' in config) }),
};

const bidirectional: LayerCodec = {
  keras: 'Bidirectional',
  classes: ['Bidirectional'],
  read(fields, context) {
    const object = asKerasObject(fields.get('layer'), `${fields.owner}: layer`);
    const forward = new Fields(object);
    const backward = fields.get('backward_layer');
    if (backward !== undefined)
      checkMirrored(fields, object, asKerasObject(backward, `${fields.owner}: backward_layer`));
    if (forward.flag('go_backwards', false)) throw forward.fault('go_backwards', 'false inside Bidirectional');
    const mergeMode = fields.choice('merge_mode', ['concat', 'sum', 'mul', 'ave'], 'concat');
    return tf.layers.bidirectional({ ...named(fields), layer: directed(forward, context), mergeMode });
  },
  write: (config, { inner }) => ({ merge_mode: config.mergeMode, layer: inner(config.layer as InnerLayer, {}) }),
};

/** A layer that can go backwards too, for tfjs's wrapper. */
function directed(forward: Fields, context: ReadContext): LstmLayer {
  if (forward.object.class_name === 'LSTM') return tf.layers.lstm(readRecurrent(forward, context)) as LstmLayer;
  if (forward.object.class_name === 'GRU') return gruCodec.read(forward, context) as LstmLayer;
  throw new ModelFault(`Bidirectional may hold an LSTM or a GRU, got ${forward.owner}`);
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

export const RECURRENT_LAYERS: readonly LayerCodec[] = [lstmCodec, gruCodec, bidirectional];
