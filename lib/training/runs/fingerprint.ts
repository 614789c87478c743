/** Fingerprint of a training, so that no training resumes from the checkpoint of another. */
import { createHash } from 'node:crypto';
import { TRAINING } from '../../config';
import type { tf } from '../../tensorflow';
import type { JsonValue } from '../callbacks/callback';
import type { FitOptions } from '../fit';

/** Fingerprint of the model's shape, the data, and every option that affects the result. */
export function trainingFingerprint(model: tf.LayersModel, options: FitOptions): Record<string, JsonValue> {
  const { epochs = TRAINING.epochs, batchSize = TRAINING.batchSize, seed = TRAINING.seed } = options;
  const { learningRate = TRAINING.learningRate, optimizer = {}, weightAverage, mixup, labelSmoothing } = options;
  const { classWeights, augmentation, callbacks = [], train, validation } = options;
  const hash = createHash('sha256');
  for (const { features, labels } of [train, validation]) {
    for (const { buffer, byteOffset, byteLength } of [features, labels]) {
      hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    }
  }
  return {
    epochs,
    batchSize,
    seed,
    learningRate,
    optimizer: { ...optimizer } as JsonValue,
    weightAverage: weightAverage ?? null,
    mixup: mixup ?? null,
    labelSmoothing: labelSmoothing ?? 0,
    classWeights: classWeights ? Array.from(classWeights) : null,
    augmentation: augmentation?.name ?? null,
    // Only the callback's name: its path is the run's folder, which can be moved.
    callbacks: callbacks.map(({ name }) => name.split(' ')[0]),
    layers: model.layers.map((layer) => layer.getClassName()),
    weights: model.weights.map(({ shape }) => shape as number[]),
    data: hash.digest('hex').slice(0, 16),
  };
}
