/** Random streams of a model's layers, so that training can be resumed exactly. */
import { Random } from '../random';
import type { tf } from '../tensorflow';

/** Optional members of this project's layers, besides those of tfjs. */
interface ChanceLayer {
  /** Random stream of the layer. */
  random?: unknown;
  /** Wrapped layers. */
  innerLayers?: () => tf.layers.Layer[];
}

/** Random streams of all layers, including wrapped ones, in the order of the layers. */
export function randomStreams(layers: readonly tf.layers.Layer[]): Random[] {
  return layers.flatMap((layer) => {
    const { random, innerLayers } = layer as ChanceLayer;
    const own = random instanceof Random ? [random] : [];
    return [...own, ...(innerLayers ? randomStreams(innerLayers.call(layer)) : [])];
  });
}
