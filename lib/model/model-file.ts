/** A model on disk in TensorFlow.js's layers format, replaced as a whole or not at all. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from '../errors';
import { readJson, writeFile, writeJson } from '../files';
import { tf } from '../tensorflow';
import './layers'; // registers the layers that a file may name

/** The part of model.json that is read here. */
interface ModelJson {
  modelTopology: object;
  weightsManifest: { paths: string[]; weights: { name: string; shape: number[]; dtype: 'float32' }[] }[];
}

/**
 * Writes model.json and its weights into a folder.
 *
 * The weights' file is named by its content, and model.json, which names it, is replaced last: at every
 * moment the folder holds a whole model, the earlier or the later one.
 */
export async function saveModel(model: tf.LayersModel, folder: string): Promise<void> {
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      const { modelTopology, weightSpecs = [], weightData } = artifacts;
      if (!modelTopology || !weightData) throw new Error('saveModel: the model gave no topology or weights');
      const weights = Buffer.from(tf.io.CompositeArrayBuffer.join(weightData));
      const name = `weights-${createHash('sha256').update(weights).digest('hex').slice(0, 12)}.bin`;
      writeFile(path.join(folder, name), weights);
      writeJson(path.join(folder, 'model.json'), {
        format: 'layers-model',
        generatedBy: `TensorFlow.js ${tf.version.tfjs}`,
        modelTopology,
        weightsManifest: [{ paths: [name], weights: weightSpecs }],
      });
      for (const file of fs.readdirSync(folder)) {
        if (/^weights-.*\.bin$/.test(file) && file !== name) fs.rmSync(path.join(folder, file));
      }
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
}

/**
 * Reads what `saveModel` wrote. The caller disposes of the model.
 *
 * @throws SerError `bad-artefact` if a file is missing or does not fit
 */
export async function loadModel(folder: string): Promise<tf.LayersModel> {
  const file = path.join(folder, 'model.json');
  try {
    const { modelTopology, weightsManifest } = readJson<ModelJson>(file);
    const [{ paths, weights }] = weightsManifest;
    const bytes = fs.readFileSync(path.join(folder, paths[0]));
    const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    return await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weights, weightData }));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SerError('bad-artefact', `loadModel: no usable model at ${file} (${reason}); run 3-train again`, {
      cause,
    });
  }
}
