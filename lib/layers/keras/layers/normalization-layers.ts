/** Batch and layer normalisation. */
import { tf } from '../../../tensorflow';
import { batchNormalization, layerNormalization } from '../../layers';
import type { Fields } from '../fields';
import { type LayerCodec, named } from './codec';

/**
 * Keras's TimeDistributed moves running statistics once per frame, the folded one once per step: Keras's momentum
 * to the power of the frames is ours.
 */
const folded = (momentum: number, frames = 1): number => momentum ** frames;
/** The way back, rounded so that 0.99 comes back as 0.99. */
const unfolded = (momentum: number, frames = 1): number => Number((momentum ** (1 / frames)).toPrecision(12));

function axisOf(fields: Fields, rank: number): number {
  const value = fields.get('axis') ?? -1;
  const axis = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank || axis === 0) {
    throw fields.fault('axis', `one axis of the layer's ${rank}, not that of the examples`);
  }
  return axis < 0 ? axis + rank : axis;
}

const batch: LayerCodec = {
  keras: 'BatchNormalization',
  classes: ['FusedBatchNormalization', 'BatchNormalization'],
  read(fields, { inputShape, frames }) {
    fields.demand('renorm', false);
    const axis = axisOf(fields, inputShape.length);
    const center = fields.flag('center', true);
    const scale = fields.flag('scale', true);
    const momentum = folded(fields.number('momentum', 0.99), frames ?? 1);
    const options = { ...named(fields), momentum, epsilon: fields.number('epsilon', 1e-3) };
    const fused = axis === inputShape.length - 1 && center && scale;
    return fused ? batchNormalization(options) : tf.layers.batchNormalization({ ...options, axis, center, scale });
  },
  write: (config, { frames }) => ({
    axis: config.axis ?? -1,
    momentum: unfolded(config.momentum as number, frames ?? 1),
    epsilon: config.epsilon,
    center: config.center ?? true,
    scale: config.scale ?? true,
  }),
};

const layer: LayerCodec = {
  keras: 'LayerNormalization',
  classes: ['SpeechLayerNormalization', 'LayerNormalization'],
  read(fields, { inputShape }) {
    fields.demand('rms_scaling', false);
    const axis = axisOf(fields, inputShape.length);
    const center = fields.flag('center', true);
    const scale = fields.flag('scale', true);
    const options = { ...named(fields), epsilon: fields.number('epsilon', 1e-3) };
    if (!(options.epsilon > 0)) throw fields.fault('epsilon', 'above 0');
    const ours = axis === inputShape.length - 1 && center && scale;
    return ours ? layerNormalization(options) : tf.layers.layerNormalization({ ...options, axis, center, scale });
  },
  write: (config) => ({
    axis: config.axis ?? -1,
    epsilon: config.epsilon,
    center: config.center ?? true,
    scale: config.scale ?? true,
  }),
};

export const NORMALIZATION_LAYERS: readonly LayerCodec[] = [batch, layer];
