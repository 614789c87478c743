/** Folder of one training run: data, parameters and results. */
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from '../../errors';
import type { FeatureManifest } from '../../features/store/store';
import { readJson } from '../../files';
import { releaseLock, takeLock } from '../../lock';
import { shown } from '../../project';
import { list, number, object, oneOf, optional, record, type Schema, text, version } from '../../schema';
import type { FoldFacts } from '../dataset';
import { ArtefactFolder, checkName, nameSchema } from './artefact-folder';
import { LATEST, pointLatest, readLatest } from './latest';
import { describeEnvironment, differences, type Environment } from './provenance';

/** Version of the run folder's layout; a run of another version is refused. */
export const RUN_FORMAT = 2;

/** Corpus that the run was trained on. */
export interface RunCorpus {
  /** `practice`: synthetic voices, whose results must not be reported as results on recordings. */
  kind: 'ravdess' | 'practice';
  /** Such as `RAVDESS recordings`, without paths of this machine. */
  description: string;
  clips: number;
  /** Hash over the clips. */
  fingerprint: string;
}

/** Describes the corpus of a feature store for run.json. */
export function runCorpus({ corpus, clips }: Pick<FeatureManifest, 'corpus' | 'clips'>): RunCorpus {
  const { kind, label, fingerprint } = corpus;
  return { kind, description: label, clips: clips.length, fingerprint };
}

/** run.json. */
export interface RunInfo extends Environment {
  format: number;
  name: string;
  /** `finished` once everything was written. */
  status: 'unfinished' | 'finished';
  /** ISO 8601, UTC. */
  created: string;
  finished?: string;
  seed: number;
  corpus: RunCorpus;
  /** Every parameter and constant that shaped the run, so that later notebooks need not repeat any. */
  configuration: Record<string, unknown>;
  /** Folds whose training has begun, by protocol; absent in runs of earlier versions. */
  folds?: RunFold[];
}

/** Actors on each side of a fold. */
export interface RunFold extends Pick<FoldFacts, 'fold' | 'actors'> {
  protocol: string;
}

const actorsSchema = list(number({ from: 1, whole: true }));
const foldSchema: Schema<RunFold> = object({
  protocol: text,
  fold: number({ from: 1, whole: true }),
  actors: object({ train: actorsSchema, validation: actorsSchema, test: actorsSchema }),
});

const runSchema: Schema<RunInfo> = object({
  format: version(RUN_FORMAT),
  name: text,
  status: oneOf(['unfinished', 'finished']),
  created: text,
  finished: optional(text),
  seed: number({ whole: true }),
  corpus: object({
    kind: oneOf(['ravdess', 'practice']),
    description: text,
    clips: number({ from: 0, whole: true }),
    fingerprint: text,
  }),
  // Names a folder of the run.
  configuration: object<Record<string, unknown>>({ protocol: optional(nameSchema) }),
  node: text,
  platform: text,
  threads: number({ from: 1, whole: true }),
  packages: record as Schema<Record<string, string>>,
  commit: optional(text),
  folds: optional(list(foldSchema)),
});

/** Options of `createRun`. */
export interface RunOptions {
  /** The folder of all runs, such as `data/runs`. */
  root: string;
  /** Letters, digits, `.`, `-`, `_`; default the time and seed, such as `2026-11-23T03-12-05-seed11`. */
  name?: string;
  corpus: RunCorpus;
  configuration: Record<string, unknown>;
  seed: number;
}

/** A run on disk. */
export class Run extends ArtefactFolder {
  constructor(
    folder: string,
    /** Contents of run.json. */
    public info: Readonly<RunInfo>,
  ) {
    super(folder);
  }

  /**
   * Marks the run as finished and points `latest` at it.
   *
   * Until then `latest` points at the previous run, so that an interrupted training does not hide it.
   */
  finish(): void {
    this.info = { ...this.info, status: 'finished', finished: new Date().toISOString() };
    this.writeJson('run.json', this.info);
    pointLatest(path.dirname(this.folder), path.basename(this.folder));
    this.release();
  }

  /** Notes the actors of a protocol's fold in run.json, in place of earlier ones of the same fold. */
  noteFold(protocol: string, { fold, actors }: Pick<FoldFacts, 'fold' | 'actors'>): void {
    const folds = new Map(this.info.folds?.map((noted) => [`${noted.protocol} ${noted.fold}`, noted]));
    folds.set(`${protocol} ${fold}`, { protocol, fold, actors });
    this.info = { ...this.info, folds: [...folds.values()] };
    this.writeJson('run.json', this.info);
  }

  /**
   * Claims the run for this process, until `release`, `finish` or the process's end.
   *
   * @throws SerError `in-use` if another process trains it
   */
  claim(): void {
    claimRun(this.folder);
  }

  /** Releases the claim, so that other processes can train the run. */
  release(): void {
    releaseLock(lockOf(this.folder));
  }
}

/** Lock file beside the run's folder, so that a run can be claimed before it is created. */
const lockOf = (folder: string): string => path.join(path.dirname(folder), `.${path.basename(folder)}.lock`);

function claimRun(folder: string): void {
  const what = `openRun: run ${path.basename(folder)} in ${shown(path.dirname(folder))}`;
  takeLock(lockOf(folder), what, 'choose another run name (-p run=NAME)');
}

