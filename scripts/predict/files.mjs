/** Which recordings are meant by what was typed. */
import fs from 'node:fs';
import path from 'node:path';
import { callerFolder } from '../setup/project.mjs';

/** What folders are searched for; a file that is named itself may end in anything. */
const RECORDINGS = /\.(wav|mp3|flac|ogg|oga|opus)$/i;

/**
 * Files as they are, folders as the recordings in them and below, in order; hidden files are left out.
 *
 * @param {readonly string[]} named paths as typed, seen from the caller's folder
 * @returns {{ files: string[], faults: { file: string, message: string }[], folders: number }}
 */
export function findRecordings(named) {
  /** @type {string[]} */
  const files = [];
  /** @type {{ file: string, message: string }[]} */
  const faults = [];
  let folders = 0;
  for (const name of named) {
    const target = path.resolve(callerFolder, name);
    const kind = fs.statSync(target, { throwIfNoEntry: false });
    if (!kind) {
      faults.push({ file: name, message: 'no such file or folder' });
    } else if (kind.isDirectory()) {
      folders++;
      const found = fs
        .readdirSync(target, { recursive: true, encoding: 'utf8' })
        .filter((entry) => RECORDINGS.test(entry) && !/(^|[/\\])\./.test(entry))
        .sort((a, b) => (a < b ? -1 : 1))
        .map((entry) => path.join(target, entry));
      if (found.length === 0) {
        faults.push({ file: name, message: 'the folder holds no .wav, .mp3, .flac, .ogg, .oga or .opus file' });
      }
      files.push(...found);
    } else {
      files.push(target);
    }
  }
  return { files: [...new Set(files)], faults, folders };
}

/** A path as the caller would type it. @param {string} file */
export function shownPath(file) {
  const relative = path.relative(callerFolder, file);
  return relative.startsWith('..') ? file : relative;
}
