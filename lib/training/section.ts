/** The files of one trained model: how they are named, read and written. */
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from '../errors';
import { readJson, writeJson } from '../files';
import { PROJECT } from '../project';

/** The notebook that makes a file, for messages. Whatever is not listed comes from 3-train. */
const MADE_BY: Record<string, string> = {
  'calibration.json': '4-evaluate',
  'metrics.json': '4-evaluate',
  'model-card.md': '4-evaluate',
  'results.csv': '4-evaluate',
};

/** A folder with the files of a protocol or of one of its folds: predictions, histories, models, scalers. */
export class RunSection {
  /** Its absolute path. */
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Where a file is or will be.
   *
   * @example run.file('metrics.json')
   */
  file(name: string): string {
    checkName('file', name);
    return path.join(this.folder, name);
  }

  /**
   * The same files for a part of it, such as another protocol or a fold, in a folder of their own.
   *
   * @example run.section('original').file('results.csv')
   */
  section(name: string): RunSection {
    checkName('section', name);
    return new RunSection(path.join(this.folder, name));
  }

  /** Whether a file is there. */
  has(name: string): boolean {
    return fs.existsSync(this.file(name));
  }

  /**
   * Where a file is, which must be there.
   *
   * @throws SerError `bad-artefact` naming the notebook that writes it
   */
  existingFile(name: string): string {
    if (!this.has(name)) {
      throw new SerError(
        'bad-artefact',
        `existingFile: no ${name} in ${shown(this.folder)}; run ${MADE_BY[name] ?? '3-train'} first`,
      );
    }
    return this.file(name);
  }

  /** Writes a value as JSON. */
  writeJson(name: string, value: unknown): void {
    writeJson(this.file(name), value);
  }

  /**
   * Reads a JSON file of the run. The caller vouches for its shape.
   *
   * @throws SerError `bad-artefact` if it is missing or damaged
   */
  readJson<T>(name: string): T {
    const file = this.existingFile(name);
    try {
      return readJson<T>(file);
    } catch (cause) {
      throw new SerError(
        'bad-artefact',
        `readJson: ${shown(file)} is not JSON; run ${MADE_BY[name] ?? '3-train'} again`,
        { cause },
      );
    }
  }
}

/** One path component that every file system takes. */
export function checkName(what: string, name: string): void {
  if (!/^[A-Za-z0-9_]([A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?$/.test(name)) {
    throw new RangeError(
      `Run: a ${what} must be 1 to 100 letters, digits, dots, dashes or underscores, got ${JSON.stringify(name)}`,
    );
  }
}

/** A path for messages: seen from the project's folder if it lies inside. */
export function shown(file: string): string {
  const absolute = path.resolve(file);
  const relative = path.relative(PROJECT, absolute);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? absolute : relative;
}
