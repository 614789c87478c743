/** The unfinished file of a download, with what must be known to continue it. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { readJson, writeJson } from '../files';

/** Facts about a partial file, so that it is only continued with the rest of the same file. */
interface PartNote {
  url: string;
  /** Strong ETag, else date of the last change, for If-Range. */
  validator?: string;
}

/** The file that grows, with its note beside it. */
export class Part {
  /** Bytes of an earlier call that are still part of the file. */
  inherited: number;
  readonly file: string;
  private readonly note: string;
  private readonly target: string;
  private readonly url: string;
  private descriptor: number | undefined;

  /** @param isChecked whether a checksum will tell if old and new bytes belong together, so that no validator is needed */
  constructor(target: string, url: string, isChecked: boolean) {
    this.target = target;
    this.file = `${target}.part`;
    this.note = `${target}.part.json`;
    this.url = url;
    const note = this.readNote();
    this.inherited = this.size();
    if (this.inherited > 0 && (note?.url !== url || !(note.validator || isChecked))) this.discard();
  }

  size(): number {
    return fs.statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
  }

  rangeHeaders(): Record<string, string> {
    const size = this.size();
    if (size === 0) return {};
    const validator = this.readNote()?.validator;
    return { range: `bytes=${size}-`, ...(validator ? { 'if-range': validator } : {}) };
  }

  open(continues: boolean, response: Response): void {
    const etag = response.headers.get('etag');
    const isStrong = etag !== null && !etag.startsWith('W/');
    const validator = (isStrong ? etag : response.headers.get('last-modified')) ?? undefined;
    if (!continues) {
      this.inherited = 0;
      this.descriptor = fs.openSync(this.file, 'w');
      writeJson(this.note, { url: this.url, validator } satisfies PartNote);
    } else {
      this.descriptor = fs.openSync(this.file, 'a');
    }
  }

  write(chunk: Uint8Array): void {
    if (this.descriptor === undefined) throw new Error('the partial file is not open');
    for (let done = 0; done < chunk.length; ) done += fs.writeSync(this.descriptor, chunk, done);
  }

  close(): void {
    if (this.descriptor !== undefined) fs.closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  discard(): void {
    this.close();
    this.inherited = 0;
    fs.rmSync(this.file, { force: true });
    fs.rmSync(this.note, { force: true });
  }

  finish(): void {
    const descriptor = fs.openSync(this.file, 'r+');
    fs.fsyncSync(descriptor);
    fs.closeSync(descriptor);
    fs.renameSync(this.file, this.target);
    fs.rmSync(this.note, { force: true });
  }

  private readNote(): PartNote | undefined {
    try {
      return readJson<PartNote>(this.note);
    } catch {
      return undefined;
    }
  }
}

/** The fault of a file, or undefined. */
export function checkFile(file: string, { size, md5 }: { size?: number; md5?: string }): string | undefined {
  const status = fs.statSync(file, { throwIfNoEntry: false });
  const bytes = status?.size ?? 0;
  if (size !== undefined && bytes !== size) return `must have ${size} bytes, got ${bytes}`;
  if (md5 === undefined) return undefined;
  const actual = hashFile(file);
  return actual === md5.toLowerCase() ? undefined : `must have the MD5 checksum ${md5}, got ${actual}`;
}

function hashFile(file: string): string {
  const hash = createHash('md5');
  const block = Buffer.alloc(1024 ** 2);
  const descriptor = fs.openSync(file, 'r');
  try {
    for (let read = fs.readSync(descriptor, block); read > 0; read = fs.readSync(descriptor, block)) {
      hash.update(block.subarray(0, read));
    }
  } finally {
    fs.closeSync(descriptor);
  }
  return hash.digest('hex');
}
