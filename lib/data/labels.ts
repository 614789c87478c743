import { list, oneOf, type Schema } from '../schema';

/**
 * The eight emotions of RAVDESS, in the order of their codes 01 to 08 and of the model's outputs.
 *
 * @example EMOTIONS[0] // 'neutral'
 */
export const EMOTIONS = ['neutral', 'calm', 'happy', 'sad', 'angry', 'fearful', 'disgust', 'surprised'] as const;

/** One of the eight acted emotions. */
export type Emotion = (typeof EMOTIONS)[number];

/** The emotion in a set without calm, which counts as neutral there. */
export const calmAsNeutral = (emotion: Emotion): Exclude<Emotion, 'calm'> => (emotion === 'calm' ? 'neutral' : emotion);

/** The sex of an actor as RAVDESS annotates it. */
export type Sex = 'male' | 'female';

/** labels.json of a model with this number of outputs: one emotion for each, in the order of the outputs. */
export const labelsSchema = (outputs: number): Schema<Emotion[]> =>
  list(oneOf(EMOTIONS), { length: outputs, distinct: true });
