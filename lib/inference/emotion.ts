/** Which emotion a recording sounds like, by a trained run. */
import { loadClip } from '../audio/load';
import { EMOTIONS, type Emotion, type Sex } from '../data/labels';
import { voiceFeatures } from '../features/extract';
import { mfcc } from '../features/mfcc';
import { loadModel } from '../model/model-file';
import { dataPath } from '../project';
import type { Dataset } from '../training/dataset';
import { predictRows } from '../training/fit';
import { loadRun, type Run } from '../training/run';
import { applyScaler, type FeatureScaler } from '../training/scaler';
import { loadGenderClassifier, predictSex } from './gender';

/** What the model heard. */
export interface EmotionPrediction {
  emotion: Emotion;
  /** Of each emotion; they add up to 1. */
  probabilities: Record<Emotion, number>;
}

/** What the classifier made of a voice. */
export interface GenderPrediction {
  /** As RAVDESS annotates its actors. */
  sex: Sex;
  /** Distance from the boundary, ≥ 0; not a probability. */
  margin: number;
}

/** Where a trained run is. */
export interface DetectorOptions {
  /** Name of the run; default `latest`. */
  run?: string;
  /** The folder of all runs; default data/runs. */
  root?: string;
}

/**
 * The emotion of a WAV or MP3 file: 2.4 s from 0.6 s, as in training, untouched by any augmentation.
 *
 * The same file gives the same answer.
 *
 * @throws SerError `bad-audio` for an unusable file, `bad-artefact` without a trained run
 */
export async function emotionDetector(path: string, options: DetectorOptions = {}): Promise<EmotionPrediction> {
  const run = openRun(options);
  const { values, frames, coefficients } = mfcc(await loadClip(path));
  const features = applyScaler(values, run.readJson<FeatureScaler>('scaler.json'));
  const row: Dataset = { features, labels: new Int32Array(1), clips: new Int32Array(1), frames, coefficients };
  const labels = run.readJson<Emotion[]>('labels.json');
  const model = await loadModel(run.existingFile('model'));
  const outputs = predictRows(model, row);
  model.dispose();
  const probabilities = Object.fromEntries(EMOTIONS.map((emotion) => [emotion, outputs[labels.indexOf(emotion)]]));
  return {
    emotion: labels[outputs.indexOf(Math.max(...outputs))],
    probabilities: probabilities as Record<Emotion, number>,
  };
}

/**
 * The sex of a voice, as RAVDESS annotates its actors, from the mean of 40 MFCCs over the whole file.
 *
 * @throws SerError `bad-audio` for an unusable file, `bad-artefact` without a trained run
 */
export async function detectGender(path: string, options: DetectorOptions = {}): Promise<GenderPrediction> {
  const classifier = loadGenderClassifier(openRun(options).existingFile('gender.json'));
  return predictSex(classifier, await voiceFeatures(path));
}

function openRun({ run = 'latest', root = dataPath('runs') }: DetectorOptions): Run {
  return loadRun(root, run);
}
