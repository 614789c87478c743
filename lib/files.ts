/** Files are written whole or not at all: temporary file, fsync, rename. */
import fs from 'node:fs';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';

/** Writes `content` to `file`, making its folder where needed; readers see the old file or the whole one. */
export function writeFile(file: string, content: string | Uint8Array): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const data =
    typeof content === 'string' ? content : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  writeFileAtomic.sync(file, data);
}

/** Writes a value as JSON, indented by two spaces, with a line break at the end. */
export function writeJson(file: string, value: unknown): void {
  writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** Reads a JSON file. The caller vouches for its shape. */
export function readJson<T>(file: string): T {
  return JSON.parse(fs.readFileSync(file, 'utf8')) as T;
}
