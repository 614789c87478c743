/** How many of a run's answers name the emotion that was acted. */
import assert from 'node:assert/strict';
import { EMOTIONS } from '../../data/labels';
import { readPredictions } from '../../training/runs/predictions';
import type { Run } from '../../training/runs/run';

/** Share of right answers in a table of a run; each must be probabilities that add up to 1. */
export function shareOfRight(run: Run, table: 'predictions.csv' | 'validation.csv'): number {
  const predictions = readPredictions(run.file(table));
  assert.ok(predictions.length > 0);
  const right = predictions.filter(({ truth, probabilities: given }) => {
    const probabilities = Array.from(given);
    const sum = probabilities.reduce((total, value) => total + value, 0);
    assert.ok(Math.abs(sum - 1) < 1e-5);
    return EMOTIONS[probabilities.indexOf(Math.max(...probabilities))] === truth;
  });
  return right.length / predictions.length;
}
