/** Trains and stores the general model, from labelled recordings of several corpora. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { inProject, workFolder } from '../setup/project.mjs';

/** Highest share of errors among the predictions that are called sure. */
const ERROR_RATE = 0.3;

/**
 * Prints the test of each corpus by a model of the others, and stores the model in data/models/general.
 *
 * @param {string[]} places folders or CSV files, as `readLabelled` reads them
 */
export async function shipGeneral(places) {
  const { readLabelled } = await import('../../lib/dist/data/corpora/labelled.js');
  const { calmAsNeutral, EMOTIONS } = await import('../../lib/dist/data/labels.js');
  const { progress } = await import('../../lib/dist/display/live/progress.js');
  const { abstentionPoint, riskCoverage } = await import('../../lib/dist/evaluation/calibration/abstention.js');
  const { markdownTable } = await import('../../lib/dist/evaluation/reports/markdown.js');
  const { transferRow } = await import('../../lib/dist/evaluation/reports/tables.js');
  const { scoreTransfer } = await import('../../lib/dist/evaluation/transfer.js');
  const { writeJson } = await import('../../lib/dist/files.js');
  const { computeEncoderVectors } = await import('../../lib/dist/models/encoder/statistics.js');
  const { loadEncoderWeights, saveEncoderWeights } = await import('../../lib/dist/models/encoder/weights.js');
  const { GENERAL_FILE } = await import('../../lib/dist/models/general/model.js');
  const { fitGeneral } = await import('../../lib/dist/models/general/train.js');
  const { ArtefactFolder } = await import('../../lib/dist/training/runs/artefact-folder.js');

  const corpora = (await Promise.all(places.map(readLabelled))).flat();
  const locked = corpora.find(({ shareable }) => !shareable);
  if (locked) throw new Error(`weights trained on ${locked.title} must not be passed on, so they cannot be shipped`);
  const recordings = corpora.flatMap(({ name, recordings: own }) => own.map((one) => ({ ...one, corpus: name })));
  const weights = loadEncoderWeights();
  const shown = progress('Encoding', recordings.length, { unit: 'files' });
  const store = { manifest: { clips: recordings }, folder: folderOf(recordings) };
  const vectors = await computeEncoderVectors(store, weights, { onProgress: (done) => shown.update(done) });
  shown.done();
  const { model, tests } = fitGeneral(vectors, recordings, (message) => process.stderr.write(`${message}\n`));

  /** @type {number[][]} */
  const rowsOfAll = [];
  /** @type {number[]} */
  const truthOfAll = [];
  const tables = tests.flatMap(({ corpus, rows, ...modes }) =>
    Object.entries(modes).map(([mode, probabilities]) => {
      const predictions = rows.map((row, place) => ({
        truth: recordings[row].emotion,
        speaker: recordings[row].speaker,
        probabilities: Array.from(probabilities.subarray(place * EMOTIONS.length, (place + 1) * EMOTIONS.length)),
        sure: true,
      }));
      if (mode === 'unknown') {
        rowsOfAll.push(...predictions.map((prediction) => prediction.probabilities));
        truthOfAll.push(...predictions.map(({ truth }) => EMOTIONS.indexOf(calmAsNeutral(truth))));
      }
      const title = corpora.find(({ name }) => name === corpus)?.title ?? corpus;
      return {
        speaker: mode === 'unknown' ? 'unknown' : 'profiled',
        ...transferRow(title, scoreTransfer(predictions)),
      };
    }),
  );
  const point = abstentionPoint(riskCoverage(rowsOfAll, truthOfAll), ERROR_RATE);
  const target = new ArtefactFolder(inProject('data', 'models', 'general'));
  fs.mkdirSync(target.folder, { recursive: true });
  saveEncoderWeights(target, weights);
  target.writeJson(GENERAL_FILE, model);
  target.writeJson('labels.json', EMOTIONS);
  writeJson(target.file('calibration.json'), { temperature: 1, threshold: point?.threshold ?? 1 });
  process.stdout.write(`${markdownTable(tables)}\n`);
}

/**
 * Where what is computed from these recordings is kept: a folder of their own, by path, size and time of change.
 *
 * @param {readonly { path: string }[]} recordings
 */
function folderOf(recordings) {
  const hash = createHash('sha256');
  for (const { path: file } of recordings) {
    const { size, mtimeMs } = fs.statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  const folder = path.join(workFolder, 'features', `labelled-${hash.digest('hex').slice(0, 16)}`);
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}
