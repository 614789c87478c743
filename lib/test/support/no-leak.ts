/** Shared by the tests of test-set leaks: their recipes, and hashes of everything fitted or selected. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { ArtefactFolder } from '../../training/runs/artefact-folder';

/** Recipes whose trainers read recordings, besides the features that all models share. */
export const READ_RECORDINGS = [
  ...(['utterance', 'sentence', 'convolutional', 'encoder', 'encoder-fine-tuned'] as const),
  ...(['recommended', 'from-scratch'] as const),
];

/** Files not compared: test predictions, the run's name, and best.keras, whose weights are those of `model`. */
const OTHERS = ['predictions.csv', 'results.csv', 'run.json', 'best.keras'];

/**
 * Hashes of an artefact folder's files by name: models, scalers, other fitted parts, validation predictions, histories,
 * temperatures and thresholds.
 */
export function chosenFiles({ folder }: ArtefactFolder): Record<string, string> {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !OTHERS.includes(entry.name));
  const names = files.map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name))).sort();
  for (const name of ['history.json', 'labels.json', 'validation.csv', 'calibration.json']) {
    assert.ok(names.includes(name), `${name} is among ${names.join()}`);
  }
  return Object.fromEntries(
    names.map((name) => {
      const content = steady(path.basename(name), fs.readFileSync(path.join(folder, name), 'latin1'));
      return [name, createHash('sha256').update(content).digest('hex')];
    }),
  );
}

/** Content without the parts that differ between identical trainings. */
function steady(name: string, content: string): string {
  // Seconds.
  if (name === 'history.csv') return content.replace(/^(([^,]*,){4})[^,]*,/gm, '$1');
  if (name === 'history.json') return content.replace(/"seconds": [^,\n]*/g, '');
  // The names of layers count how many were made so far; numbers that layers hold follow no letter.
  if (name === 'model.json') return content.replace(/(?<=[A-Za-z_])\d+/g, '');
  return content;
}
