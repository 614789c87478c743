/** Linear models on the sounds of a trained sentence, aligned by a hidden Markov model. */
import type { Clip } from '../../data/clip';
import { EMOTIONS } from '../../data/labels';
import { SerError } from '../../errors';
import type { FeatureStore } from '../../features/store/store';
import { pause } from '../../interrupt';
import { type Row, rowAt } from '../../training/dataset';
import type { FoldModel, FoldTask, FoldTrainer, Recipe } from '../../training/recipe';
import { fitGroups } from '../group-standardiser';
import { fitInverseTemperature, scaledSoftmax } from '../inverse-temperature';
import { leaveActorsOut, rowKey } from '../leave-actors-out';
import { fitRidge, type RidgeClassifier } from '../ridge';
import { utteranceRecipe } from '../utterance/recipe';
import { UTTERANCE } from '../utterance/settings';
import { computeUtterances, type Utterances } from '../utterance/utterance-store';
import { fitAligner, type SentenceAligner } from './aligner';
import {
  groupOf,
  isKnown,
  SENTENCE_FILE,
  SENTENCE_SETTINGS,
  type SentenceFront,
  type SentenceInput,
  type SentenceModel,
  sentenceInputs,
  sentenceScores,
  sexOf,
} from './model';
import { computeSentences, type Sentences } from './sentence-store';
import { SENTENCE_FEATURES } from './sentence-vector';
import { SENTENCE } from './settings';
import type { SentenceVersions } from './versions';

/** Constants of the recipe. */
export const SENTENCE_RECIPE = {
  /** Number of averaged models, each leaving out some actors. */
  bags: 5,
  /** L2 penalty, chosen by cross-validation within training actors (LOG.md). */
  penalty: 4000,
  /** L2 penalty of the sex classifier, which has a fifth of the rows. */
  sexPenalty: 800,
} as const;

/** A trained model that also detects recordings of a trained sentence. */
export interface SentenceFoldModel extends FoldModel {
  known(rows: readonly Row[]): Promise<boolean[]>;
}

/** A trainer of such models. */
export interface SentenceTrainer extends FoldTrainer {
  train(task: FoldTask): Promise<SentenceFoldModel>;
}

/** Ridge regression on utterance and sentence vectors. */
export const sentenceRecipe: Recipe = {
  title: 'ridge regression on the sounds of the two sentences and on functionals, recordings played at five speeds',
  settings: utteranceRecipe.settings,
  ignores: utteranceRecipe.ignores,
  prepare: async (store) => sentenceTrainer(store, await computeUtterances(store), await computeSentences(store)),
};

/** Trainer bound to precomputed cepstra and utterance vectors. */
export function sentenceTrainer(
  store: Pick<FeatureStore, 'manifest' | 'copies'>,
  utterances: Utterances,
  sentences: Sentences,
): SentenceTrainer {
  const { bags } = SENTENCE_RECIPE;
  const inputs = utterances.features + SENTENCE_FEATURES.length;
  return {
    configuration: {
      ...{ model: 'sentence', ...SENTENCE_RECIPE },
      ...{ sentence: SENTENCE.version, utterance: UTTERANCE.version, speeds: [...UTTERANCE.speeds] },
    },
    describe: () =>
      `${bags} × ridge regression: ${utterances.features} functionals and ${SENTENCE_FEATURES.length} numbers of ` +
      `${SENTENCE.states} sounds → ${EMOTIONS.length} emotions, ${parametersOf(inputs)} parameters`,
    train: (task) => new SentenceTraining(store, utterances, sentences, task).run(),
  };
}

const parametersOf = (inputs: number): number => SENTENCE_RECIPE.bags * (inputs + 1) * EMOTIONS.length;

/** One model of the leave-actors-out ensemble, and the keys of its training rows. */
interface Member {
  classifier: RidgeClassifier;
  trainedOn: ReadonlySet<string>;
}

/** The training on one fold. */
class SentenceTraining {
  private readonly vectors = new Map<number, SentenceVersions>();
  private readonly classes = EMOTIONS.length;

  constructor(
    private readonly store: Pick<FeatureStore, 'manifest' | 'copies'>,
    private readonly utterances: Utterances,
    private readonly sentences: Sentences,
    private readonly task: FoldTask,
  ) {}

