/** One recording, and everything that its RAVDESS name tells about it. */
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from '../errors';
import { number, object, oneOf, type Schema, text } from '../schema';
import { EMOTIONS, type Emotion, type Sex } from './labels';

/** One recording of one sentence by one actor. */
export interface Clip {
  /** Path of the file. */
  path: string;
  /** The file's name, such as `03-01-06-01-02-01-12.wav`; unique within a corpus. */
  name: string;
  emotion: Emotion;
  /** Position of the emotion in `EMOTIONS`, from 0 to 7. */
  label: number;
  intensity: 'normal' | 'strong';
  /** 1: "Kids are talking by the door"; 2: "Dogs are sitting by the door". */
  statement: 1 | 2;
  repetition: 1 | 2;
  /** From 1 to 24. */
  actor: number;
  /** Odd actors are male, even ones female. */
  sex: Sex;
}

/** A clip in a list of recordings. */
export const clipSchema: Schema<Clip> = object({
  path: text,
  name: text,
  emotion: oneOf(EMOTIONS),
  label: number({ from: 0, to: EMOTIONS.length - 1, whole: true }),
  intensity: oneOf(['normal', 'strong']),
  statement: oneOf([1, 2]),
  repetition: oneOf([1, 2]),
  actor: number({ from: 1, to: 24, whole: true }),
  sex: oneOf(['male', 'female']),
});

const NAME = /^(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)\.wav$/i;

/** The numbers of a name, and the largest value of each. */
const FIELDS: readonly (readonly [field: string, most: number])[] = [
  ['modality', 3],
  ['vocal channel', 2],
  ['emotion', EMOTIONS.length],
  ['intensity', 2],
  ['statement', 2],
  ['repetition', 2],
  ['actor', 24],
];

/**
 * Reads a RAVDESS file name: modality, vocal channel, emotion, intensity, statement, repetition, actor.
 *
 * @throws SerError `bad-corpus` if the name is not seven two-digit numbers, a number is out of its range, or the name is
 *   that of a strong neutral take, which RAVDESS does not have
 * @example parseClip('Actor_12/03-01-06-01-02-01-12.wav').emotion // 'fearful'
 */
export function parseClip(file: string): Clip {
  const name = path.basename(file);
  const fields = NAME.exec(name)?.slice(1).map(Number);
  if (!fields) {
    throw new SerError(
      'bad-corpus',
      `parseClip: "${name}" is not a RAVDESS name; expected seven numbers, as in 03-01-06-01-02-01-12.wav`,
    );
  }
  for (const [index, [field, most]] of FIELDS.entries()) {
    if (fields[index] >= 1 && fields[index] <= most) continue;
    throw new SerError('bad-corpus', `parseClip: ${field} must be 1 to ${most}, got ${fields[index]} in "${name}"`);
  }
  const [, , emotion, intensity, statement, repetition, actor] = fields;
  if (EMOTIONS[emotion - 1] === 'neutral' && intensity !== 1) {
    throw new SerError(
      'bad-corpus',
      `parseClip: neutral has no strong intensity in RAVDESS, got ${intensity} in "${name}"; correct the name`,
    );
  }
  return {
    path: file,
    name,
    emotion: EMOTIONS[emotion - 1],
    label: emotion - 1,
    intensity: intensity === 1 ? 'normal' : 'strong',
    statement: statement as 1 | 2,
    repetition: repetition as 1 | 2,
    actor,
    sex: actor % 2 === 1 ? 'male' : 'female',
  };
}

/** True if a file's name is that of a RAVDESS recording of speech alone: modality 03 (audio only), channel 01 (speech). */
export function isSpeechClip(file: string): boolean {
  try {
    parseClip(file);
    return /^03-01-/.test(path.basename(file));
  } catch {
    return false;
  }
}

/**
 * Looks for every recording, as any part of a folder can be moved; 1,440 take milliseconds.
 *
 * @param caller the function that needs them, for the message
 * @param wayOut what to do where one is not there, for the message
 * @throws SerError `bad-artefact` naming the first that is not there
 */
export function checkPlaces(caller: string, clips: readonly Pick<Clip, 'path'>[], wayOut: string): void {
  const lost = clips.find((clip) => !fs.existsSync(clip.path));
  if (!lost) return;
  throw new SerError(
    'bad-artefact',
    `${caller}: recordings must be where they were, got none at "${lost.path}"; ${wayOut}`,
  );
}
