/** Checkpoints: training resumed from one ends with the same weights, bit for bit. */
import fs from 'node:fs';
import { SerError } from '../../errors';
import { readJson, writeFile } from '../../files';
import { anything, list, number, object, optional, record, type Schema, text, version } from '../../schema';
import type { Epoch, JsonValue } from '../callbacks/callback';
import { writingSync } from './disk-errors';

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
  average: JsonValue;
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
  learningRate: number({ above: 0 }),
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
  writingSync('writeCheckpoint', file, () => {
    writeFile(file, `${JSON.stringify({ format: FORMAT, ...checkpoint })}\n`);
  });
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
  const theirs = found.identity;
  const names = [...new Set([...Object.keys(fingerprint), ...Object.keys(theirs)])];
  const differing = names.filter((name) => JSON.stringify(fingerprint[name]) !== JSON.stringify(theirs[name]));
  if (differing.length > 0) {
    const changes = differing.map(
      (name) => `${name} ${JSON.stringify(theirs[name])} → ${JSON.stringify(fingerprint[name])}`,
    );
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
