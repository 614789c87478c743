/** Accuracy of speaker sex on held-out actors, compared with scikit-learn's SVC on the same features and folds. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openCorpus } from '../../lib/dist/data/open-corpus.js';
import { bootstrapByActor } from '../../lib/dist/evaluation/bootstrap.js';
import { foldsOf } from '../../lib/dist/evaluation/protocols.js';
import { percent } from '../../lib/dist/evaluation/reports/report.js';
import { computeFeatures } from '../../lib/dist/features/store/store.js';
import { crossValidateGender, genderData } from '../../lib/dist/inference/gender/gender.js';
import { havePeers, startPeer } from './peer.mjs';

/** @param {{ data?: string, json?: string }} options */
export async function bench({ data, json }) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-gender-'));
  try {
    const corpus = await openCorpus({ data });
    const store = await computeFeatures(corpus, { root, copies: 0 });
    const voices = genderData(store);
    const folds = foldsOf('actor-5', corpus.clips).map(({ test }) => [
      ...new Set(test.map((clip) => corpus.clips[clip].actor)),
    ]);
    const female = voices.sexes.map((sex) => Number(sex === 'female'));
    /** @type {Record<string, boolean[]>} */
    const right = { ours: crossValidateGender({ ...voices, folds }).right };
    if (havePeers()) {
      const peer = await startPeer('sklearn_gender.py');
      const features = voices.features.map((row) => Array.from(row));
      const name = `scikit-learn ${peer.greeting.version}, SVC`;
      ({ right: right[name] } = await peer.ask({ features, female, actors: voices.actors, folds }));
      peer.end();
    } else console.error('scikit-learn is not installed: npm run bench -- gender --peers');
    const rows = Object.entries(right).map(([name, correct]) => {
      const predicted = correct.map((own, clip) => (own ? female[clip] : 1 - female[clip]));
      const { low, high } = bootstrapByActor({ truth: female, predicted, actors: voices.actors }).accuracy;
      return { name, accuracy: correct.filter(Boolean).length / correct.length, low, high };
    });
    console.log(`Speaker sex, ${voices.actors.length} clips of ${corpus.label}, actors in five folds`);
    console.table(
      rows.map(({ name, accuracy, low, high }) => ({
        classifier: name,
        accuracy: percent(accuracy),
        '95 % interval over actors': `${percent(low)} to ${percent(high)}`,
      })),
    );
    if (json) fs.writeFileSync(json, `${JSON.stringify({ clips: voices.actors.length, rows }, null, 2)}\n`);
  } finally {
    fs.rmSync(root, { recursive: true });
  }
}
