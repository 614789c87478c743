/** Trained linear model on the pretrained encoder's statistics: its files and its prediction. */
import { EMOTIONS } from '../../data/labels';
import { number, object, type Schema, same } from '../../schema';
import type { ArtefactFolder } from '../../training/runs/artefact-folder';
import { type RidgeClassifier, ridgeSchema } from '../ridge';
import { predictVectors } from '../vector-ensemble';
import { ENCODER, ENCODER_STATISTICS } from './settings';
import { ENCODER_FEATURES, SpeechEncoder } from './statistics';
import { readSavedWeights } from './weights';

/** File that marks an artefact folder of this model. */
export const ENCODER_FILE = 'encoder.json';

/** encoder.json: everything needed for prediction besides the encoder's weights. */
export interface EncoderModel {
  settings: { encoder: typeof ENCODER; statistics: typeof ENCODER_STATISTICS };
  /** L2 penalty that was taken. */
  penalty: number;
  /** Inverse temperature. */
  sharpness: number;
  /** Mean of the classifiers of the ensemble. */
  classifier: RidgeClassifier;
}

/** Settings that a stored model must have been made with. */
export const ENCODER_SETTINGS: EncoderModel['settings'] = { encoder: ENCODER, statistics: ENCODER_STATISTICS };

const encoderSchema: Schema<EncoderModel> = object({
  settings: same(ENCODER_SETTINGS, `those of encoder statistics of version ${ENCODER_STATISTICS.version}`),
  penalty: number({ above: 0 }),
  sharpness: number({ above: 0 }),
  classifier: ridgeSchema(ENCODER_FEATURES, EMOTIONS.length),
});

/**
 * Loads the model of an artefact folder, with its encoder; the caller disposes the encoder.
 *
 * @throws SerError `bad-artefact` if a file is missing, damaged, or made with other settings
 */
export function loadEncoderModel(artefacts: ArtefactFolder): { model: EncoderModel; encoder: SpeechEncoder } {
  const model = artefacts.readJson(ENCODER_FILE, encoderSchema);
  return { model, encoder: new SpeechEncoder(readSavedWeights(artefacts)) };
}

/** Probabilities of recordings from their statistics, each [speeds × 3,072]: [recordings × emotions]. */
export const predictEncoded = (
  { classifier, sharpness: inverseTemperature }: EncoderModel,
  recordings: readonly Float32Array[],
): Float32Array => predictVectors([classifier], inverseTemperature, recordings);
