/**
 * The general model, for recordings of any speaker and text, in any language: linear on the pretrained encoder's
 * statistics, which differ by speaker more than by emotion; a profile of the speaker removes the speaker's share.
 */
import { EMOTIONS, type Emotion } from '../../data/labels';
import type { FeatureScaler } from '../../features/scaler';
import { list, number, object, type Schema, same } from '../../schema';
import type { ArtefactFolder } from '../../training/runs/artefact-folder';
import { ENCODER_SETTINGS } from '../encoder/model';
import { ENCODER_FEATURES, SpeechEncoder } from '../encoder/statistics';
import { readSavedWeights } from '../encoder/weights';
import { type RidgeClassifier, ridgeSchema } from '../ridge';
import { predictVectors } from '../vector-ensemble';

/** File that marks an artefact folder of this model. */
export const GENERAL_FILE = 'general.json';
/** Calm is RAVDESS's alone, and counts as neutral. */
export const GENERAL_EMOTIONS = EMOTIONS.filter((emotion): emotion is Exclude<Emotion, 'calm'> => emotion !== 'calm');

/** Mean and deviation of the encoder's statistics over a speaker's own recordings, which need no labels. */
export interface SpeakerProfile {
  settings: typeof ENCODER_SETTINGS;
  /** Recordings that it is made of. */
  recordings: number;
  mean: number[];
  deviation: number[];
}

export const profileSchema: Schema<SpeakerProfile> = object({
  settings: same(ENCODER_SETTINGS, `those of encoder statistics of version ${ENCODER_SETTINGS.statistics.version}`),
  recordings: number({ from: 1, whole: true }),
  mean: list(number(), { length: ENCODER_FEATURES }),
  deviation: list(number({ above: 0 }), { length: ENCODER_FEATURES }),
});

/** general.json: everything needed for prediction besides the encoder's weights. */
export interface GeneralModel {
  settings: typeof ENCODER_SETTINGS;
  /** Of statistics standardised by speaker; its own mean and deviation are the average training speaker's. */
  classifier: RidgeClassifier;
  /** Inverse temperatures: of speakers without and with a profile. */
  sharpness: { unknown: number; profiled: number };
}

const generalSchema: Schema<GeneralModel> = object({
  settings: same(ENCODER_SETTINGS, `those of encoder statistics of version ${ENCODER_SETTINGS.statistics.version}`),
  classifier: ridgeSchema(ENCODER_FEATURES, GENERAL_EMOTIONS.length),
  sharpness: object({ unknown: number({ above: 0 }), profiled: number({ above: 0 }) }),
});

/**
 * Loads the model of an artefact folder, with its encoder; the caller disposes the encoder.
 *
 * @throws SerError `bad-artefact` if a file is missing, damaged, or made with other settings
 */
export function loadGeneralModel(artefacts: ArtefactFolder): { model: GeneralModel; encoder: SpeechEncoder } {
  const model = artefacts.readJson(GENERAL_FILE, generalSchema);
  return { model, encoder: new SpeechEncoder(readSavedWeights(artefacts)) };
}

/**
 * Predicts recordings from their statistics.
 *
 * @param recordings each [speeds × 3,072]
 * @param profile of their speaker; absent: that of the average training speaker
 * @returns [recordings × 8 emotions]; calm is 0
 */
export function predictGeneral(
  { classifier, sharpness }: GeneralModel,
  recordings: readonly Float32Array[],
  profile?: FeatureScaler,
): Float32Array {
  const { mean, deviation } = profile ?? classifier;
  const inverseTemperature = profile ? sharpness.profiled : sharpness.unknown;
  return withCalm(
    predictVectors([{ ...classifier, mean, deviation }], inverseTemperature, recordings),
    recordings.length,
  );
}

/** Probabilities of all eight emotions from those of seven, [rows × 8]. */
export function withCalm(probabilities: Float32Array, rows: number): Float32Array {
  const result = new Float32Array(rows * EMOTIONS.length);
  for (let row = 0; row < rows; row++) {
    for (const [place, emotion] of GENERAL_EMOTIONS.entries()) {
      const value = probabilities[row * GENERAL_EMOTIONS.length + place];
      result[row * EMOTIONS.length + EMOTIONS.indexOf(emotion)] = value;
    }
  }
  return result;
}