/**
 * Makes a run's folder and writes run.json into it.
 *
 * @throws RangeError if the name could point outside the folder
 * @throws SerError `bad-artefact` if a folder of this name exists
 */
export function createRun(options: RunOptions): Run {
  const { name, seed, corpus, configuration } = options;
  const root = path.resolve(options.root);
  const created = new Date().toISOString();
  // Year to second, without the colons that Windows forbids.
  const time = created.slice(0, 19).replaceAll(':', '-');
  if (name !== undefined) checkRunName(name);
  fs.mkdirSync(root, { recursive: true });
  const folder = name === undefined ? makeFolder(root, `${time}-seed${seed}`) : takeFolder(root, name);
  const info: RunInfo = {
    format: RUN_FORMAT,
    name: path.basename(folder),
    status: 'unfinished',
    ...{ created, seed, corpus, configuration },
    ...describeEnvironment(),
  };
  const run = new Run(folder, info);
  run.writeJson('run.json', info);
  return run;
}

/**
 * Opens a run for training: resumes the run of this name, or creates it.
 *
 * A named run is claimed for this process until it is finished, its training fails, or the process ends.
 *
 * @throws SerError `bad-artefact` if the run exists with another seed, corpus or configuration, listing the differences
 * @throws SerError `in-use` if another process trains it
 * @example const run = openRun({ root: dataPath('runs'), name: 'first', seed: 11, corpus: runCorpus(store.manifest), configuration: {} })
 */
export function openRun(options: RunOptions): Run {
  const { root, name } = options;
  if (name === undefined) return createRun(options);
  checkRunName(name);
  const folder = path.resolve(root, name);
  claimRun(folder);
  try {
    return listRuns(root).includes(name) ? resumeRun(options, name) : createRun(options);
  } catch (error) {
    releaseLock(lockOf(folder));
    throw error;
  }
}

function resumeRun(options: RunOptions, name: string): Run {
  const run = loadRun(options.root, name, { unfinished: true });
  const parametersOf = ({ seed, corpus: { fingerprint, clips }, configuration }: RunOptions | RunInfo): object => {
    return { seed, corpus: { fingerprint, clips }, ...configuration };
  };
  const changes = differences(parametersOf(run.info), parametersOf(options));
  if (changes.length > 0) {
    throw new SerError(
      'bad-artefact',
      `openRun: a run must be resumed with the same parameters, got ${changes.join(', ')} for ${shown(run.folder)}; ` +
        'choose another name, or delete the folder',
    );
  }
  return run;
}

/**
 * Opens a run for reading.
 *
 * @param name a run's name, or `latest` (the default) for the run that was finished last
 * @param options.unfinished accept a run whose training was interrupted; default false
 * @throws SerError `bad-artefact` if it is missing (naming the existing ones), damaged, of another version or unfinished
 */
export function loadRun(root: string, name: string = LATEST, options: { unfinished?: boolean } = {}): Run {
  const target = name === LATEST ? readLatest(root) : name;
  const others = listRuns(root);
  if (target === undefined) {
    const hint = others.length > 0 ? ` (unfinished: ${others.join(', ')})` : '';
    throw new SerError('bad-artefact', `loadRun: no run in ${shown(root)}${hint}; run 3-train first`);
  }
  checkRunName(target);
  const folder = path.resolve(root, target);
  const file = path.join(folder, 'run.json');
  if (!fs.existsSync(file)) {
    const way = others.length > 0 ? `choose one of ${others.join(', ')}, or run 3-train` : 'run 3-train first';
    const from = name === LATEST ? `, to which ${LATEST} points` : '';
    throw new SerError('bad-artefact', `loadRun: no run ${target} in ${shown(root)}${from}; ${way}`);
  }
  const info = readJson(file, runSchema, 'run 3-train again');
  if (info.status !== 'finished' && !options.unfinished) {
    throw new SerError('bad-artefact', `loadRun: ${shown(folder)} was interrupted; run 3-train again`);
  }
  return new Run(folder, info);
}

/** The names of all runs in a folder, finished or not, by name; none if the folder is missing. */
export function listRuns(root: string): string[] {
  if (!fs.existsSync(root)) return [];
  return fs
    .readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && fs.existsSync(path.join(root, entry.name, 'run.json')))
    .map((entry) => entry.name)
    .sort();
}

/** Claims the name by creating its folder, which fails if it exists; then `-2`, `-3` … are tried. */
function makeFolder(root: string, name: string): string {
  for (let copy = 1; ; copy++) {
    const folder = path.join(root, copy === 1 ? name : `${name}-${copy}`);
    try {
      fs.mkdirSync(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function takeFolder(root: string, name: string): string {
  const folder = path.join(root, name);
  if (fs.existsSync(folder)) {
    const what = fs.existsSync(path.join(folder, 'run.json')) ? 'a run of this name' : 'a folder that is not a run';
    throw new SerError('bad-artefact', `createRun: ${what} exists, got ${shown(folder)}; choose another name`);
  }
  fs.mkdirSync(folder);
  return folder;
}

function checkRunName(name: string): void {
  checkName('run name', name);
  if (name === LATEST) throw new RangeError(`createRun: the name "${LATEST}" is kept for the pointer; choose another`);
}
