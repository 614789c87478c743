/** Paths of each layer's weights in HDF5 files, as Keras 3 lays them out and as older files do. */
import { tf } from '../../tensorflow';
import type { LayerVariable } from '../layer';
import type { LayerDescription, ModelDescription } from './description';
import { asKerasObject, type KerasObject, ModelFault, shown } from './fields';
import type { Hdf5File } from './hdf5';

/** Finds the paths of a layer's weights in a file, in the order in which tfjs lists them. */
export type WeightFinder = (layer: LayerDescription) => string[];

/** A Python class's name as Keras writes it in paths: `Conv1D` → `conv1d`, `ReLU` → `re_lu`. */
function snakeCase(name: string): string {
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
export function layerGroups({ kind, layers }: ModelDescription): Map<LayerDescription, string> {
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
  const below = (...groups: string[]): string[] => {
    const inner = variableGroups(asKerasObject(object.config.layer, `${object.class_name}: layer`));
    return groups.flatMap((group) => inner.map((path) => `${group}/${path}`));
  };
  switch (object.class_name) {
    case 'LSTM':
    case 'GRU':
      return ['cell/vars'];
    case 'TimeDistributed':
      return below('layer');
    case 'Bidirectional':
      return below('forward_layer', 'backward_layer');
    default:
      return ['vars'];
  }
}

/** Finds weights as Keras 3 lays them out, for a model as it stands in the file. */
export function findByGroup(description: ModelDescription, file: Hdf5File): WeightFinder {
  const groups = layerGroups(description);
  return (layer) => {
    const group = groups.get(layer);
    return group ? variableGroups(layer.object).flatMap((path) => numbered(file, `${group}/${path}`)) : [];
  };
}

/** The arrays 0, 1, 2, … of a group. */
function numbered(file: Hdf5File, group: string): string[] {
  const names = file.names(group);
  const wrong = names.find((name) => !/^\d+$/.test(name) || Number(name) >= names.length);
  if (wrong !== undefined) throw new ModelFault(`"${group}" must hold the arrays 0, 1, …, got ${shown(wrong)}`);
  return names.map((_, index) => `${group}/${index}`);
}

/**
 * The group that lists layers by name in `model.save('x.h5')` of Keras 2 and 3, and in `save_weights('x.h5')` of
 * Keras 2; undefined if the file has the layout of Keras 3.
 */
export function legacyGroup(file: Hdf5File): string | undefined {
  return ['model_weights', ''].find((group) => file.texts(group, 'layer_names') !== undefined);
}

/** Names of the layers in such a group, in the file's order, and the paths of their weights. */
export function legacyPaths(file: Hdf5File, group: string): Map<string, string[]> {
  const names = file.texts(group, 'layer_names') ?? [];
  return new Map(
    names.map((name) => {
      const place = group === '' ? name : `${group}/${name}`;
      const weights = file.texts(place, 'weight_names');
      if (!weights) throw new ModelFault(`the group ${shown(place)} must list its weight_names; the file is damaged`);
      return [name, weights.map((weight) => `${place}/${weight}`)];
    }),
  );
}

/** Weights of a layer with their places in a file. */
export interface PlacedWeights {
  /** Names the layer in errors. */
  label: string;
  weights: LayerVariable[];
  paths: string[];
}

/** Gives weights the values that a file holds, all of them or none. */
export function assignWeights(layers: readonly PlacedWeights[], file: Hdf5File): void {
  const placed = layers.flatMap(({ label, weights, paths }) => {
    if (weights.length !== paths.length) {
      const got = `${paths.length} (${shown(paths)})`;
      throw new ModelFault(`${label} must have ${weights.length} arrays of weights, got ${got}`);
    }
    return weights.map((weight, index) => ({ label, weight, path: paths[index] }));
  });
  for (const { label, weight, path } of placed) {
    const shape = file.shape(path);
    if (`${shape}` !== `${weight.shape}`) {
      throw new ModelFault(`"${path}" must have the shape [${weight.shape}] of ${label}, got [${shape}]`);
    }
  }
  for (const { weight, path } of placed) {
    const { shape, values } = file.read(path);
    tf.tidy(() => {
      weight.write(tf.tensor(values, shape));
    });
  }
}
