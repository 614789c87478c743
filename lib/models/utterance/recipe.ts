/** Linear models on whole utterances, each recording at several playback speeds. */
import type { Clip } from '../../data/clip';
import { EMOTIONS } from '../../data/labels';
import { SerError } from '../../errors';
import type { FeatureStore } from '../../features/store/store';
import { pause } from '../../interrupt';
import { type Row, rowAt } from '../../training/dataset';
import type { FoldModel, FoldTask, FoldTrainer, Recipe, TrainingSettings } from '../../training/recipe';
import { fitInverseTemperature, scaledSoftmax } from '../inverse-temperature';
import { leaveActorsOut, rowKey } from '../leave-actors-out';
import { fitRidge, type RidgeClassifier, ridgeScores } from '../ridge';
import { UTTERANCE_FILE, type UtteranceModel } from './model';
import { UTTERANCE, UTTERANCE_RECIPE } from './settings';
import { computeUtterances, type Utterances } from './utterance-store';

/** One model of the leave-actors-out ensemble, and the keys of its training rows. */
interface Member {
  classifier: RidgeClassifier;
  trainedOn: ReadonlySet<string>;
}

/** Nothing here is trained by epochs: these only satisfy the interface, and `prepare` ignores them. */
const SETTINGS: TrainingSettings = { epochs: 1, batchSize: 1, learningRate: 1, specAugment: false, classWeights: true };

/** Ridge regression on utterance vectors. */
export const utteranceRecipe: Recipe = {
  title: 'ridge regression on functionals of whole utterances, recordings played at five speeds',
  settings: SETTINGS,
  ignores: ['epochs', 'batchSize', 'learningRate', 'specAugment', 'classWeights', 'rules'],
  prepare: async (store) => utteranceTrainer(store, await computeUtterances(store)),
};

/** Trainer bound to precomputed vectors. */
export function utteranceTrainer(store: TrainerStore, utterances: Utterances): FoldTrainer {
  const { bags } = UTTERANCE_RECIPE;
  const parameters = parametersOf(utterances);
  return {
    configuration: {
      ...{ model: 'utterance', ...UTTERANCE_RECIPE },
      ...{ utterance: UTTERANCE.version, speeds: [...UTTERANCE.speeds] },
    },
    describe: () =>
      `${bags} × ridge regression: ${utterances.features} functionals → ${EMOTIONS.length} emotions, ${parameters} parameters`,
    train: (task) => trainUtterances(store, utterances, task),
  };
}

/** Parts of a feature store that the trainer uses. */
type TrainerStore = Pick<FeatureStore, 'manifest' | 'copies'>;

const parametersOf = ({ features }: Utterances): number => UTTERANCE_RECIPE.bags * (features + 1) * EMOTIONS.length;

/** Writes the classifiers as ridge.json to the task's artefact folder. */
async function trainUtterances(
  store: TrainerStore,
  data: Utterances,
  { sides, artefacts, seed, interrupt }: FoldTask,
): Promise<FoldModel> {
  const classes = EMOTIONS.length;
  const { bags, penalty } = UTTERANCE_RECIPE;
  const { clips } = store.manifest;
  const rowOf = (position: number): Row => rowAt(store, position, sides.rows);
  const clipAt = (position: number): Clip => clips[rowOf(position).clip];
  const labelOf = (row: Row): number => clips[row.clip].label;
  const members: Member[] = [];
  for (const { train } of leaveActorsOut(clipAt, sides, { models: bags, seed })) {
    // Lets an interrupt through; a partly trained fold cannot be resumed.
    await pause();
    if (interrupt?.aborted) {
      const rule = `all ${bags} models must be fitted, got an interrupt after ${members.length}`;
      throw new SerError('bad-training', `trainUtterances: ${rule}; use the same run name to train this fold again`);
    }
    const rows = train.map(rowOf);
    const examples = rows.flatMap((row) => versionsOf(row, data).map((vector) => ({ vector, label: labelOf(row) })));
    const values = new Float32Array(examples.length * data.features);
    for (const [i, { vector }] of examples.entries()) values.set(vector, i * data.features);
    const labels = examples.map(({ label }) => label);
    members.push({
      classifier: fitRidge({ values, labels }, { classes, penalty }),
      trainedOn: new Set(rows.map(rowKey)),
    });
  }
  const scores = (rows: readonly Row[]): Float32Array => averageScores(members, rows, data);
  // Out-of-fold scores: each row is scored by the models not trained on it.
  const known = [...new Set([...sides.train, ...sides.validation])].map(rowOf);
  const sharpness = fitInverseTemperature(scores(known), known.map(labelOf), classes);
  const model: UtteranceModel = {
    settings: UTTERANCE,
    sharpness,
    classifiers: members.map(({ classifier }) => classifier),
  };
  artefacts.writeJson(UTTERANCE_FILE, model);
  artefacts.writeJson('labels.json', EMOTIONS);
  return {
    members: [{ name: 'utterance', parameters: parametersOf(data) }],
    interrupted: false,
    predict: (rows) => scaledSoftmax(scores(rows), sharpness, classes),
    dispose: () => {},
  };
}

/** All playback speeds of a clip; for an augmented copy, the one speed that replaces it. */
function versionsOf({ clip, copy }: Row, { values, versions, features }: Utterances): Float32Array[] {
  const version = (index: number): Float32Array => {
    const start = (clip * versions + index) * features;
    return values.subarray(start, start + features);
  };
  if (copy !== undefined) return [version(copy % versions)];
  return Array.from({ length: versions }, (_, index) => version(index));
}

/** Out-of-fold scores, averaged over playback speeds. Rows that all models were trained on are scored by all models. */
function averageScores(members: readonly Member[], rows: readonly Row[], data: Utterances): Float32Array {
  const classes = EMOTIONS.length;
  const result = new Float32Array(rows.length * classes);
  const vectors = rows.map((row) => versionsOf(row, data));
  const scorers = rows.map((row) => {
    const outOfFold = members.filter(({ trainedOn }) => !trainedOn.has(rowKey(row)));
    return outOfFold.length > 0 ? outOfFold : members;
  });
  for (const member of members) {
    const chosen = [...rows.keys()].filter((row) => scorers[row].includes(member));
    const values = new Float32Array(chosen.reduce((sum, row) => sum + vectors[row].length, 0) * data.features);
    let place = 0;
    for (const vector of chosen.flatMap((row) => vectors[row])) {
      values.set(vector, place);
      place += data.features;
    }
    const scores = ridgeScores(member.classifier, values);
    let first = 0;
    for (const row of chosen) {
      const share = 1 / (scorers[row].length * vectors[row].length);
      for (let i = 0; i < vectors[row].length * classes; i++) {
        result[row * classes + (i % classes)] += share * scores[first + i];
      }
      first += vectors[row].length * classes;
    }
  }
  return result;
}
