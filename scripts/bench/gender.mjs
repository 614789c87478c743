/** Accuracy of speaker sex on held-out actors, compared with scikit-learn's SVC on the same features and folds. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { havePeers, startPeer } from './peer.mjs';

const require = createRequire(import.meta.url);

/** @param {{ data?: string, json?: string }} options */
export async function benchGender({ data, json }) {
  /** @type {typeof import('../../lib/dist/index.js')} */
  const { bootstrapByActor, computeFeatures, crossValidateGender, foldsOf, genderData, openCorpus, percent } =
    require('../../lib/dist/index.js');
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
