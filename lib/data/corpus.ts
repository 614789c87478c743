/** From whatever people have of RAVDESS (zip, folder, folder of zips) to a checked list of clips. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from '../errors';
import { dataPath, PROJECT } from '../project';
import { type Clip, parseClip } from './clip';
import { type CorpusReport, findMissing, missingText, reasonsText } from './corpus-report';
import { type PracticeMarker, practiceZip, readPracticeMarker } from './practice/marker';
import { RAVDESS } from './ravdess';
import { checkWave, holdsRecordings, listSources } from './sources';

/** A set of recordings, ready to be divided and read. */
export interface Corpus {
  /** `practice`: synthetic voices; everything made from them must say so. */
  kind: 'ravdess' | 'practice';
  /** Name in figures and pages. */
  label: string;
  /** The folder that the clips lie in; the one that was read where they lie in several. */
  folder: string;
  /** By actor, then name. */
  clips: Clip[];
  /** The same for the same clips, whatever the folder: a hash of their names and sizes. */
  fingerprint: string;
  report: CorpusReport;
}

/** Options of `loadData`. */
export interface LoadDataOptions {
  /** Go on where an actor lacks some of the clips; default false. Actors wholly absent are never an error. */
  allowMissing?: boolean;
  /** Folder in which each zip is unpacked to a folder of its own; default `data/corpora` of this project. */
  workFolder?: string;
}

/** Place of a corpus. */
export interface FoundCorpus {
  kind: 'ravdess' | 'practice';
  /** For `practice` the zip that `makePracticeCorpus` writes by default; it may not exist yet. */
  path: string;
  /** Source of the choice. */
  from: 'parameter' | 'SER_DATA' | 'data/ravdess' | 'built in';
}

/**
 * Finds the recordings: the path given, else the environment's SER_DATA, else data/ravdess, else the practice corpus.
 * If SER_WORK is set, that folder replaces data/.
 *
 * Relative paths are tried from the working folder, then from the project.
 *
 * @throws SerError `bad-corpus` if the path given, or SER_DATA, does not exist
 */
export function findCorpus(
  options: { path?: string; environment?: Record<string, string | undefined>; project?: string } = {},
): FoundCorpus {
  const { environment = process.env, project = PROJECT } = options;
  const named = { parameter: options.path, SER_DATA: environment.SER_DATA } as const;
  for (const from of ['parameter', 'SER_DATA'] as const) {
    const given = named[from];
    if (!given) continue;
    const found = [path.resolve(given), path.resolve(project, given)].find((place) => fs.existsSync(place));
    if (!found) {
      throw new SerError('bad-corpus', `findCorpus: ${from} must name an existing zip or folder, got "${given}"`);
    }
    return { kind: 'ravdess', path: found, from };
  }
  const work = environment.SER_WORK || path.join(project, 'data');
  const downloaded = path.join(work, 'ravdess');
  if (holdsRecordings(downloaded)) return { kind: 'ravdess', path: downloaded, from: 'data/ravdess' };
  return { kind: 'practice', path: practiceZip({}, path.join(work, 'practice')), from: 'built in' };
}

/**
 * Loads every speech clip of a folder or zip, each once, and reports whatever else is there.
 *
 * Accepts folders of Actor_XX at any depth, the official zip, Kaggle's with its second copy, a folder of several zips.
 * Zips are unpacked on the first call only. Which clips count is decided by name: modality 03 and channel 01.
 *
 * @param place a zip or a folder; default what `findCorpus` finds
 * @throws SerError `bad-corpus` if there is no clip, or an actor lacks some and `allowMissing` is not set
 * @throws SerError `bad-archive` if a zip is broken or hostile
 * @example loadData('data/ravdess').clips.length // 1440
 */
export function loadData(place?: string, options: LoadDataOptions = {}): Corpus {
  const folder = path.resolve(place ?? findCorpus().path);
  const { allowMissing = false, workFolder = dataPath('corpora') } = options;
  const sources = listSources(folder, workFolder);
  const marker = sources.marker === undefined ? undefined : readPracticeMarker(sources.marker);

  const clips: Clip[] = [];
  const unreadable = [...sources.unusable];
  const touched = new Set(unreadable.map(({ name }) => parseClip(name).actor));
  const sizes = new Map<string, number>();
  for (const file of sources.clips) {
    const clip = parseClip(file);
    touched.add(clip.actor);
    const checked = checkWave(file);
    if ('problem' in checked) {
      unreadable.push({ name: path.relative(folder, file), reason: checked.problem });
    } else {
      clips.push(clip);
      sizes.set(clip.name, checked.size);
    }
  }
  clips.sort((a, b) => a.actor - b.actor || (a.name < b.name ? -1 : 1));
  const shape = marker ?? { voices: RAVDESS.actors, repetitions: 2 as const };
  const report: CorpusReport = {
    found: clips.length,
    duplicates: sources.duplicates,
    ignored: sources.ignored,
    unreadable,
    ...findMissing(clips, touched, { actors: shape.voices, repetitions: shape.repetitions }),
  };
  checkComplete(folder, report, allowMissing, marker);

  const hash = createHash('sha256').update(marker ? JSON.stringify(marker) : 'ravdess');
  for (const clip of clips) hash.update(`\n${clip.name.toLowerCase()} ${sizes.get(clip.name)}`);
  return {
    kind: marker ? 'practice' : 'ravdess',
    label: marker?.label ?? 'RAVDESS recordings',
    folder: sources.folder,
    clips,
    fingerprint: hash.digest('hex').slice(0, 16),
    report,
  };
}

function checkComplete(
  folder: string,
  report: CorpusReport,
  allowMissing: boolean,
  marker: PracticeMarker | undefined,
): void {
  const remedy = marker ? 'make the practice corpus again' : 'run "npm run data"';
  if (report.found === 0) {
    const reasons = reasonsText(report);
    throw new SerError(
      'bad-corpus',
      `loadData: no RAVDESS speech clip in "${folder}"${reasons && ` (${reasons})`}; ` +
        `give the official zip or a folder of Actor_01 to Actor_24, or ${remedy}`,
    );
  }
  if (report.missing.length > 0 && !allowMissing) {
    throw new SerError(
      'bad-corpus',
      `loadData: found ${report.found} of ${report.expected} clips (${missingText(report)}); ` +
        `continue with allowMissing, or ${remedy}`,
    );
  }
}
