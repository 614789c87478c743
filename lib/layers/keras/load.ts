/** Models that Python's Keras saved. */
import type { tf } from '../../tensorflow';
import { readArchive, readBytes } from './archive';
import { buildModel } from './build-model';
import { describeModel } from './description';
import { ModelFault, named, shown } from './fields';
import { type Hdf5File, readHdf5 } from './hdf5';
import { type KerasOptimizer, readOptimizer } from './optimizer-state';
import { describeOwn, weightsOf } from './own-description';
import { assignWeights, findByGroup, legacyGroup, legacyPaths, type PlacedWeights } from './weight-paths';

/** Options of `loadKeras`. */
export interface LoadKerasOptions {
  /** Read files of a Keras newer than 3.15 too, whose layout may have changed; default false. */
  allowNewer?: boolean;
}

/**
 * Loads a model that Keras saved: `.keras` of Keras 3, or `.h5` of Keras 2 or 3, with its architecture and weights.
 *
 * zip → config.json → layers → weights from model.weights.h5. It predicts what Keras predicts, within 1e-5
 * (test/keras-files.test.ts, for Keras 3.5 to 3.15). Layers that this library has faster, such as LSTM, become those. What matters
 * for training alone (initial values, regularisers, constraints) is not taken over. The caller disposes of the model.
 *
 * Nothing in the file is executed: Lambda layers, custom objects and pickles are refused by name.
 *
 * @throws SerError `bad-model` if the file is missing, damaged, of a newer Keras, or holds what has no counterpart here;
 *   the message names the layer and the file
 * @example const model = await loadKeras('best.keras')
 */
export async function loadKeras(file: string, { allowNewer = false }: LoadKerasOptions = {}): Promise<tf.LayersModel> {
  return named('loadKeras', file, async () => {
    if (isHdf5(file)) return loadLegacy(await readHdf5(readBytes(file)));
    const { config, weights } = readArchive(file, allowNewer);
    const description = describeModel(config, false);
    const hdf5 = await readHdf5(weights);
    return buildModel(description, hdf5, findByGroup(description, hdf5));
  });
}

/**
 * Reads the Adam or AdamW optimiser of a `.keras` file, for resuming its training.
 *
 * @returns undefined if the model was saved without one
 * @throws SerError `bad-model` as `loadKeras`, or if it is another optimiser, or has options that have no counterpart here
 * @example const { options, step, slots } = await loadKerasOptimizer('best.keras');
 *   const optimizer = new AdamW(variables, options); // the model's trainable variables
 *   optimizer.restore(step, slots);
 */
export async function loadKerasOptimizer(
  file: string,
  { allowNewer = false }: LoadKerasOptions = {},
): Promise<KerasOptimizer | undefined> {
  return named('loadKerasOptimizer', file, async () => {
    const { config, weights } = readArchive(file, allowNewer);
    return readOptimizer(config, await readHdf5(weights));
  });
}

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
  { allowNewer = false }: LoadKerasOptions = {},
): Promise<void> {
  await named('loadKerasWeights', file, async () => {
    const hdf5 = await readHdf5(isHdf5(file) ? readBytes(file) : readArchive(file, allowNewer).weights);
    assignWeights(placesOf(model, hdf5), hdf5);
  });
}

/** Tests whether a path is that of an HDF5 file rather than a `.keras` archive. */
const isHdf5 = (file: string): boolean => /\.(?:h5|hdf5)$/i.test(file);

/** Reads a whole model from Keras's older format, which has its config in an attribute. */
function loadLegacy(file: Hdf5File): tf.LayersModel {
  const config = file.text('', 'model_config');
  const group = legacyGroup(file);
  if (config === undefined || group === undefined) {
    throw new ModelFault('the file holds weights without a model; build the model and call loadKerasWeights');
  }
  const version = file.text('', 'keras_version') ?? file.text(group, 'keras_version') ?? '2';
  if (!/^[23]\./.test(`${version}.`)) {
    throw new ModelFault(
      `.h5 files of Keras 2 and 3 are read, got one of Keras ${version}; save it again with Keras 2.3`,
    );
  }
  const description = describeModel(JSON.parse(config), !version.startsWith('3.'));
  const paths = legacyPaths(file, group);
  return buildModel(description, file, ({ name }) => paths.get(name) ?? []);
}

/** The weights of each layer with their places in a file. */
function placesOf(model: tf.LayersModel, file: Hdf5File): PlacedWeights[] {
  const group = legacyGroup(file);
  if (group === undefined) {
    const description = describeOwn(model);
    const find = findByGroup(description, file);
    return description.layers.map((layer) => ({
      label: `layer ${shown(layer.name)}`,
      weights: weightsOf(model, layer),
      paths: find(layer),
    }));
  }
  const paths = [...legacyPaths(file, group).values()].filter(({ length }) => length > 0);
  const layers = model.layers.filter(({ weights }) => weights.length > 0);
  if (paths.length !== layers.length) {
    throw new ModelFault(`the model has ${layers.length} layers with weights, got ${paths.length} in the file`);
  }
  return layers.map(({ name, weights }, index) => ({ label: `layer ${shown(name)}`, weights, paths: paths[index] }));
}
