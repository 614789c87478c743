/** The layers that Keras and this library share, by name. */
import { flag } from '../../../schema';
import type { tf } from '../../../tensorflow';
import { Fields, isRecord, type KerasObject, ModelFault, shown } from '../fields';
import { type InnerLayer, type LayerCodec, ownerOf, type ReadContext, type WriteContext } from './codec';
import { CORE_LAYERS } from './core-layers';
import { RECURRENT_LAYERS } from './recurrent-layers';

const CODECS: readonly LayerCodec[] = [...CORE_LAYERS, ...RECURRENT_LAYERS];
const BY_KERAS = new Map(CODECS.map((codec) => [codec.keras, codec]));
const BY_CLASS = new Map(CODECS.flatMap((codec) => codec.classes.map((name) => [name, codec] as const)));

/**
 * Makes a layer from Keras's description, without weights.
 *
 * Options that matter only for training (initialisers, regularisers, constraints) are omitted.
 */
export function readLayer(object: KerasObject, context: Omit<ReadContext, 'inner'>): tf.layers.Layer {
  const fields = new Fields(object);
  const codec = BY_KERAS.get(object.class_name);
  if (!codec) {
    const known = [...BY_KERAS.keys()].join(', ');
    throw new ModelFault(`${fields.owner} has no counterpart here; layers must be of ${known}`);
  }
  checkPrecision(fields);
  fields.demand(DEMANDED);
  const inner: ReadContext['inner'] = (wrapped, changed) => readLayer(wrapped, { ...context, ...changed });
  const layer = codec.read(fields, { ...context, inner });
  if (!fields.read('trainable', flag, true)) layer.trainable = false;
  return layer;
}

/** Options of any layer that have but one counterpart here. */
const DEMANDED = {
  lora_rank: null,
  quantization_config: null,
  noise_shape: null,
  data_format: 'channels_last',
  renorm: false,
  rms_scaling: false,
};

const PRECISIONS = ['float32', 'mixed_float16', 'mixed_bfloat16'];

/** Weights must be in single precision, and so is everything that is computed here. */
function checkPrecision(fields: Fields): void {
  const dtype = fields.get('dtype') ?? 'float32';
  const name = isRecord(dtype) && isRecord(dtype.config) ? dtype.config.name : dtype;
  if (!PRECISIONS.includes(name as string)) throw fields.fault('dtype', `one of ${PRECISIONS.join(', ')}`);
}

/** Describes a layer as Keras does. */
export function writeLayer({ className, config }: InnerLayer, context: Omit<WriteContext, 'inner'>): KerasObject {
  const codec = BY_CLASS.get(className);
  if (!codec) {
    throw new ModelFault(
      `layer ${shown(config.name)} is a ${className}, which Keras does not have; save the model otherwise`,
    );
  }
  if ((config.dataFormat ?? 'channelsLast') !== 'channelsLast') {
    throw new ModelFault(`${ownerOf(config)}: dataFormat must be channelsLast, got ${config.dataFormat}`);
  }
  const inner: WriteContext['inner'] = (wrapped, changed) => writeLayer(wrapped, { ...context, ...changed });
  const own: WriteContext = { ...context, folds: className === 'FoldedTimeDistributed', inner };
  const options = codec.write(config, own);
  return {
    module: 'keras.layers',
    class_name: codec.kerasFor?.(config, own) ?? codec.keras,
    // Some Keras layers without weights have no `trainable`.
    config: {
      name: config.name,
      ...(config.trainable === false && { trainable: false }),
      dtype: 'float32',
      ...options,
    },
    registered_name: null,
  };
}
