/** Selection of the trained model: the one that is named, else the shipped one. */
import path from 'node:path';
import { SerError } from '../errors';
import type { SpeakerProfile } from '../models/general/model';
import { dataPath, PROJECT, shown } from '../project';
import { ArtefactFolder } from '../training/runs/artefact-folder';
import { LATEST, readLatest } from '../training/runs/latest';
import { loadRun, type Run, type RunCorpus } from '../training/runs/run';
import { finalModelFolder } from '../training/train';

/** Name of the model that comes with the project. */
const SHIPPED = 'shipped';
/** Its folder in data/models. */
const SHIPPED_MODEL = 'recommended';
/** Name, and folder in data/models, of the model for recordings of other texts and languages. */
const GENERAL = 'general';

/** Location of a trained model. */
export interface PredictorOptions {
  /**
   * Run name; `latest`, the run finished last, or the shipped model if there is no run; `shipped`; or `general`, the
   * model for other texts and languages. Default `shipped`, but `latest` if `root` is given.
   */
  run?: string;
  /** The folder of all runs; default data/runs. */
  root?: string;
  /** Any folder with a model, its scaler, labels and calibration; replaces `run`. */
  folder?: string;
}

/** Options of `EmotionPredictor.load`. */
export interface LoadPredictorOptions extends PredictorOptions {
  quick?: boolean;
  profile?: SpeakerProfile;
}

/** A trained model that was found. */
export interface ChosenModel {
  /** Name for output, such as `run first` or `the shipped model`. */
  name: string;
  /** Folder of the run, of the shipped model, or the given one. */
  artefacts: ArtefactFolder;
  /** Training corpus; absent if only a folder was given. */
  corpus?: RunCorpus;
  /** Absent for the shipped model, or if only a folder was given. */
  run?: Run;
  /** Model for out-of-domain texts; of the shipped model only. */
  others?: ChosenModel;
}

/**
 * Finds the model to predict with: the shipped one by default.
 *
 * @throws SerError `bad-artefact` if it is missing, unfinished or damaged
 * @example chooseModel({ run: 'latest' }).name // 'run first'
 */
export function chooseModel({ run, root, folder }: PredictorOptions = {}): ChosenModel {
  if (folder !== undefined) return { name: shown(folder), artefacts: new ArtefactFolder(folder) };
  if (run === SHIPPED || (run === undefined && root === undefined)) return shippedModel();
  if (run === GENERAL && root === undefined) return generalModel();
  const runs = root ?? dataPath('runs');
  // An explicit `root` is never replaced by the shipped model.
  if (run === LATEST && root === undefined && readLatest(runs) === undefined) return shippedModel();
  const chosen = loadRun(runs, run);
  const { name, corpus } = chosen.info;
  return { name: `run ${name}`, artefacts: chosen, corpus, run: chosen };
}

/**
 * Folder of the emotion model: the run's own, or that of its first fold if it has several.
 *
 * @throws SerError `bad-artefact` if a run's training is missing or unfinished
 */
export const emotionFolder = ({ run, artefacts }: ChosenModel): ArtefactFolder =>
  run ? finalModelFolder(run) : artefacts;

function shippedModel(): ChosenModel {
  const root = path.join(PROJECT, 'data', 'models');
  const artefacts = new ArtefactFolder(path.join(root, SHIPPED_MODEL));
  if (!artefacts.has('run.json')) {
    const place = shown(artefacts.folder);
    throw new SerError(
      'bad-artefact',
      `chooseModel: the shipped model must be in ${place}, got no run.json; restore it from git, or name a run`,
    );
  }
  const { corpus } = loadRun(root, SHIPPED_MODEL).info;
  return { name: 'the shipped model', artefacts, corpus, others: generalModel() };
}

function generalModel(): ChosenModel {
  return { name: 'the general model', artefacts: new ArtefactFolder(path.join(PROJECT, 'data', 'models', GENERAL)) };
}
