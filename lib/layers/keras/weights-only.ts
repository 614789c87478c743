/** Weights that Keras saved, for a model that is already there. */
import { tf } from '../../tensorflow';
import { readArchive, readBytes } from './archive';
import { ModelFault, named } from './fault';
import { shown } from './fields';
import { type Hdf5Reader, readHdf5 } from './hdf5';
import { legacyGroup, legacyLayers, legacyPaths } from './legacy';
import { findIn, isHdf5, type LoadKerasOptions } from './load';
import { describeOwn } from './own-description';

/**
 * Gives a model the weights of a file: `.weights.h5` or `.keras` of Keras 3, or the older `.h5` of Keras 2 and 3.
 *
 * Layers are matched in their order: names are not compared. The model changes as a whole or not at all.
 *
 * @throws SerError `bad-model` if the file is missing or damaged, or its weights are not those of such a model
 * @example await loadKerasWeights(originalModel(), 'model.weights.h5')
 */
export async function loadKerasWeights(
  model: tf.LayersModel,
  file: string,
  options: LoadKerasOptions = {},
): Promise<void> {
  await named('loadKerasWeights', file, async () => {
    const bytes = isHdf5(file) ? readBytes(file) : readArchive(file, options.allowNewer ?? false).weights;
    const hdf5 = await readHdf5(bytes);
    const pairs = pair(model, hdf5);
    for (const { weight, path } of pairs) check(weight, path, hdf5);
    for (const { weight, path } of pairs) {
      const { shape, values } = hdf5.read(path);
      tf.tidy(() => {
        weight.write(tf.tensor(values, shape));
      });
    }
  });
}

interface Pair {
  weight: tf.layers.Layer['weights'][number];
  path: string;
}

/** Each weight of the model with its place in the file. */
function pair(model: tf.LayersModel, file: Hdf5Reader): Pair[] {
  return placesOf(model, file).flatMap(({ layer, paths }) => {
    if (paths.length !== layer.weights.length) {
      throw new ModelFault(
        `layer ${shown(layer.name)} must get ${layer.weights.length} arrays of weights, got ${paths.length}`,
      );
    }
    return layer.weights.map((weight, index) => ({ weight, path: paths[index] }));
  });
}

/** Each layer with the places of its weights. */
function placesOf(model: tf.LayersModel, file: Hdf5Reader): { layer: tf.layers.Layer; paths: string[] }[] {
  const group = legacyGroup(file);
  if (group === undefined) {
    const description = describeOwn(model);
    const find = findIn(description);
    return [...description.made].map(([described, layer]) => ({ layer, paths: find(described, file) }));
  }
  const names = legacyLayers(file, group);
  const layers = model.layers.filter(({ weights }) => weights.length > 0);
  if (names.length !== layers.length) {
    throw new ModelFault(`the model has ${layers.length} layers with weights, got ${names.length} in the file`);
  }
  return layers.map((layer, index) => ({ layer, paths: legacyPaths(file, group, names[index]) }));
}

function check(weight: Pair['weight'], path: string, file: Hdf5Reader): void {
  const shape = file.shape(path);
  if (`${shape}` !== `${weight.shape}`) {
    throw new ModelFault(`"${path}" must have the shape [${weight.shape}] of ${shown(weight.name)}, got [${shape}]`);
  }
}
