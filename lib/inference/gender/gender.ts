/** The sex of a voice, as annotated in RAVDESS, from the mean cepstrum of a recording. */
import fs from 'node:fs';
import { GENDER } from '../../config';
import type { Sex } from '../../data/labels';
import { SerError } from '../../errors';
import { applyScaler, type FeatureScaler, fitScaler, scalerSchema } from '../../features/scaler';
import type { FeatureStore } from '../../features/store/store';
import { readJson, writeFile } from '../../files';
import { Random } from '../../random';
import { anything, list, number, object, oneOf, optional, record, type Schema, text, version } from '../../schema';
import { fitPlatt, type PlattScaling, plattProbability } from './platt';
import { type SvmModel, svmMargin, svmSchema, trainSvm } from './svm';

/** Version of gender.json. */
export const GENDER_FORMAT = 1;

/** Mean cepstra with their annotations, one entry per clip. */
export interface GenderData {
  /** The mean of each coefficient over a whole file, 40 per clip. */
  features: readonly ArrayLike<number>[];
  sexes: readonly Sex[];
  actors: readonly number[];
}

/**
 * Mean cepstra of a store's clips with their annotations.
 *
 * @example const { features, sexes, actors } = genderData(loadFeatures(dataPath('features')))
 */
export function genderData({ manifest, voice }: Pick<FeatureStore, 'manifest' | 'voice'>): GenderData {
  const { clips } = manifest;
  const { coefficients } = GENDER;
  return {
    features: clips.map((_, clip) => voice.subarray(clip * coefficients, (clip + 1) * coefficients)),
    sexes: clips.map(({ sex }) => sex),
    actors: clips.map(({ actor }) => actor),
  };
}

/** A trained classifier as plain data. */
export interface GenderClassifier {
  format: typeof GENDER_FORMAT;
  /** Per feature: subtract the mean, divide by the deviation. Fitted on the training actors only. */
  scaler: FeatureScaler;
  machine: SvmModel;
  /** Classes of a negative and a positive margin. */
  sides: { negative: Sex; positive: Sex };
  trainedOn: { actors: number[]; clips: number; seed: number };
  /** Always absent here; a file without a classifier holds only this reason. */
  absent?: undefined;
  /** From margins to probabilities of the positive side; absent if there were fewer than four training actors of each sex. */
  calibration?: PlattScaling;
}

const whole = number({ whole: true });
const classifierSchema: Schema<GenderClassifier> = object({
  format: version(GENDER_FORMAT),
  scaler: scalerSchema(GENDER.coefficients),
  machine: svmSchema(GENDER.coefficients),
  sides: object({ negative: oneOf(['male']), positive: oneOf(['female']) }),
  trainedOn: object({ actors: list(whole), clips: whole, seed: whole }),
  calibration: optional(object({ slope: number(), intercept: number() })),
  absent: anything,
});
const absentSchema: Schema<AbsentClassifier> = object({ format: version(GENDER_FORMAT), absent: text });

/** gender.json. */
const genderSchema: Schema<GenderClassifier | AbsentClassifier> = (value, place) =>
  'absent' in record(value, place) ? absentSchema(value, place) : classifierSchema(value, place);

/** Predicted speaker sex. */
export interface SexPrediction {
  sex: Sex;
  /** Distance from the boundary, 0 or above; 1 is the edge of the margin. Not a probability. */
  margin: number;
  /** Of that sex, calibrated on actors left out in turn; absent without calibration. Can be below 0.5 near the boundary. */
  probability?: number;
}

/** Accuracy of the classifier on held-out actors. */
export interface GenderScore {
  clips: number;
  accuracy: number;
  folds: { testActors: number[]; clips: number; accuracy: number }[];
  /** True for each clip that was classified correctly, in the order of the clips; false for clips of no fold. */
  right: boolean[];
}

/**
 * Trains a support vector machine to classify speaker sex, as annotated in RAVDESS, on the training actors' clips.
 *
 * features → scaled to mean 0 and deviation 1 over the training actors → Gaussian kernel, cost 1.
 * Neither the scaler nor the machine uses clips of other actors.
 *
 * Platt scaling, fitted on actors left out in turn, converts margins to probabilities if there are enough actors.
 *
 * @param trainActors training actors, of both sexes
 * @throws RangeError if the lists differ in length, a feature is not finite, or an actor has no clips
 * @throws SerError `bad-training` if one sex is missing among the training actors
 */