  /** Trains and writes the model as sentence.json to the task's artefact folder. */
  async run(): Promise<SentenceFoldModel> {
    const { sides, artefacts, seed } = this.task;
    const { bags, penalty } = SENTENCE_RECIPE;
    const trainRows = sides.train.map((position) => this.rowAt(position));
    const known = [...new Set([...sides.train, ...sides.validation])].map((position) => this.rowAt(position));
    const trainClips = [...new Set(trainRows.map(({ clip }) => clip))];
    const aligner = this.fitAligner(trainClips);
    await this.computeVectors([...new Set(known.map(({ clip }) => clip))], aligner);
    const front = { aligner, sex: this.fitSex(trainClips), ...this.fitStandardisers(trainRows, aligner) };
    const annotated = new Map(known.map((row) => [rowKey(row), this.inputsOf(front, row, this.sexAt(row))]));
    const members: Member[] = [];
    const clipAt = (position: number): Clip => this.clipOf(this.rowAt(position));
    for (const { train } of leaveActorsOut(clipAt, sides, { models: bags, seed })) {
      // Lets an interrupt through; a partly trained fold cannot be resumed.
      await pause();
      if (this.task.interrupt?.aborted) {
        const rule = `all ${bags} models must be fitted, got an interrupt after ${members.length}`;
        throw new SerError('bad-training', `trainSentences: ${rule}; use the same run name to train this fold again`);
      }
      const rows = train.map((position) => this.rowAt(position));
      const parts = rows.map((row) => annotated.get(rowKey(row)) as Float32Array);
      const width = this.utterances.features + SENTENCE_FEATURES.length;
      const labels = rows.flatMap((row, index) =>
        new Array<number>(parts[index].length / width).fill(this.clipOf(row).label),
      );
      const classifier = fitRidge(
        { values: concatenate(parts), labels },
        { classes: this.classes, penalty, standardised: true, solver: 'conjugate-gradients' },
      );
      members.push({ classifier, trainedOn: new Set(rows.map(rowKey)) });
    }
    annotated.clear();
    const merged = mean(members.map(({ classifier }) => classifier));
    const scores = (rows: readonly Row[]): Float32Array => this.scores(front, members, merged, rows);
    const labels = known.map((row) => this.clipOf(row).label);
    const sharpness = fitInverseTemperature(scores(known), labels, this.classes);
    const model: SentenceModel = { settings: SENTENCE_SETTINGS, ...front, sharpness, classifier: merged };
    artefacts.writeJson(SENTENCE_FILE, model);
    artefacts.writeJson('labels.json', EMOTIONS);
    const prepare = (rows: readonly Row[]): Promise<void> => this.computeVectors(clipsOf(rows), aligner);
    return {
      members: [{ name: 'sentence', parameters: parametersOf(this.utterances.features + SENTENCE_FEATURES.length) }],
      interrupted: false,
      predict: async (rows) => {
        await prepare(rows);
        return scaledSoftmax(scores(rows), sharpness, this.classes);
      },
      known: async (rows) => {
        await prepare(rows);
        return rows.map(({ clip }) => isKnown(this.vectors.get(clip) as SentenceVersions));
      },
      dispose: () => {},
    };
  }

  private rowAt(position: number): Row {
    return rowAt(this.store, position, this.task.sides.rows);
  }

  private clipOf({ clip }: Row): Clip {
    return this.store.manifest.clips[clip];
  }

  private sexAt(row: Row): number {
    return this.clipOf(row).sex === 'male' ? 0 : 1;
  }

  /** Fits the aligner to the training clips, without emotion labels. */
  private fitAligner(trainClips: readonly number[]): SentenceAligner {
    return fitAligner(
      trainClips.map((clip) => this.sentences.frames(clip)),
      trainClips.map((clip) => this.store.manifest.clips[clip].statement - 1),
    );
  }

  private async computeVectors(clips: readonly number[], aligner: SentenceAligner): Promise<void> {
    const missing = clips.filter((clip) => !this.vectors.has(clip));
    if (missing.length === 0) return;
    const versions = await this.sentences.versions(missing, aligner);
    for (const [index, clip] of missing.entries()) this.vectors.set(clip, versions[index]);
  }

