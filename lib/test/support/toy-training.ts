/** A training of a second or two that uses all that has a state, for tests of interruption and resumption. */
import fs from 'node:fs';
import path from 'node:path';
import { originalModel } from '../../models/network/original';
import { Random } from '../../random';
import { tf } from '../../tensorflow';
import { historyCsv } from '../../training/callbacks/logs';
import { earlyStopping, modelCheckpoint, reduceLearningRateOnPlateau } from '../../training/callbacks/validation-loss';
import type { Dataset } from '../../training/dataset';
import { type FitOptions, fit, type History } from '../../training/fit';

const [frames, coefficients, classes] = [6, 5, 3];

/** Rows whose label shows in their mean. */
export function toyData(rows: number, seed: number): Dataset {
  const random = new Random(seed, 'toy');
  const labels = Int32Array.from({ length: rows }, (_, row) => row % classes);
  const features = Float32Array.from(
    { length: rows * frames * coefficients },
    (_, i) => labels[Math.floor(i / (frames * coefficients))] - 1 + 0.7 * random.normal(),
  );
  return { features, labels, clips: Int32Array.from(labels.keys()), frames, coefficients };
}

/** A small model for that data. */
export const toyModel = (): tf.Sequential => originalModel({ frames, coefficients, classes, seed: 4 });

/** Everything that has a state: chance of four kinds, slots, an average, callbacks. */
export function toyOptions(folder: string, more: Partial<FitOptions> = {}): FitOptions {
  return {
    train: toyData(60, 1),
    validation: toyData(30, 2),
    epochs: 60,
    batchSize: 16,
    learningRate: 0.002,
    optimizer: { weightDecay: 0.01, globalClipNorm: 1 },
    weightAverage: 0.9,
    labelSmoothing: 0.1,
    classWeights: [1, 1.2, 0.8],
    mixup: 0.3,
    augmentation: {
      name: 'louder or softer',
      apply: (batch, random) => tf.mul(batch, random.uniform(0.8, 1.2)),
    },
    callbacks: [
      reduceLearningRateOnPlateau({ patience: 2 }),
      earlyStopping({ patience: 1000 }),
      modelCheckpoint(path.join(folder, 'model')),
      historyCsv(path.join(folder, 'history.csv')),
    ],
    checkpoint: path.join(folder, 'checkpoint.json'),
    ...more,
  };
}

/** Trains in a folder, going on from what lies there, and returns the final weights. */
export async function trainToy(
  folder: string,
  more: Partial<FitOptions> = {},
): Promise<{ history: History; weights: Float32Array[] }> {
  const model = toyModel();
  try {
    const history = await fit(model, toyOptions(folder, more));
    const weights = model.getWeights().map((weight) => weight.dataSync<'float32'>().slice());
    return { history, weights };
  } finally {
    model.dispose();
  }
}

/** As a program of its own: trains in the folder given, says when it begins, and leaves the weights there. */
async function main(folder: string): Promise<void> {
  let begun = false;
  const onBatch = (): void => {
    if (!begun) process.stdout.write('training\n');
    begun = true;
  };
  const { weights } = await trainToy(folder, { onBatch });
  fs.writeFileSync(path.join(folder, 'weights.bin'), Buffer.concat(weights.map(({ buffer }) => Buffer.from(buffer))));
}
if (require.main === module) void main(process.argv[2]);
