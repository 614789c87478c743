/** Layers of several inputs. */
import { tf } from '../../../tensorflow';
import { type LayerCodec, named } from './codec';

const merge = (keras: string, make: (options: { name: string }) => tf.layers.Layer): LayerCodec => ({
  keras,
  classes: [keras],
  read: (fields) => make(named(fields)),
  write: () => ({}),
});

const concatenate: LayerCodec = {
  keras: 'Concatenate',
  classes: ['Concatenate'],
  read: (fields) => tf.layers.concatenate({ ...named(fields), axis: fields.number('axis', -1) }),
  write: (config) => ({ axis: config.axis }),
};

export const MERGE_LAYERS: readonly LayerCodec[] = [
  merge('Add', tf.layers.add),
  merge('Multiply', tf.layers.multiply),
  merge('Average', tf.layers.average),
  merge('Maximum', tf.layers.maximum),
  merge('Minimum', tf.layers.minimum),
  concatenate,
];
