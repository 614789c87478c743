/** As a program of its own: trains the original network a few steps on made-up rows and writes its weights' hash. */
import { createHash } from 'node:crypto';
import { SPECTRUM } from '../../config';
import { originalModel } from '../../models/network/original';
import { Random } from '../../random';
import { tf } from '../../tensorflow';
import type { Dataset } from '../../training/dataset';
import { fit } from '../../training/fit';
import { copyWeights } from '../../training/weights';

const { frames, coefficients } = SPECTRUM;

/** Rows of noise, of the original's size. */
function noise(rows: number, seed: number): Dataset {
  const random = new Random(seed, 'noise');
  const features = Float32Array.from({ length: rows * frames * coefficients }, () => random.normal());
  const labels = Int32Array.from({ length: rows }, () => random.integer(0, 7));
  return { features, labels, clips: Int32Array.from(labels.keys()), frames, coefficients };
}

async function main(seed: number): Promise<void> {
  const model = originalModel({ seed });
  await fit(model, {
    ...{ train: noise(280, 1), validation: noise(70, 2), epochs: 2, seed, mixup: 0.2 },
    augmentation: {
      name: 'noise',
      apply: (batch, random) => tf.add(batch, tf.fill(batch.shape, random.normal())),
    },
  });
  const hash = createHash('sha256');
  for (const { buffer } of copyWeights(model.getWeights())) hash.update(new Uint8Array(buffer));
  process.stdout.write(hash.digest('hex'));
}
if (require.main === module) void main(Number(process.argv[2]));
