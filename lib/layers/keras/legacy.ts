/** Weights in the older layouts: `model.save('x.h5')` of Keras 2 and 3, and `save_weights('x.h5')` of Keras 2. */
import type { LayerDescription } from './description';
import { ModelFault } from './fault';
import { shown } from './fields';
import type { Hdf5Reader } from './hdf5';

/** The group that lists layers by name, undefined if the file has another layout. */
export function legacyGroup(file: Hdf5Reader): string | undefined {
  return ['model_weights', ''].find((group) => file.texts(group, 'layer_names') !== undefined);
}

/** Paths of the weights of the layer of this name. */
export function legacyPaths(file: Hdf5Reader, group: string, name: string): string[] {
  if (!file.texts(group, 'layer_names')?.includes(name)) return [];
  const place = group === '' ? name : `${group}/${name}`;
  const names = file.texts(place, 'weight_names');
  if (!names) throw new ModelFault(`the group ${shown(place)} must list its weight_names; the file is damaged`);
  return names.map((weight) => `${place}/${weight}`);
}

/** Layers that have weights, in the file's order, for models whose layers have other names. */
export function legacyLayers(file: Hdf5Reader, group: string): string[] {
  return (file.texts(group, 'layer_names') ?? []).filter((name) => legacyPaths(file, group, name).length > 0);
}

/** Finds weights by the layers' names. */
export const findLegacy =
  (group: string) =>
  ({ name }: LayerDescription, file: Hdf5Reader): string[] =>
    legacyPaths(file, group, name);
