/** A model on disk in TensorFlow.js's layers format, replaced as a whole or not at all. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { SerError } from '../errors';
import { readJson, writeFile, writeJson } from '../files';
import { tf, valuesOf } from '../tensorflow';
import './layers'; // registers the layers that a file may name

/** A model without weights. */
interface Topology {
  class_name: string;
  config: object;
}

/** The part of model.json that is read here. */
interface ModelJson {
  modelTopology: Topology;
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

/** Input and output shapes that the caller requires. */
export interface ModelShape {
  /** Of one input, without the examples: [frames, coefficients, 1]. */
  input: readonly number[];
  /** Number of outputs; default any. */
  outputs?: number;
}

/** Outputs for each input. */
export const outputsOf = (model: tf.LayersModel): number => model.outputs[0].shape.at(-1) ?? 0;

/**
 * Reads a model written by `saveModel`. The caller disposes of the model.
 *
 * @param expected input and outputs that the files beside the model imply; default any
 * @throws SerError `bad-artefact` if a file is missing, damaged, or does not fit
 */
export async function loadModel(folder: string, expected?: ModelShape): Promise<tf.LayersModel> {
  const file = path.join(folder, 'model.json');
  let model: tf.LayersModel | undefined;
  try {
    const { modelTopology, weightsManifest } = readJson<ModelJson>(file);
    const [{ paths, weights }] = weightsManifest;
    const bytes = fs.readFileSync(path.join(folder, paths[0]));
    const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    if (!new Float32Array(weightData).every(Number.isFinite)) throw new Error('its weights must be finite numbers');
    model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weights, weightData }));
    // Otherwise built at the first prediction, which would then fail.
    if (model instanceof tf.Sequential) model.build();
    checkTopology(model, modelTopology);
    if (expected) checkShape(model, expected);
    return model;
  } catch (cause) {
    model?.dispose();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SerError('bad-artefact', `loadModel: no usable model at ${file} (${reason}); run 3-train again`, {
      cause,
    });
  }
}

/** Refuses a description with fields missing or changed: TensorFlow.js replaces them by defaults. */
function checkTopology(model: tf.LayersModel, { class_name, config }: Topology): void {
  const made = JSON.parse(JSON.stringify(model.toJSON(null, false))) as Topology;
  if (!isDeepStrictEqual({ class_name: made.class_name, config: made.config }, { class_name, config })) {
    throw new Error('modelTopology must hold every field of every layer, got some missing or changed');
  }
}

/** Refuses a network that is made for other inputs or outputs, or that fails on an input of zeros. */
function checkShape(model: tf.LayersModel, expected: ModelShape): void {
  const { inputs, outputs } = model;
  const shapes = (tensors: tf.SymbolicTensor[]): string => tensors.map(({ shape }) => `[${shape.slice(1)}]`).join(', ');
  const [input, output] = [shapes(inputs), shapes(outputs)];
  if (input !== `[${expected.input}]`) throw new Error(`its input must be [${expected.input}], got ${input}`);
  const rule = expected.outputs === undefined ? /^\[\d+\]$/ : new RegExp(`^\\[${expected.outputs}\\]$`);
  if (!rule.test(output)) throw new Error(`its output must be [${expected.outputs ?? 'emotions'}], got ${output}`);
  const zeros = (): tf.Tensor => model.apply(tf.zeros([1, ...expected.input]), { training: false }) as tf.Tensor;
  if (!valuesOf(zeros).every(Number.isFinite)) throw new Error('its outputs must be finite numbers');
}