  private fitSex(trainClips: readonly number[]): RidgeClassifier {
    const vectors = trainClips.map((clip) => this.utterance(clip, 0));
    return fitRidge(
      { values: concatenate(vectors), labels: trainClips.map((clip) => this.sexAt({ clip })) },
      { classes: 2, penalty: SENTENCE_RECIPE.sexPenalty, solver: 'conjugate-gradients' },
    );
  }

  /** Fits one group per sentence of the aligner and sex. */
  private fitStandardisers(trainRows: readonly Row[], aligner: SentenceAligner): Pick<SentenceFront, 'standardisers'> {
    const rows = trainRows.map((row) => ({ sex: this.sexAt(row), own: this.versionsOf(row) }));
    const utterances = {
      values: concatenate(rows.map(({ own }) => own.utterances)),
      groups: rows.flatMap(({ sex, own }) => own.sentences.map(() => sex)),
    };
    const sentences = {
      values: concatenate(rows.map(({ own }) => own.vectors)),
      groups: rows.flatMap(({ sex, own }) => own.sentences.map((sentence) => groupOf(sentence, sex))),
    };
    const count = aligner.sentences.length;
    return { standardisers: { utterance: fitGroups(utterances, 2), sentence: fitGroups(sentences, 2 * count) } };
  }

  private utterance(clip: number, version: number): Float32Array {
    const { values, versions, features } = this.utterances;
    return values.subarray((clip * versions + version) * features, (clip * versions + version + 1) * features);
  }

  /** All playback speeds of a clip; for an augmented copy, the one speed that replaces it. */
  private versionsOf({ clip, copy }: Row): SentenceInput {
    const { versions, features, values } = this.utterances;
    const { vectors, sentences } = this.vectors.get(clip) as SentenceVersions;
    if (copy === undefined) {
      const utterances = values.subarray(clip * versions * features, (clip + 1) * versions * features);
      return { utterances, vectors, sentences };
    }
    const version = copy % versions;
    const size = SENTENCE_FEATURES.length;
    return {
      utterances: this.utterance(clip, version),
      vectors: vectors.subarray(version * size, (version + 1) * size),
      sentences: [sentences[version]],
    };
  }

  private inputsOf(front: SentenceFront, row: Row, sex: number): Float32Array {
    return sentenceInputs(front, this.versionsOf(row), sex);
  }

  /** Out-of-fold scores; rows that all models or none were trained on get the mean of all. Sex is predicted. */
  private scores(
    front: SentenceFront,
    members: readonly Member[],
    merged: RidgeClassifier,
    rows: readonly Row[],
  ): Float32Array {
    const scores = rows.flatMap((row) => {
      const inputs = this.inputsOf(front, row, sexOf(front, this.utterance(row.clip, 0)));
      const outOfFold = members.filter(({ trainedOn }) => !trainedOn.has(rowKey(row)));
      if (outOfFold.length === 0 || outOfFold.length === members.length) return sentenceScores(merged, inputs);
      const each = outOfFold.map(({ classifier }) => sentenceScores(classifier, inputs));
      return each[0].map((_, label) => each.reduce((sum, own) => sum + own[label], 0) / each.length);
    });
    return Float32Array.from(scores);
  }
}

const clipsOf = (rows: readonly Row[]): number[] => [...new Set(rows.map(({ clip }) => clip))];

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const part of parts) {
    result.set(part, place);
    place += part.length;
  }
  return result;
}

/** Averages linear classifiers of the same inputs; the mean classifier gives their mean score. */
function mean(classifiers: readonly RidgeClassifier[]): RidgeClassifier {
  const share = 1 / classifiers.length;
  const sum = (values: readonly number[]): number => share * values.reduce((total, value) => total + value, 0);
  const [first] = classifiers;
  return {
    ...first,
    weights: first.weights.map((row, k) => row.map((_, c) => sum(classifiers.map(({ weights }) => weights[k][c])))),
    bias: first.bias.map((_, c) => sum(classifiers.map(({ bias }) => bias[c]))),
  };
}
