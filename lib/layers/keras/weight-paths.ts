/** Paths of each layer's weights in Keras 3's model.weights.h5. */
import type { LayerDescription, ModelDescription } from './description';
import { asKerasObject, type KerasObject } from './fields';

/** A Python class's name as Keras writes it in paths: `Conv1D` → `conv1d`, `ReLU` → `re_lu`. */
export function snakeCase(name: string): string {
  return name
    .replaceAll(/\W+/g, '')
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/**
 * The group of each layer: its class, numbered where it comes again, whatever the layer is called: `layers/dense`,
 * `layers/dense_1`. The input of a Sequential model has none.
 */
export function layerGroups({
  kind,
  layers,
}: Pick<ModelDescription, 'kind' | 'layers'>): Map<LayerDescription, string> {
  const used = new Map<string, number>();
  const groups = new Map<LayerDescription, string>();
  for (const layer of layers) {
    if (kind === 'sequential' && layer.object.class_name === 'InputLayer') continue;
    const name = snakeCase(layer.object.class_name);
    const before = used.get(name) ?? 0;
    used.set(name, before + 1);
    groups.set(layer, `layers/${before === 0 ? name : `${name}_${before}`}`);
  }
  return groups;
}

/** Groups below a layer's own whose `vars` hold its weights, in the order in which tfjs lists them. */
export function variableGroups(object: KerasObject): string[] {
  const inner = (): KerasObject => asKerasObject(object.config.layer, `${object.class_name}: layer`);
  const below = (group: string): string[] => variableGroups(inner()).map((path) => `${group}/${path}`);
  switch (object.class_name) {
    case 'LSTM':
    case 'GRU':
      return ['cell/vars'];
    case 'TimeDistributed':
      return below('layer');
    case 'Bidirectional':
      return [...below('forward_layer'), ...below('backward_layer')];
    default:
      return ['vars'];
  }
}
