/** Models that Python's Keras saved. */
import type { tf } from '../../tensorflow';
import { readArchive, readBytes } from './archive';
import { buildModel, type WeightFinder } from './build-model';
import { describeModel, type ModelDescription } from './description';
import { ModelFault, named } from './fault';
import { shown } from './fields';
import { type Hdf5Reader, readHdf5 } from './hdf5';
import { findLegacy, legacyGroup } from './legacy';
import { type KerasOptimizer, readOptimizer } from './optimizer-state';
import { layerGroups, variableGroups } from './weight-paths';

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
export async function loadKeras(file: string, options: LoadKerasOptions = {}): Promise<tf.LayersModel> {
  return named('loadKeras', file, async () => {
    if (isHdf5(file)) return loadLegacy(await readHdf5(readBytes(file)));
    const { config, weights } = readArchive(file, options.allowNewer ?? false);
    const description = describeModel(config, false);
    return buildModel(description, await readHdf5(weights), findIn(description));
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
  options: LoadKerasOptions = {},
): Promise<KerasOptimizer | undefined> {
  return named('loadKerasOptimizer', file, async () => {
    const { config, weights } = readArchive(file, options.allowNewer ?? false);
    return readOptimizer(config, await readHdf5(weights));
  });
}

/** Tests whether a path is that of an HDF5 file rather than a `.keras` archive. */
export const isHdf5 = (file: string): boolean => /\.(?:h5|hdf5)$/i.test(file);

/** Reads a whole model from Keras's older format, which has its config in an attribute. */
function loadLegacy(file: Hdf5Reader): tf.LayersModel {
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
  return buildModel(describeModel(JSON.parse(config), !version.startsWith('3.')), file, findLegacy(group));
}

/** Finds weights as Keras 3 lays them out, for a model as it stands in the file. */
export function findIn(description: Pick<ModelDescription, 'kind' | 'layers'>): WeightFinder {
  const groups = layerGroups(description);
  return (layer, file) => {
    const group = groups.get(layer);
    return group === undefined
      ? []
      : variableGroups(layer.object).flatMap((path) => numbered(file, `${group}/${path}`));
  };
}

/** The arrays 0, 1, 2, … of a group. */
function numbered(file: Hdf5Reader, group: string): string[] {
  const names = file.names(group);
  const wrong = names.find((name) => !/^\d+$/.test(name) || Number(name) >= names.length);
  if (wrong !== undefined) throw new ModelFault(`"${group}" must hold the arrays 0, 1, …, got ${shown(wrong)}`);
  return names.map((_, index) => `${group}/${index}`);
}
