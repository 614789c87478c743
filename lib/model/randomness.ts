/** Where a model draws at random, so that a training can be taken up exactly where it was left. */
import { Random } from '../random';
import type { tf } from '../tensorflow';

/** What layers of ours may have besides what tfjs knows. */
interface ChanceLayer {
  /** The stream that a layer draws from. */
  random?: unknown;
  /** The layers that a layer wraps. */
  innerLayers?: () => tf.layers.Layer[];
}

/** The streams of chance of all layers, wrapped ones included, in the order of the layers. */
export function randomStreams(layers: readonly tf.layers.Layer[]): Random[] {
  return layers.flatMap((layer) => {
    const { random, innerLayers } = layer as ChanceLayer;
    const own = random instanceof Random ? [random] : [];
    return [...own, ...(innerLayers ? randomStreams(innerLayers.call(layer)) : [])];
  });
}
