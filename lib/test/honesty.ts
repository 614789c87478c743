/** What the tests of honesty share: which recipes they divide among them, and all that comes of training and choosing. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { RunSection } from '../training/section';

/** Recipes whose trainers read recordings, besides the features that all models share. */
export const READ_RECORDINGS = ['utterance', 'sentence', 'convolutional', 'recommended'] as const;

/** What was answered about test clips, what names the run, and best.keras, whose weights are those of `model`. */
const OTHERS = ['predictions.csv', 'results.csv', 'run.json', 'best.keras'];

/**
 * Hashes of a section's files by their names: models, scalers, what was fitted before and after them, answers to
 * validation, histories, temperatures and thresholds.
 */
export function chosenFiles({ folder }: RunSection): Record<string, string> {
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

/** Content without what differs from training to training by itself. */
function steady(name: string, content: string): string {
  // Seconds.
  if (name === 'history.csv') return content.replace(/^(([^,]*,){4})[^,]*,/gm, '$1');
  if (name === 'history.json') return content.replace(/"seconds": [^,\n]*/g, '');
  // The names of layers count how many were made so far; numbers that layers hold follow no letter.
  if (name === 'model.json') return content.replace(/(?<=[A-Za-z_])\d+/g, '');
  return content;
}
