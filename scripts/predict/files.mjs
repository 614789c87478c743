/** Search for recordings in the given files and folders. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { faultOf, plainPath, walkFolder } from '../../lib/dist/data/walk.js';
import { callerFolder } from '../setup/project.mjs';

/** File extensions that folders are searched for; a file given by name may have any extension. */
const ENDINGS = (
  'wav mp3 m4a flac wave mp2 mpga m4b mp4 m4v mov qt 3gp 3g2 aac adts ogg oga ogx opus spx webm weba mka mkv ' +
  'aif aiff aifc caf amr awb wma asf au snd w64 rf64 wv tta ape ac3 avi'
)
  .split(' ')
  .map((ending) => `.${ending}`);

/** Endings that are counted one by one in the line about skipped files. */
const ENDINGS_NAMED = 4;

/**
 * A recording to predict.
 *
 * @typedef {object} Found
 * @property {string} file the path to open
 * @property {string} name as the caller would type it
 */

/**
 * Lists the given files, and all recordings in and below the given folders, in order; hidden files are skipped.
 *
 * @param {readonly string[]} named paths as typed, seen from the caller's folder
 * @returns {{ files: Found[], faults: { file: string, message: string }[], folders: number, skipped: string[] }}
 *   skipped: names of the files in folders that do not end as a recording's
 */
export function findRecordings(named) {
  const links = temporaryFolder();
  /** @type {Map<string, Found>} each file once, however often it is named */
  const files = new Map();
  /** @type {{ file: string, message: string }[]} */
  const faults = [];
  /** @type {string[]} */
  const skipped = [];
  let folders = 0;
  for (const typed of named) {
    const target = path.resolve(callerFolder, typed);
    try {
      if (!fs.statSync(target).isDirectory()) {
        files.set(keyOf(Buffer.from(target)), { file: target, name: shownPath(target) });
        continue;
      }
    } catch (error) {
      const lossy = typed.includes('\ufffd') ? '; its name is not UTF-8: name the folder that it is in' : '';
      faults.push({ file: typed, message: `${faultOf(error)}${lossy}` });
      continue;
    }
    folders++;
    const found = walkFolder(target);
    const before = files.size + faults.length;
    for (const { name, path: bytes } of found.files) {
      if (!isRecording(name)) {
        skipped.push(name);
        continue;
      }
      const shown = path.join(target, name);
      const key = keyOf(bytes);
      if (!files.has(key)) files.set(key, { file: plainPath(bytes, links()), name: shownPath(shown) });
    }
    for (const { name, reason, folder } of found.unusable) {
      if (folder || isRecording(name)) {
        faults.push({ file: name === '' ? typed : shownPath(path.join(target, name)), message: reason });
      } else skipped.push(name);
    }
    if (files.size + faults.length === before) {
      const message = `the folder holds no recording by its name, such as ${ENDINGS.slice(0, 4).join(', ')} files`;
      faults.push({ file: typed, message });
    }
  }
  return { files: [...files.values()], faults, folders, skipped };
}

/**
 * A line about files that were left out because of their names, such as
 * "Skipped 3 files that are not recordings by their name (2 .txt, 1 .jpg); a file given by name is read".
 *
 * @param {readonly string[]} names at least one
 */
export function describeSkipped(names) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const name of names) {
    const ending = path.extname(name).toLowerCase() || 'without an ending';
    counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  const ranked = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const rest = ranked.slice(ENDINGS_NAMED).reduce((sum, [, count]) => sum + count, 0);
  const listed = ranked.slice(0, ENDINGS_NAMED).map(([ending, count]) => `${count} ${ending}`);
  if (rest > 0) listed.push(`${rest} others`);
  const what = names.length === 1 ? 'file that is not a recording by its' : 'files that are not recordings by their';
  return `Skipped ${names.length} ${what} name (${listed.join(', ')}); a file given by name is read`;
}

/** A path as the caller would type it. @param {string} file */
export function shownPath(file) {
  const relative = path.relative(callerFolder, file);
  return relative.startsWith('..') ? file : relative;
}

/** Tells paths apart byte by byte, also those that look alike as text. @param {Buffer} file */
const keyOf = (file) => file.toString('latin1');

/** @param {string} name */
function isRecording(name) {
  return ENDINGS.includes(path.extname(name).toLowerCase());
}

/** Temporary folder for links, created on first use and removed when this process ends. */
function temporaryFolder() {
  /** @type {string | undefined} */
  let folder;
  return () => {
    if (folder === undefined) {
      const made = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-links-'));
      process.once('exit', () => fs.rmSync(made, { recursive: true, force: true }));
      folder = made;
    }
    return folder;
  };
}