export function trainGenderClassifier(
  data: GenderData & { trainActors: readonly number[]; seed?: number },
): GenderClassifier {
  const { sexes, actors, trainActors, seed = 11 } = data;
  checkData('trainGenderClassifier', data);
  const absent = trainActors.find((actor) => !actors.includes(actor));
  if (absent !== undefined) {
    throw new RangeError(`trainGenderClassifier: every training actor needs clips, got none of actor ${absent}`);
  }
  const { scaler, machine, clips } = trainMachine(data, trainActors, seed);
  const count = (sex: Sex): number => trainActors.filter((actor) => sexes[actors.indexOf(actor)] === sex).length;
  const enough = Math.min(count('male'), count('female')) >= ENOUGH;
  const leftOut = enough ? predictLeftOut(data, trainActors, dealFolds(data, trainActors, seed), seed).flat() : [];
  return {
    format: GENDER_FORMAT,
    scaler,
    machine,
    sides: { negative: 'male', positive: 'female' },
    trainedOn: { actors: [...trainActors].sort((a, b) => a - b), clips: clips.length, seed },
    ...(enough
      ? {
          calibration: fitPlatt(
            leftOut.map(({ margin }) => margin),
            leftOut.map(({ clip }) => sexes[clip] === 'female'),
          ),
        }
      : {}),
  };
}

/** Fewest actors of each sex for a calibration by leaving some out in turn. */
const ENOUGH = 4;

/** A machine and its scaler, trained on the clips of some actors. */
function trainMachine({ features, sexes, actors }: GenderData, trainActors: readonly number[], seed: number) {
  const clips = actors.flatMap((actor, clip) => (trainActors.includes(actor) ? [clip] : []));
  const present = new Set(clips.map((clip) => sexes[clip]));
  if (present.size < 2) {
    throw new SerError(
      'bad-training',
      `trainGenderClassifier: voices of both sexes are needed, got ${[...present].join() || 'none'}; add training actors`,
    );
  }
  const scaler = fitScaler(
    clips.flatMap((clip) => Array.from(features[clip])),
    GENDER.coefficients,
  );
  const machine = trainSvm(
    clips.map((clip) => scale(scaler, features[clip])),
    clips.map((clip) => (sexes[clip] === 'female' ? 1 : -1)),
    new Random(seed, 'trainGenderClassifier'),
  );
  return { scaler, machine, clips };
}

/** Margins of the clips of each fold, from a machine trained on the other actors. */
function predictLeftOut(
  data: GenderData,
  actors: readonly number[],
  folds: readonly (readonly number[])[],
  seed: number,
): { clip: number; margin: number }[][] {
  return folds.map((left) => {
    const { scaler, machine } = trainMachine(
      data,
      actors.filter((actor) => !left.includes(actor)),
      seed,
    );
    const marginOf = svmMargin(machine);
    return data.actors.flatMap((actor, clip) =>
      left.includes(actor) ? [{ clip, margin: marginOf(scale(scaler, data.features[clip])) }] : [],
    );
  });
}

/**
 * Predicts the sex of a speaker, as annotated in RAVDESS.
 *
 * @param features mean of each coefficient over the whole recording, 40 in all
 * @throws RangeError if there are not as many finite features as in training
 */
export function predictSex(classifier: GenderClassifier, features: ArrayLike<number>): SexPrediction {
  const { scaler, machine, sides, calibration } = classifier;
  const margin = svmMargin(machine)(scale(scaler, features));
  const sex = margin > 0 ? sides.positive : sides.negative;
  if (!calibration) return { sex, margin: Math.abs(margin) };
  const female = plattProbability(calibration, margin);
  return { sex, margin: Math.abs(margin), probability: margin > 0 ? female : 1 - female };
}

/**
 * Cross-validated accuracy on held-out actors: trains on all folds but one, and predicts that one.
 *
 * @param folds lists of test actors, no actor twice; default five folds with both sexes dealt evenly by `seed`
 * @throws RangeError if an actor is in two folds
 * @throws SerError `bad-training` if there are fewer than four actors, or the training side of a fold has voices of one sex only
 */
