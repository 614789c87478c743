/** Fingerprints of recordings, for detecting changed files. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';

/** Fingerprint of a recording. */
export interface ClipContent {
  /** Bytes. */
  size: number;
  /** Time of the last change, in milliseconds since 1970. */
  modified: number;
  sha256: string;
}

/** Bytes hashed at a time: bounds the memory for long recordings. */
const CHUNK = 1 << 20;

/** The SHA-256 of a file. */
export function hashFile(file: string): string {
  const hash = createHash('sha256');
  const handle = fs.openSync(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(1, fs.fstatSync(handle).size)));
    for (let count = fs.readSync(handle, buffer); count > 0; count = fs.readSync(handle, buffer)) {
      hash.update(buffer.subarray(0, count));
    }
  } finally {
    fs.closeSync(handle);
  }
  return hash.digest('hex');
}

/** Describes a recording's content. */
export function describeContent(file: string): ClipContent {
  const { size, mtimeMs: modified } = fs.statSync(file);
  return { size, modified, sha256: hashFile(file) };
}

/** Tests whether a file exists with the described content; reads it only if its size is equal and its time is not. */
export function isUnchanged(file: string, content: ClipContent): boolean {
  const found = fs.statSync(file, { throwIfNoEntry: false });
  if (found?.size !== content.size) return false;
  return found.mtimeMs === content.modified || hashFile(file) === content.sha256;
}
