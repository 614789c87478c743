/** Models that Python's Keras loads. */
import { zipBytes } from '../../data/archive';
import { writeFile } from '../../files';
import type { tf } from '../../tensorflow';
import type { ModelDescription } from './description';
import { ModelFault, named } from './fields';
import { type Hdf5Content, writeHdf5 } from './hdf5';
import { compileConfig, type KerasOptimizer, optimizerArrays } from './optimizer-state';
import { describeOwn, modelObject, weightsOf } from './own-description';
import { layerGroups, variableGroups } from './weight-paths';

/** Options of `saveKeras`. */
export interface SaveKerasOptions {
  /** Optimiser state for resuming training; the file is then a compiled model. Default none. */
  optimizer?: KerasOptimizer;
}

/** The oldest Keras whose layout this is. */
const KERAS_VERSION = '3.5.0';

/**
 * Saves a model as `.keras`, which Keras 3.5 and later load unpatched: layers of this library become Keras's own.
 *
 * The file is written whole or not at all. The model stays the caller's.
 *
 * @param file ends in `.keras`, which Python demands
 * @throws SerError `bad-model` if a layer or activation has no equal in Keras, or a layer is shared; it is named
 * @example await saveKeras(model, 'best.keras') // keras.models.load_model('best.keras')
 */
export async function saveKeras(model: tf.LayersModel, file: string, options: SaveKerasOptions = {}): Promise<void> {
  const bytes = await named('saveKeras', file, async () => {
    if (!file.endsWith('.keras')) throw new ModelFault('the name must end in .keras, or Python will not read it');
    const description = describeOwn(model);
    const config = modelObject(model, description);
    const content = weightContent(model, description);
    const { optimizer } = options;
    if (optimizer) {
      const shapes = model.trainableWeights.map(({ shape }) => shape as number[]);
      for (const [path, array] of optimizerArrays(optimizer, shapes)) content.arrays.set(path, array);
    }
    const metadata = {
      keras_version: KERAS_VERSION,
      date_saved: new Date().toISOString().slice(0, 19).replace('T', '@'),
    };
    return zipBytes({
      'metadata.json': json(metadata),
      'config.json': json(optimizer ? { ...config, compile_config: compileConfig(optimizer) } : config),
      'model.weights.h5': await writeHdf5(content),
    });
  });
  writeFile(file, bytes);
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** Every weight at its path in model.weights.h5. */
function weightContent(model: tf.LayersModel, description: ModelDescription): Hdf5Content {
  const arrays: Hdf5Content['arrays'] = new Map();
  const groups: string[] = [];
  for (const [layer, group] of layerGroups(description)) {
    groups.push(`${group}/vars`);
    const weights = weightsOf(model, layer);
    const places = variableGroups(layer.object);
    const each = weights.length / places.length;
    weights.forEach((weight, index) => {
      const place = `${group}/${places[Math.floor(index / each)]}`;
      const values = weight.read().dataSync<'float32'>().slice();
      arrays.set(`${place}/${index % each}`, { shape: weight.shape as number[], values });
    });
  }
  return { arrays, groups: [...groups, 'vars'] };
}
