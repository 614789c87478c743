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
import { type FoundEntry, faultOf, plainPath, walkFolder } from './walk';

const ZIP = /\.zip$/i;

/** Everything of a folder or zip, told apart by name. */
export interface Sources {
  folder: string;
  /** Speech clips by name, each name once; not opened yet. */
  clips: string[];
  duplicates: string[];
  ignored: SkippedFile[];
  /** Clips, by name, that the system does not let read. */
  unusable: SkippedFile[];
  /** The file that marks a practice corpus. */
  marker?: string;
}

/**
 * Looks through a zip or a folder; zips are unpacked below `workFolder`.
 *
 * @throws SerError `bad-corpus` if there is no such place or it cannot be read, `bad-archive` if a zip is broken or
 *   hostile
 */
export function listSources(place: string, workFolder: string): Sources {
  const sources: Sources = { folder: place, clips: [], duplicates: [], ignored: [], unusable: [] };
  const seen = new Set<string>();
  if (isFile(place)) {
    sources.folder = addArchive(sources, seen, place, workFolder);
    return sources;
  }
  const { files, unusable } = walkFolder(place);
  if (unusable[0]?.name === '') throw unreadable(place, unusable[0].reason);
  const archives = files.filter(isArchive);
  const others = files.filter((file) => !isArchive(file));
  const links = path.join(workFolder, 'links');
  for (const file of others) addFile(sources, seen, file.name, () => plainPath(file.path, links));
  for (const { name, reason } of unusable) {
    const list = isSpeechClip(path.basename(name)) ? sources.unusable : sources.ignored;
    list.push({ name, reason });
  }
  const complete = seen.size >= RAVDESS.actors * RAVDESS.clipsPerActor;
  for (const archive of archives) {
    if (complete) {
      sources.ignored.push({ name: archive.name, reason: 'the folder is complete without it' });
    } else {
      const unpacked = addArchive(sources, seen, plainPath(archive.path, links), workFolder);
      if (archives.length === 1 && others.length === 0) sources.folder = unpacked;
    }
  }
  return sources;
}

function isFile(place: string): boolean {
  try {
    const status = fs.statSync(place);
    if (status.isFile() || status.isDirectory()) return status.isFile();
  } catch (error) {
    throw unreadable(place, faultOf(error), error);
  }
  throw unreadable(place, 'a device, a pipe or a socket');
}

function unreadable(place: string, reason: string, cause?: unknown): SerError {
  const message = `loadData: the zip or folder must be readable, got "${place}" (${reason}); run "npm run data"`;
  return new SerError('bad-corpus', message, { cause });
}

const isArchive = ({ name }: FoundEntry): boolean => ZIP.test(name);

/**
 * Unpacks the clips of a zip that are new, and says where.
 *
 * @param nested whether zips inside it are read too, such as those of a download of several files as one
 */
function addArchive(sources: Sources, seen: Set<string>, zip: string, workFolder: string, nested = true): string {
  const title = path.basename(zip, path.extname(zip)).replace(/[^\w.-]+/g, '-');
  const folder = path.join(workFolder, `${title}-${fingerprintArchive(zip)}`);
  const inside = new Set<string>();
  const { files, skipped } = unzipFile(zip, folder, {
    // Of Kaggle's two copies only one is unpacked; other recordings not at all.
    select: (name) => {
      const base = path.posix.basename(name).toLowerCase();
      if (path.posix.basename(name) === PRACTICE_MARKER || (nested && ZIP.test(name))) return true;
      if (!isSpeechClip(base) || inside.has(base)) return false;
      inside.add(base);
      return true;
    },
  });
  for (const name of [...files, ...skipped]) {
    const file = path.join(folder, ...name.split('/'));
    if (nested && ZIP.test(name)) addArchive(sources, seen, file, workFolder, false);
    else addFile(sources, seen, `${path.basename(zip)}/${name}`, () => file);
  }
  return folder;
}

function addFile(sources: Sources, seen: Set<string>, name: string, fileOf: () => string): void {
  const base = path.basename(name);
  if (base === PRACTICE_MARKER) {
    sources.marker ??= fileOf();
  } else if (!isSpeechClip(base)) {
    sources.ignored.push({ name, reason: whyIgnored(base) });
  } else if (seen.has(base.toLowerCase())) {
    sources.duplicates.push(name);
  } else {
    seen.add(base.toLowerCase());
    sources.clips.push(fileOf());
  }
}

function whyIgnored(name: string): string {
  if (ZIP.test(name)) return 'a zip inside a zip inside a zip: unpack it by hand, and give the folder';
  try {
    parseClip(name);
    return 'not speech alone: songs and videos are no part of this corpus';
  } catch (error) {
    return /^(?:\d\d-){6}\d\d\.wav$/i.test(name) && error instanceof Error ? error.message : 'not a RAVDESS name';
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

/** True if a folder holds a zip or a WAV file at any depth; a download that has only begun does not count. */
export function holdsRecordings(folder: string): boolean {
  return walkFolder(folder).files.some((file) => isArchive(file) || isSpeechClip(path.basename(file.name)));
}
