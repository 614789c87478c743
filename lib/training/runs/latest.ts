/** `latest`: pointer to the run finished last. */
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from '../../errors';
import { writeFile } from '../../files';

/** Name of the pointer in the folder of runs. */
export const LATEST = 'latest';

/**
 * Points `latest` at a run by a relative symbolic link, so that the folder of runs can be moved. Without support for
 * links, it is a text file with the name. It is replaced atomically: readers see the old run or the new one.
 *
 * @throws SerError `bad-artefact` if a folder bears the pointer's name
 */
export function pointLatest(root: string, name: string): void {
  const pointer = findPointer(root);
  const temporary = path.join(root, `.${LATEST}-${process.pid}-${name}`);
  fs.rmSync(temporary, { force: true });
  try {
    fs.symlinkSync(name, temporary, 'dir');
  } catch {
    // Links are not supported, or not for this user (as on Windows). Faults of the folder itself fail below.
    if (isLink(pointer)) fs.unlinkSync(pointer);
    writeFile(pointer, `${name}\n`);
    return;
  }
  fs.renameSync(temporary, pointer);
}

/**
 * The name of the run that `latest` points at; undefined if there is no pointer.
 *
 * @throws SerError `bad-artefact` if a folder bears the pointer's name
 */
export function readLatest(root: string): string | undefined {
  const pointer = findPointer(root);
  if (isLink(pointer)) return path.basename(fs.readlinkSync(pointer));
  return fs.existsSync(pointer) ? fs.readFileSync(pointer, 'utf8').trim() : undefined;
}

/** Path of the pointer, which need not exist. Copying tools that follow links leave a folder there. */
function findPointer(root: string): string {
  const pointer = path.join(root, LATEST);
  if (fs.lstatSync(pointer, { throwIfNoEntry: false })?.isDirectory()) {
    throw new SerError(
      'bad-artefact',
      `findPointer: ${pointer} must be a link or a text file with a run's name, got a folder; rename the folder`,
    );
  }
  return pointer;
}

function isLink(file: string): boolean {
  return fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
