/** Which trained model answers: the one that is named, or else the best that is there. */
import path from 'node:path';
import { SerError } from '../errors';
import { dataPath, PROJECT, shown } from '../project';
import { LATEST, readLatest } from '../training/latest';
import { loadRun, type Run, type RunCorpus } from '../training/run';
import { RunSection } from '../training/section';
import { answeringSection } from '../training/train';

/** Name that stands for the model that comes with the project. */
const SHIPPED = 'shipped';
/** Its folder in data/models. */
const SHIPPED_MODEL = 'recommended';

/** Where a trained model is. */
export interface PredictorOptions {
  /**
   * Name of a run; `latest`: the run that was finished last, or the shipped model where there is none; `shipped`.
   * Default `latest`, unless that one learned from practice voices: then `shipped`.
   */
  run?: string;
  /** The folder of all runs; default data/runs. */
  root?: string;
  /** Any folder that holds a model with its scaler, labels and calibration; takes the place of a run. */
  folder?: string;
}

/** A model that was found. */
export interface ChosenModel {
  /** In words, such as `run first` or `the shipped model`. */
  name: string;
  /** The run's folder, the shipped model's, or the one that was named. */
  section: RunSection;
  /** What it learned from; absent of a mere folder. */
  corpus?: RunCorpus;
  /** Absent of shipped models and mere folders. */
  run?: Run;
}

/**
 * Finds the model that answers.
 *
 * @throws SerError `bad-artefact` if it is missing, unfinished or damaged
 */
export function chooseModel({ run, root, folder }: PredictorOptions = {}): ChosenModel {
  if (folder !== undefined) return { name: shown(folder), section: new RunSection(folder) };
  if (run === SHIPPED) return shippedModel();
  const runs = root ?? dataPath('runs');
  // Runs or a run that are named are meant: nothing else takes their place.
  const anyLatest = root === undefined && (run ?? LATEST) === LATEST;
  if (anyLatest && readLatest(runs) === undefined) return shippedModel();
  const chosen = loadRun(runs, run);
  const { name, corpus } = chosen.info;
  if (anyLatest && run === undefined && corpus.kind === 'practice') return shippedModel();
  return { name: `run ${name}`, section: chosen, corpus, run: chosen };
}

/**
 * Where that which tells emotions is; of a run with several folds in the first one's folder.
 *
 * @throws SerError `bad-artefact` if a run's training is missing or unfinished
 */
export const emotionSection = ({ run, section }: ChosenModel): RunSection => (run ? answeringSection(run) : section);

function shippedModel(): ChosenModel {
  const root = path.join(PROJECT, 'data', 'models');
  const section = new RunSection(path.join(root, SHIPPED_MODEL));
  if (!section.has('run.json')) {
    const place = shown(section.folder);
    throw new SerError(
      'bad-artefact',
      `chooseModel: the shipped model must lie in ${place}, got no run.json; restore it from git, or name a run`,
    );
  }
  const { corpus } = loadRun(root, SHIPPED_MODEL).info;
  return { name: 'the shipped model', section, corpus };
}
