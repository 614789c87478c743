/** The files of a corpus, wherever they lie: in folders, in zips, twice, among others. */
import fs from 'node:fs';
import path from 'node:path';
import { plainWav } from '../audio/formats/open';
import { openWav } from '../audio/formats/wav';
import { FileSource } from '../audio/source';
import { SerError } from '../errors';
import { fingerprintArchive, unzipFile } from './archive';
import { isSpeechClip, parseClip } from './clip';
import type { SkippedFile } from './corpus-report';
import { PRACTICE_MARKER } from './practice/marker';
import { RAVDESS } from './ravdess';

/** Everything of a folder or zip, told apart by name. */
export interface Sources {
  folder: string;
  /** Speech clips by name, each name once; not opened yet. */
  clips: string[];
  duplicates: string[];
  ignored: SkippedFile[];
  /** The file that marks a practice corpus. */
  marker?: string;
}

/**
 * Looks through a zip or a folder; zips are unpacked below `workFolder`.
 *
 * @throws SerError `bad-corpus` if there is no such place, `bad-archive` if a zip is broken or hostile
 */
export function listSources(place: string, workFolder: string): Sources {
  const status = fs.statSync(place, { throwIfNoEntry: false });
  if (!status) {
    throw new SerError('bad-corpus', `loadData: no such zip or folder, got "${place}"; run "npm run data"`);
  }
  const sources: Sources = { folder: place, clips: [], duplicates: [], ignored: [] };
  const seen = new Set<string>();
  if (status.isFile()) {
    sources.folder = addArchive(sources, seen, place, workFolder);
    return sources;
  }
  const { files, archives } = listFiles(place);
  for (const file of files) addFile(sources, seen, file, path.relative(place, file));
  const complete = seen.size >= RAVDESS.actors * RAVDESS.clipsPerActor;
  for (const archive of archives) {
    if (complete) {
      sources.ignored.push({ name: path.relative(place, archive), reason: 'the folder is complete without it' });
    } else {
      const unpacked = addArchive(sources, seen, archive, workFolder);
      if (archives.length === 1 && files.length === 0) sources.folder = unpacked;
    }
  }
  return sources;
}

/** Files and zips below a folder, shallow before deep, so that of two copies the plainer path counts. */
function listFiles(folder: string): { files: string[]; archives: string[] } {
  const files: string[] = [];
  const archives: string[] = [];
  const visited = new Set<string>(); // links may lead in circles
  const queue = [folder];
  for (let current = queue.shift(); current !== undefined; current = queue.shift()) {
    const real = fs.realpathSync(current);
    if (visited.has(real)) continue;
    visited.add(real);
    for (const name of fs.readdirSync(current).sort()) {
      if (name.startsWith('.') || name === '__MACOSX') continue;
      const file = path.join(current, name);
      const status = fs.statSync(file, { throwIfNoEntry: false });
      if (status?.isDirectory()) queue.push(file);
      else if (/\.zip$/i.test(name)) archives.push(file);
      else files.push(file);
    }
  }
  return { files, archives };
}

/** Unpacks the clips of a zip that are new, and says where. */
function addArchive(sources: Sources, seen: Set<string>, zip: string, workFolder: string): string {
  const title = path.basename(zip, path.extname(zip)).replace(/[^\w.-]+/g, '-');
  const folder = path.join(workFolder, `${title}-${fingerprintArchive(zip)}`);
  const inside = new Set<string>();
  const { files, skipped } = unzipFile(zip, folder, {
    // Of Kaggle's two copies only one is unpacked; other recordings not at all.
    select: (name) => {
      const base = path.posix.basename(name).toLowerCase();
      if (path.posix.basename(name) === PRACTICE_MARKER) return true;
      if (!isSpeechClip(base) || inside.has(base)) return false;
      inside.add(base);
      return true;
    },
  });
  for (const name of [...files, ...skipped]) {
    addFile(sources, seen, path.join(folder, ...name.split('/')), `${path.basename(zip)}/${name}`);
  }
  return folder;
}

function addFile(sources: Sources, seen: Set<string>, file: string, name: string): void {
  const base = path.basename(file);
  if (base === PRACTICE_MARKER) {
    sources.marker ??= file;
  } else if (!isSpeechClip(base)) {
    sources.ignored.push({ name, reason: whyIgnored(base) });
  } else if (seen.has(base.toLowerCase())) {
    sources.duplicates.push(name);
  } else {
    seen.add(base.toLowerCase());
    sources.clips.push(file);
  }
}

function whyIgnored(name: string): string {
  try {
    parseClip(name);
    return 'not speech alone: songs and videos are no part of this corpus';
  } catch {
    return 'not a RAVDESS name';
  }
}

/** A first look at a WAV file, by the reader that decodes it: its size if it is whole, else what is wrong. */
export function checkWave(file: string): { size: number } | { problem: string } {
  try {
    const source = new FileSource(file);
    try {
      if (source.size === 0) return { problem: 'empty' };
      const wav = plainWav(source);
      if (!wav) return { problem: 'not a WAV file' };
      return openWav(wav).damage === undefined ? { size: source.size } : { problem: 'cut short' };
    } finally {
      source.close();
    }
  } catch (error) {
    return { problem: error instanceof SerError ? error.message : String(error) };
  }
}

/** Whether a folder holds a zip or a WAV file at any depth; a download that has only begun does not count. */
export function holdsRecordings(folder: string): boolean {
  if (!fs.existsSync(folder)) return false;
  const { files, archives } = listFiles(folder);
  return archives.length > 0 || files.some((file) => isSpeechClip(path.basename(file)));
}