export function crossValidateGender(
  data: GenderData & { folds?: readonly (readonly number[])[]; seed?: number },
): GenderScore {
  checkData('crossValidateGender', data);
  const { sexes, actors, seed = 11 } = data;
  const everyone = [...new Set(actors)].sort((a, b) => a - b);
  const folds = data.folds ?? dealFolds(data, everyone, seed);
  const tested = folds.flat();
  const twice = tested.find((actor, position) => tested.indexOf(actor) !== position);
  if (twice !== undefined) throw new RangeError(`crossValidateGender: actor ${twice} is in two folds`);
  const right = actors.map(() => false);
  const scores = predictLeftOut(data, everyone, folds, seed).map((predictions, fold) => {
    const testActors = [...folds[fold]];
    const clips = predictions.length;
    if (clips === 0) throw new RangeError(`crossValidateGender: fold [${testActors.join()}] has no clips`);
    for (const { clip, margin } of predictions) right[clip] = margin > 0 === (sexes[clip] === 'female');
    return { testActors, clips, accuracy: predictions.filter(({ clip }) => right[clip]).length / clips };
  });
  const clips = scores.reduce((sum, fold) => sum + fold.clips, 0);
  const correct = scores.reduce((sum, fold) => sum + fold.accuracy * fold.clips, 0);
  return { clips, accuracy: correct / clips, folds: scores, right };
}

/** Content of gender.json if no classifier could be trained. */
export interface AbsentClassifier {
  format: typeof GENDER_FORMAT;
  /** The reason, such as `voices of both sexes are needed, got male`. */
  absent: string;
}

/** Writes a classifier as JSON, about 200 kB, or the reason why there is none. */
export function saveGenderClassifier(file: string, classifier: GenderClassifier | AbsentClassifier): void {
  writeFile(file, `${JSON.stringify(classifier)}\n`); // indented, each number would take a line
}

/**
 * Reads a classifier written by `saveGenderClassifier`.
 *
 * @throws SerError `bad-artefact` if the file is missing, damaged or of another version, or if the run has no classifier
 */
export function loadGenderClassifier(file: string): GenderClassifier {
  const classifier = readGender(file);
  if (classifier.absent === undefined) return classifier;
  throw new SerError(
    'bad-artefact',
    `loadGenderClassifier: this run has no classifier of speaker sex (${classifier.absent}), according to ${file}; ` +
      'predict without it, or choose another run',
  );
}

/**
 * Reads a file written by `saveGenderClassifier`, which may hold a reason instead of a classifier.
 *
 * @throws SerError `bad-artefact` if the file is missing, damaged or of another version
 */
export function readGender(file: string): GenderClassifier | AbsentClassifier {
  if (!fs.existsSync(file)) {
    throw new SerError('bad-artefact', `loadGenderClassifier: no classifier in ${file}; 3-train writes it`);
  }
  return readJson(file, genderSchema, 'run 3-train again');
}

function scale(scaler: FeatureScaler, features: ArrayLike<number>): number[] {
  return Array.from(applyScaler(Float64Array.from(features), scaler));
}

/** Deals the shuffled actors of each sex in turn. */
function dealFolds({ sexes, actors }: GenderData, everyone: readonly number[], seed: number): number[][] {
  const random = new Random(seed, 'crossValidateGender');
  const sexOf = new Map(actors.map((actor, clip) => [actor, sexes[clip]]));
  const shuffled = random.shuffle(everyone);
  const dealt = (['male', 'female'] as const).flatMap((sex) => shuffled.filter((actor) => sexOf.get(actor) === sex));
  const count = Math.min(5, Math.floor(everyone.length / 2));
  if (count < 2) {
    const message = `crossValidateGender: at least 4 actors are needed, got ${everyone.length}; add actors`;
    throw new SerError('bad-training', message);
  }
  return Array.from({ length: count }, (_, fold) => dealt.filter((_, position) => position % count === fold));
}

function checkData(caller: string, { features, sexes, actors }: GenderData): void {
  if (sexes.length !== features.length || actors.length !== features.length) {
    throw new RangeError(
      `${caller}: features, sexes and actors must have one entry per clip, ` +
        `got ${features.length}, ${sexes.length} and ${actors.length}`,
    );
  }
  for (const [clip, row] of features.entries()) {
    if (row.length !== GENDER.coefficients) {
      throw new RangeError(
        `${caller}: each clip needs ${GENDER.coefficients} features, got ${row.length} for clip ${clip}`,
      );
    }
    const wrong = Array.from(row).findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      throw new RangeError(
        `${caller}: features must be finite, got ${row[wrong]} for clip ${clip}, coefficient ${wrong}`,
      );
    }
  }
}
