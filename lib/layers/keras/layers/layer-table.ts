/** The layers that Keras and this library share, by name. */
import type { tf } from '../../../tensorflow';
import { ModelFault } from '../fault';
import { Fields, isRecord, type KerasObject, shown } from '../fields';
import type { LayerCodec, ReadContext, WriteContext } from './codec';
import { CONVOLUTION_LAYERS } from './convolution-layers';
import { CORE_LAYERS } from './core-layers';
import { MERGE_LAYERS } from './merge-layers';
import { NORMALIZATION_LAYERS } from './normalization-layers';
import { RECURRENT_LAYERS } from './recurrent-layers';
import { WRAPPER_LAYERS } from './wrapper-layers';

const CODECS: readonly LayerCodec[] = [
  ...CORE_LAYERS,
  ...CONVOLUTION_LAYERS,
  ...RECURRENT_LAYERS,
  ...NORMALIZATION_LAYERS,
  ...MERGE_LAYERS,
  ...WRAPPER_LAYERS,
];
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
  fields.demand('lora_rank', null);
  fields.demand('quantization_config', null);
  const inner: ReadContext['inner'] = (wrapped, changed) => readLayer(wrapped, { ...context, ...changed });
  const layer = codec.read(fields, { ...context, inner });
  if (!fields.flag('trainable', true)) layer.trainable = false;
  return layer;
}

const PRECISIONS = ['float32', 'mixed_float16', 'mixed_bfloat16'];

/** Weights must be in single precision, and so is everything that is computed here. */
function checkPrecision(fields: Fields): void {
  const dtype = fields.get('dtype') ?? 'float32';
  const name = isRecord(dtype) && isRecord(dtype.config) ? dtype.config.name : dtype;
  if (!PRECISIONS.includes(name as string)) throw fields.fault('dtype', `one of ${PRECISIONS.join(', ')}`);
}

/** Describes a layer as Keras does. */
export function writeLayer(
  { className, config }: { className: string; config: Record<string, unknown> },
  context: Omit<WriteContext, 'inner'>,
): KerasObject {
  const codec = BY_CLASS.get(className);
  if (!codec) {
    throw new ModelFault(
      `layer ${shown(config.name)} is a ${className}, which Keras does not have; save the model otherwise`,
    );
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
