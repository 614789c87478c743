/** Weights that Keras saved, for a model that is already there. */
import { tf } from '../../tensorflow';
import { readArchive, readBytes } from './archive';
import type { LayerDescription } from './description';
import { ModelFault, named } from './fault';
import { shown } from './fields';
import { type Hdf5Reader, readHdf5 } from './hdf5';
import { legacyGroup, legacyLayers, legacyPaths } from './legacy';
import { findIn, isHdf5, type LoadKerasOptions } from './load';
import { describeOwn, type OwnDescription } from './own-description';

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
  await named('loadKerasWeights', file, () => {
    const bytes = isHdf5(file) ? readBytes(file) : readArchive(file, options.allowNewer ?? false).weights;
    return readHdf5(bytes, (hdf5) => {
      const pairs = pair(describeOwn(model), hdf5);
      for (const { weight, path } of pairs) check(weight, path, hdf5);
      for (const { weight, path } of pairs) {
        const { shape, values } = hdf5.read(path);
        tf.tidy(() => {
          weight.write(tf.tensor(values, shape));
        });
      }
    });
  });
}

interface Pair {
  weight: tf.layers.Layer['weights'][number];
  path: string;
}

/** Each weight of the model with its place in the file. */
function pair(description: OwnDescription, file: Hdf5Reader): Pair[] {
  const find = finder(description, file);
  return description.layers.flatMap((layer) => {
    const weights = description.made.get(layer)?.weights ?? [];
    const paths = find(layer, file);
    if (paths.length !== weights.length) {
      const owner = `${layer.object.class_name} ${shown(layer.name)}`;
      throw new ModelFault(`${owner} must get ${weights.length} arrays of weights, got ${paths.length}`);
    }
    return weights.map((weight, index) => ({ weight, path: paths[index] }));
  });
}

function finder(
  description: OwnDescription,
  file: Hdf5Reader,
): (layer: LayerDescription, file: Hdf5Reader) => string[] {
  const group = legacyGroup(file);
  if (group === undefined) return findIn(description);
  const names = legacyLayers(file, group);
  const layers = description.layers.filter((layer) => (description.made.get(layer)?.weights.length ?? 0) > 0);
  if (names.length !== layers.length) {
    throw new ModelFault(`the model has ${layers.length} layers with weights, got ${names.length} in the file`);
  }
  return (layer) => (layers.includes(layer) ? legacyPaths(file, group, names[layers.indexOf(layer)]) : []);
}

function check(weight: Pair['weight'], path: string, file: Hdf5Reader): void {
  const shape = file.shape(path);
  if (`${shape}` !== `${weight.shape}`) {
    throw new ModelFault(`"${path}" must have the shape [${weight.shape}] of ${shown(weight.name)}, got [${shape}]`);
  }
}
