/** One recording, one answer: which emotion it sounds like, and which sex the voice is. */
import type { Sex } from '../data/labels';
import { voiceFeatures } from '../features/extract';
import { chooseModel, type PredictorOptions } from './chosen-model';
import { loadGenderClassifier, predictSex } from './gender';
import { EmotionPredictor, type Prediction, type Recording } from './predictor';

/** What the classifier made of a voice. */
export interface GenderPrediction {
  /** As RAVDESS annotates its actors. */
  sex: Sex;
  /** Distance from the boundary, ≥ 0; not a probability. */
  margin: number;
  /** Of that sex, calibrated on training actors left out in turn; absent if there were too few. */
  probability?: number;
}

/**
 * The emotion of a recording, as `EmotionPredictor.predict`. The model is loaded for this one answer; for several
 * recordings load an `EmotionPredictor`.
 *
 * @throws SerError `bad-audio` for an unusable file, `bad-artefact` without a trained model
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
 * The sex of a voice, as RAVDESS annotates its actors, from the mean of 40 MFCCs over the whole file.
 *
 * @throws SerError `bad-audio` for an unusable file, `bad-artefact` without a trained model
 */
export async function detectGender(path: string, options: PredictorOptions = {}): Promise<GenderPrediction> {
  const classifier = loadGenderClassifier(chooseModel(options).section.existingFile('gender.json'));
  return predictSex(classifier, await voiceFeatures(path));
}
