/** `npm run transfer -- PLACE…`: accuracy of a model on other corpora than its own. */
import { runCommand } from './command.mjs';
import { fromCaller } from './setup/project.mjs';

const HELP = `npm run transfer -- FOLDER|FILE.csv… [--model DIR | --run NAME | --adapt]

Predicts the labelled recordings of other corpora, and prints accuracy and calibration for each. A folder's corpora are
recognised by their file names: RAVDESS, EmoDB, EMOVO, nEMO, TESS, CREMA-D, SAVEE. A CSV file lists recordings with the
columns file and label, and if known speaker, sex and corpus; paths are relative to it.

UAR is over the emotions that a corpus has; the model's calm counts as neutral. Intervals are 95 %, by bootstrap over
speakers.

  --model DIR   folder of one trained model
  --run NAME    run name, "latest", "shipped" or "general"; default "shipped"
  --adapt       the general model with a profile of each speaker who has 20 recordings or more, made of the recordings that
                are predicted, without their labels
`;

await runCommand({
  name: 'transfer',
  help: HELP,
  allowPositionals: true,
  options: { model: { type: 'string' }, run: { type: 'string' }, adapt: { type: 'boolean', default: false } },
  read({ values: { model, run, adapt }, positionals }) {
    if ([model, run, adapt || undefined].filter((one) => one !== undefined).length > 1) {
      throw new Error('choose one of --model, --run and --adapt');
    }
    if (positionals.length === 0) throw new Error('name a folder or a CSV file');
    const folder = model === undefined ? undefined : fromCaller(model);
    return { folder, run, adapt, places: positionals.map(fromCaller) };
  },
  work: transfer,
});

/** @param {{ folder?: string, run?: string, adapt: boolean, places: string[] }} asked */
async function transfer({ folder, run, adapt, places }) {
  const { readLabelled } = await import('../lib/dist/data/corpora/labelled.js');
  const { progress } = await import('../lib/dist/display/live/progress.js');
  const { markdownTable } = await import('../lib/dist/evaluation/reports/markdown.js');
  const { percent } = await import('../lib/dist/evaluation/reports/report.js');
  const { transferRow } = await import('../lib/dist/evaluation/reports/tables.js');
  const { scoreTransfer } = await import('../lib/dist/evaluation/transfer.js');
  const { EmotionPredictor } = await import('../lib/dist/inference/predictor.js');
  const { profileOf } = await import('../lib/dist/inference/profile.js');
  const { EMOTIONS } = await import('../lib/dist/data/labels.js');
  const { LEAST_RECORDINGS } = await import('../lib/dist/models/general/train.js');
  const corpora = (await Promise.all(places.map(readLabelled))).flat();
  const shown = progress('Predicting', corpora.flatMap(({ recordings }) => recordings).length, { unit: 'files' });
  let done = 0;
  const rows = [];
  for (const { title, recordings } of corpora) {
    const predictions = [];
    let rejected = 0;
    // With profiles, speaker by speaker.
    const speakers = adapt ? [...new Set(recordings.map(({ speaker }) => speaker))] : [undefined];
    for (const speaker of speakers) {
      const own = recordings.filter((recording) => speaker === undefined || recording.speaker === speaker);
      const files = own.map(({ path }) => path);
      const profile = adapt && own.length >= LEAST_RECORDINGS ? await profileOf(files) : undefined;
      const predictor = await EmotionPredictor.load({ run: adapt ? 'general' : run, folder, profile });
      for await (const { recording, prediction, error } of predictor.predictEach(files)) {
        if (!prediction) throw error;
        const { emotion: truth, speaker: name } = own[files.indexOf(String(recording))];
        const probabilities = EMOTIONS.map((emotion) => prediction.probabilities[emotion] ?? 0);
        predictions.push({ truth, speaker: name, probabilities, sure: prediction.sure });
        if (prediction.warnings.some(({ kind }) => kind === 'other-sentence')) rejected++;
        shown.update(++done);
      }
      predictor.dispose();
    }
    rows.push({
      ...transferRow(title, scoreTransfer(predictions)),
      'other sentence': rejected > 0 ? percent(rejected / predictions.length) : '–',
    });
  }
  shown.done();
  process.stdout.write(`${markdownTable(rows)}\n`);
}
