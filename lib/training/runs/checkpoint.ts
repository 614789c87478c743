/** Checkpoints: training resumed from one ends with the same weights, bit for bit. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { SerError } from '../../errors';
import { readJson, writeFile } from '../../files';
import { anything, list, number, object, optional, record, type Schema, text, version } from '../../schema';
import type { tf } from '../../tensorflow';
import type { Epoch, JsonValue } from '../callbacks/callback';
import type { ResolvedOptions } from '../fit';
import { differences } from './provenance';

/** Version of the file format. */
const FORMAT = 1;

/** Position within an interrupted epoch. */
export interface EpochPosition {
  /** Finished batches. */
  batches: number;
  /** The epoch's order of the rows. */
  order: number[];
  /** Running sums over the rows. */
  loss: number;
  correct: number;
  seen: number;
  seconds: number;
}

/** Complete training state. Weights are base64 of float32, which is lossless. */
export interface Checkpoint {
  /** Fingerprint of the training; other trainings refuse the checkpoint. */
  identity: Record<string, JsonValue>;
  history: Epoch[];
  /** Absent between epochs. */
  position?: EpochPosition;
  /** Reason for the end, if training is over. */
  ended?: string;
  /** Of the optimizer. */
  step: number;
  learningRate: number;
  slots: string[];
  /** All weights of the model, also non-trainable ones. */
  weights: string[];
  /** Absent average: null. */
  average: string[] | null;
  /** State of each random stream. */
  streams: { order: number[]; mixup: number[]; augmentation: number[]; layers: number[][] };
  /** State of each callback, in their order. */
  callbacks: JsonValue[];
}

const states = list(number());
const checkpointSchema: Schema<Checkpoint & { format: number }> = object({
  format: version(FORMAT),
  identity: record as Schema<Checkpoint['identity']>,
  history: list(anything),
  position: optional(anything),
  ended: optional(text),
  step: number({ from: 0, whole: true }),
  // A cosine ends at 0.
  learningRate: number({ from: 0 }),
  slots: list(text),
  weights: list(text),
  average: anything,
  streams: object({ order: states, mixup: states, augmentation: states, layers: list(states) }),
  callbacks: list(anything),
});

/**
 * Writes a checkpoint atomically: on failure the previous one stays.
 *
 * @throws SerError `bad-training` if it cannot be written, as on a full disk
 */
export function writeCheckpoint(file: string, checkpoint: Checkpoint): void {
  const content = `${JSON.stringify({ format: FORMAT, ...checkpoint })}\n`;
  writing('writeCheckpoint', file, () => writeFile(file, content));
}

/**
 * Reads a checkpoint of the same training.
 *
 * @returns undefined if there is none
 * @throws SerError `bad-artefact` if the file is damaged, of another version, or of another training
 */
export function readCheckpoint(file: string, fingerprint: Checkpoint['identity']): Checkpoint | undefined {
  if (!fs.existsSync(file)) return undefined;
  const found = readJson(file, checkpointSchema, 'delete it to train from scratch');
  const changes = differences(found.identity, fingerprint);
  if (changes.length > 0) {
    throw new SerError(
      'bad-artefact',
      `readCheckpoint: ${file} is of another training, which differs in ${changes.join(', ')}; ` +
        'use its parameters to resume, or delete it to train from scratch',
    );
  }
  return found;
}

/** Removes a checkpoint that is no longer needed. */
export function removeCheckpoint(file: string): void {
  fs.rmSync(file, { force: true });
}

/** Fingerprint of the model's shape, the data, and every option that affects the result. */
export function trainingFingerprint(model: tf.LayersModel, options: ResolvedOptions): Record<string, JsonValue> {
  const { epochs, batchSize, seed, learningRate, optimizer = {}, weightAverage, mixup, labelSmoothing } = options;
  const { classWeights, augmentation, callbacks, train, validation } = options;
  const hash = createHash('sha256');
  for (const values of [train.features, train.labels, validation.features, validation.labels]) {
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return {
    ...{ epochs, batchSize, seed, learningRate },
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

/**
 * Runs a write, and adds advice to errors of the file system.
 *
 * @param caller name of the calling function, for the message
 * @param file name of the written file
 * @returns what `write` returns, such as a promise, whose rejection is treated alike
 * @throws SerError `bad-training` if the file system refuses, as on a full disk; other errors are rethrown
 */
export function writing<T>(caller: string, file: string, write: () => T): T {
  const refuse = (cause: unknown): never => {
    if (!(cause instanceof Error) || (cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw new SerError(
      'bad-training',
      `${caller}: ${file} must be writable, got ${cause.message}; free space or choose another folder, then resume: ` +
        'the previous checkpoint is intact',
      { cause },
    );
  };
  try {
    const written = write();
    return (written instanceof Promise ? written.catch(refuse) : written) as T;
  } catch (cause) {
    return refuse(cause);
  }
}
