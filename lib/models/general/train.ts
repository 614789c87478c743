/** Training of the general model on labelled corpora, and its test on each corpus by models of the others. */
import type { LabelledRecording } from '../../data/corpora/labelled';
import { calmAsNeutral } from '../../data/labels';
import { concatenate } from '../../features/matrix';
import { applyScaler, type FeatureScaler, fitScaler } from '../../features/scaler';
import { ENCODER_SETTINGS } from '../encoder/model';
import { fitInverseTemperature, scaledSoftmax } from '../inverse-temperature';
import { fitRidge, LIMIT, type RidgeClassifier } from '../ridge';
import { type ClipVectors, clipVectors, meanScores } from '../vector-ensemble';
import { GENERAL_EMOTIONS, type GeneralModel, type SpeakerProfile, withCalm } from './model';

/** L2 penalty; between 1,000 and 16,000 it changes little (LOG.md). */
const PENALTY = 4000;
/** Fewest recordings of a profile; mean and deviation of fewer depend on the text more than on the voice. */
export const LEAST_RECORDINGS = 20;

/** A recording of the training, in the order of the vectors. */
export type GeneralRecording = Pick<LabelledRecording, 'emotion' | 'speaker'> & { corpus: string };

/** Predictions of a corpus by a model that was trained on the others. */
export interface TransferTest {
  corpus: string;
  /** Positions of its recordings. */
  rows: number[];
  /** [rows × 8 emotions], with the average training speaker's profile. */
  unknown: Float32Array;
  /** The same with each speaker's own profile. */
  profiled: Float32Array;
}

/**
 * Profile of a speaker from recordings without labels.
 *
 * @param recordings statistics of each at all its playback speeds, [speeds × 3,072]
 * @throws RangeError if there are fewer than 20
 */
export function speakerProfile(recordings: readonly Float32Array[]): SpeakerProfile {
  if (recordings.length < LEAST_RECORDINGS) {
    throw new RangeError(
      `speakerProfile: there must be ${LEAST_RECORDINGS} recordings or more, got ${recordings.length}; record more`,
    );
  }
  return { settings: ENCODER_SETTINGS, recordings: recordings.length, ...scalerOf(recordings) };
}

/** Mean and deviation over recordings and playback speeds. */
const scalerOf = (recordings: readonly Float32Array[]): FeatureScaler =>
  fitScaler(concatenate(recordings), recordings[0].length / ENCODER_SETTINGS.statistics.speeds.length);

/**
 * Fits the linear model to all recordings, and its inverse temperatures to each corpus's predictions by a model of the
 * other corpora.
 *
 * @throws RangeError if there are fewer than two corpora
 */
export function fitGeneral(
  vectors: ClipVectors,
  recordings: readonly GeneralRecording[],
  onProgress: (message: string) => void = () => {},
): { model: GeneralModel; tests: TransferTest[] } {
  const corpora = [...new Set(recordings.map(({ corpus }) => corpus))];
  if (corpora.length < 2) throw new RangeError(`fitGeneral: there must be two corpora or more, got ${corpora.length}`);
  const all = [...recordings.keys()];
  const profiles = new Map(
    [...new Set(recordings.map(({ speaker }) => speaker))].map((speaker) => {
      const own = all.filter((row) => recordings[row].speaker === speaker);
      return [speaker, scalerOf(own.map((clip) => clipVectors({ clip }, vectors)))] as const;
    }),
  );
  const data = { vectors, recordings, profiles };
  const scored = corpora.map((corpus) => {
    onProgress(`testing on ${corpus}`);
    const rows = all.filter((row) => recordings[row].corpus === corpus);
    const classifier = fit(
      data,
      all.filter((row) => recordings[row].corpus !== corpus),
    );
    return {
      corpus,
      rows,
      unknown: scoresOf(data, classifier, rows),
      profiled: scoresOf(data, classifier, rows, true),
    };
  });
  const inverseTemperature = (mode: 'unknown' | 'profiled'): number =>
    fitInverseTemperature(
      concatenate(scored.map((test) => test[mode])),
      scored.flatMap(({ rows }) => rows.map((row) => labelOf(recordings[row]))),
      GENERAL_EMOTIONS.length,
    );
  onProgress('fitting to all corpora');
  const sharpness = { unknown: inverseTemperature('unknown'), profiled: inverseTemperature('profiled') };
  const model: GeneralModel = { settings: ENCODER_SETTINGS, classifier: fit(data, all), sharpness };
  return {
    model,
    tests: scored.map(({ corpus, rows, unknown, profiled }) => ({
      ...{ corpus, rows },
      unknown: withCalm(scaledSoftmax(unknown, sharpness.unknown, GENERAL_EMOTIONS.length), rows.length),
      profiled: withCalm(scaledSoftmax(profiled, sharpness.profiled, GENERAL_EMOTIONS.length), rows.length),
    })),
  };
}

interface GeneralData {
  vectors: ClipVectors;
  recordings: readonly GeneralRecording[];
  /** Mean and deviation of each speaker. */
  profiles: ReadonlyMap<string, FeatureScaler>;
}

/** Fits to rows standardised by speaker; mean and deviation of the result are the average speaker's. */
function fit({ vectors, recordings, profiles }: GeneralData, rows: readonly number[]): RidgeClassifier {
  const standardised = rows.map((clip) => {
    const profile = profiles.get(recordings[clip].speaker) as FeatureScaler;
    return applyScaler(clipVectors({ clip }, vectors), { ...profile, limit: LIMIT });
  });
  const labels = rows.flatMap((row) => new Array<number>(vectors.versions).fill(labelOf(recordings[row])));
  const options = { classes: GENERAL_EMOTIONS.length, penalty: PENALTY, standardised: true } as const;
  const solved = fitRidge({ values: concatenate(standardised), labels }, { ...options, solver: 'conjugate-gradients' });
  const speakers = [...new Set(rows.map((row) => recordings[row].speaker))];
  const own = speakers.map((speaker) => profiles.get(speaker) as FeatureScaler);
  const average = (value: (profile: FeatureScaler) => number): number =>
    own.reduce((sum, profile) => sum + value(profile), 0) / own.length;
  const features = [...solved.mean.keys()];
  return {
    ...solved,
    mean: features.map((k) => average(({ mean }) => mean[k])),
    deviation: features.map((k) => Math.sqrt(average(({ deviation }) => deviation[k] ** 2))),
  };
}

/** Mean score over the playback speeds of each row, [rows × 7]. */
function scoresOf(
  { vectors, recordings, profiles }: GeneralData,
  classifier: RidgeClassifier,
  rows: readonly number[],
  profiled = false,
): Float32Array {
  return concatenate(
    rows.map((clip) => {
      const { mean, deviation } = (profiled && profiles.get(recordings[clip].speaker)) || classifier;
      return meanScores([{ ...classifier, mean, deviation }], clipVectors({ clip }, vectors));
    }),
  );
}

/** Position in `GENERAL_EMOTIONS`; calm counts as neutral. */
const labelOf = ({ emotion }: GeneralRecording): number => GENERAL_EMOTIONS.indexOf(calmAsNeutral(emotion));
