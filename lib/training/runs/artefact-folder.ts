/** Artefact folders: naming, reading and writing the files of one trained model. */
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from '../../errors';
import { readJson, writeJson } from '../../files';
import { shown } from '../../project';
import { matching, type Schema } from '../../schema';

/** The notebook that writes a file, for messages. Files not listed come from 3-train. */
const MADE_BY: Record<string, string> = {
  'calibration.json': '4-evaluate',
  'metrics.json': '4-evaluate',
  'model-card.md': '4-evaluate',
  'results.csv': '4-evaluate',
};

/** An artefact folder with the files of a protocol or fold: predictions, histories, models, scalers. */
export class ArtefactFolder {
  /** @param folder absolute path */
  constructor(readonly folder: string) {}

  /**
   * Path of a file, which need not exist.
   *
   * @example run.file('metrics.json')
   */
  file(name: string): string {
    checkName('file', name);
    return path.join(this.folder, name);
  }

  /**
   * Artefact subfolder, such as that of another protocol or a fold.
   *
   * @example run.subfolder('original').file('results.csv')
   */
  subfolder(name: string): ArtefactFolder {
    checkName('subfolder', name);
    return new ArtefactFolder(path.join(this.folder, name));
  }

  /** Tests whether a file exists. */
  has(name: string): boolean {
    return fs.existsSync(this.file(name));
  }

  /**
   * Path of an existing file.
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
   * Reads a JSON file of the run.
   *
   * @param schema of the content; default none, without validation
   * @throws SerError `bad-artefact` if it is missing, damaged, or breaks the schema
   */
  readJson<T>(name: string, schema?: Schema<T>): T {
    return readJson(this.existingFile(name), schema, `restore the folder, or run ${MADE_BY[name] ?? '3-train'} again`);
  }
}

/** A path component valid on every file system. */
const NAME = /^[A-Za-z0-9_]([A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?$/;
const NAME_RULE = '1 to 100 letters, digits, dots, dashes or underscores';

/** Schema of such a name. */
export const nameSchema = matching(NAME_RULE, NAME);

/** @throws RangeError if a name is not a path component valid on every file system */
export function checkName(what: string, name: string): void {
  if (!NAME.test(name)) throw new RangeError(`Run: a ${what} must be ${NAME_RULE}, got ${JSON.stringify(name)}`);
}
