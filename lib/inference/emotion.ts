/** Emotion and speaker sex of a single recording. */
import { voiceFeatures } from '../features/store/extract';
import { chooseModel, type PredictorOptions } from './chosen-model';
import {
  type GenderClassifier,
  loadGenderClassifier,
  predictSex,
  readGender,
  type SexPrediction,
} from './gender/gender';
import type { Prediction, Recording } from './prediction';
import { EmotionPredictor } from './predictor';

/**
 * The emotion of a recording, as `EmotionPredictor.predict`, by the shipped model by default. The model is loaded for this
 * one call; for several recordings load an `EmotionPredictor`.
 *
 * @throws SerError `bad-audio` for an unusable file, `bad-artefact` if there is no trained model
 * @example (await emotionDetector('voice.wav')).emotion // 'happy'
 */
export async function emotionDetector(recording: Recording, options: PredictorOptions = {}): Promise<Prediction> {
  const predictor = await EmotionPredictor.load(options);
  try {
    return await predictor.predict(recording);
  } finally {
    predictor.dispose();
  }
}

/**
 * Predicts the speaker's sex, as RAVDESS annotates its actors, from the mean of 40 MFCCs over the whole file; loaded
 * once, for any number of recordings.
 */
export class GenderDetector {
  private constructor(private readonly classifier: GenderClassifier) {}

  /** @throws SerError `bad-artefact` if there is no trained model or a classifier, or if its file is damaged */
  static load(options: PredictorOptions = {}): GenderDetector {
    return new GenderDetector(loadGenderClassifier(chooseModel(options).artefacts.existingFile('gender.json')));
  }

  /**
   * As `load`; undefined for a run whose training actors allowed no classifier, such as actors of one sex.
   *
   * @throws SerError `bad-artefact` if there is no trained model, or if its file is damaged
   */
  static loadIfAny(options: PredictorOptions = {}): GenderDetector | undefined {
    const classifier = readGender(chooseModel(options).artefacts.existingFile('gender.json'));
    return classifier.absent === undefined ? new GenderDetector(classifier) : undefined;
  }

  /** @throws SerError `bad-audio` for an unusable file */
  async detect(path: string): Promise<SexPrediction> {
    return predictSex(this.classifier, await voiceFeatures(path));
  }
}

/**
 * The sex of a voice, as `GenderDetector.detect`. The classifier is loaded for this one call.
 *
 * @throws SerError `bad-audio` for an unusable file, `bad-artefact` if there is no trained model
 * @example (await detectGender('voice.wav')).sex // 'female'
 */
export async function detectGender(path: string, options: PredictorOptions = {}): Promise<SexPrediction> {
  return await GenderDetector.load(options).detect(path);
}
