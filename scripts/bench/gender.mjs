/** Accuracy of speaker sex on held-out actors, compared with scikit-learn's SVC on the same features and folds. */
import { openCorpus } from '../../lib/dist/data/open-corpus.js';
import { bootstrapByActor } from '../../lib/dist/evaluation/bootstrap.js';
import { foldsOf } from '../../lib/dist/evaluation/protocols.js';
import { percent } from '../../lib/dist/evaluation/reports/report.js';
import { computeFeatures } from '../../lib/dist/features/store/store.js';
import { crossValidateGender, genderData } from '../../lib/dist/inference/gender/gender.js';
import { havePeers, startPeer } from './peer.mjs';

/** @param {{ data?: string, folder: string }} options */
export async function bench({ data, folder }) {
  const corpus = await openCorpus({ data });
  const voices = genderData(await computeFeatures(corpus, { root: folder, copies: 0 }));
  const { actors } = voices;
  const folds = foldsOf('actor-5', corpus.clips).map(({ test }) => [
    ...new Set(test.map((clip) => corpus.clips[clip].actor)),
  ]);
  const female = voices.sexes.map((sex) => Number(sex === 'female'));
  /** @type {Record<string, boolean[]>} */
  const right = { ours: crossValidateGender({ ...voices, folds }).right };
  if (havePeers('librosa')) {
    const peer = await startPeer('sklearn_gender.py', 'librosa');
    const features = voices.features.map((row) => Array.from(row));
    const name = `scikit-learn ${peer.greeting.version}, SVC`;
    ({ right: right[name] } = await peer.ask({ features, female, actors, folds }));
    peer.end();
  } else console.error('scikit-learn is not installed: npm run bench -- gender --peers');
  const rows = Object.entries(right).map(([name, correct]) => {
    const predicted = correct.map((own, clip) => (own ? female[clip] : 1 - female[clip]));
    const { low, high } = bootstrapByActor({ truth: female, predicted, actors }).accuracy;
    return {
      classifier: name,
      accuracy: percent(correct.filter(Boolean).length / correct.length),
      '95 % interval over actors': `${percent(low)} to ${percent(high)}`,
    };
  });
  console.log(`Speaker sex, ${actors.length} clips of ${corpus.label}, actors in five folds`);
  console.table(rows);
}
