/** What a run was not trained on, kept in its folder, so that evaluation needs nothing else. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import type { Clip } from '../data/clip';
import { SerError } from '../errors';
import { writeFile } from '../files';
import type { Dataset } from './dataset';
import { applyScaler, type FeatureScaler } from './scaler';
import type { RunSection } from './section';

/** A clip without its place on this machine. */
export type TestClip = Omit<Clip, 'path'>;

/** test.json */
interface TestFile {
  frames: number;
  coefficients: number;
  /** One per row; a clip may stand in several rows where augmented copies are tested. */
  rows: TestClip[];
  sha256: string;
}

/** Writes test.json and test.f32, [rows × frames × coefficients] as they are before scaling. */
export function saveTestRows(section: RunSection, test: Dataset, clips: readonly Clip[]): void {
  const { features, frames, coefficients } = test;
  const bytes = Buffer.from(features.buffer, features.byteOffset, features.byteLength);
  const rows = Array.from(test.clips, (clip) => {
    const { path: _, ...rest } = clips[clip];
    return rest;
  });
  writeFile(section.file('test.f32'), bytes);
  const file: TestFile = { frames, coefficients, rows, sha256: createHash('sha256').update(bytes).digest('hex') };
  section.writeJson('test.json', file);
}

/**
 * The test rows of a run, scaled by the run's own scaler.
 *
 * @throws SerError `bad-artefact` if they are missing or damaged
 */
export function loadTestRows(section: RunSection): { test: Dataset; rows: TestClip[] } {
  const { frames, coefficients, rows, sha256 } = section.readJson<TestFile>('test.json');
  const bytes = fs.readFileSync(section.existingFile('test.f32'));
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw new SerError('bad-artefact', `loadTestRows: ${section.file('test.f32')} is damaged; run 3-train again`);
  }
  const raw = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const features = applyScaler(raw, section.readJson<FeatureScaler>('scaler.json'));
  const labels = Int32Array.from(rows, ({ label }) => label);
  return { test: { features, labels, clips: Int32Array.from(rows.keys()), frames, coefficients }, rows };
}
