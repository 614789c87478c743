/** `npm run predict -- FILE|FOLDER…`: predicts the emotion of recordings. */
import { runCommand } from './command.mjs';
import { fromCaller, messageOf } from './setup/project.mjs';

const HELP = `npm run predict -- FILE|FOLDER… [--json|--csv] [--timeline] [--model DIR] [--run NAME] [--gender] [--quick]
                                      [--profile FILE]

Predicts the emotion of each recording: WAV, MP3, M4A, AAC, FLAC, Ogg, Opus, WebM, AIFF, CAF, AMR, WMA, the audio track of
MP4 and MOV videos, and every format of ffmpeg if that is installed. Prints a table on a terminal, JSON lines in a pipe.
"?" after an emotion means that the model is not sure. Recordings above 8 s are predicted in windows of 2.4 s; the result
is their mean. A line on standard error names the model, and its accuracy on unseen speakers.

  --json        one JSON object on each line
  --csv         comma-separated values with a header line
  --timeline    one prediction for each window of 2.4 s, in steps of 0.6 s
  --model DIR   folder of one trained model, such as data/runs/NAME, or data/runs/NAME/fold-1 if the run has several
                folds (a fold has no classifier for --gender)
  --run NAME    run name, "latest", "shipped" or "general"; default "shipped", the model that comes with the project, in
                which the general model is used for all but RAVDESS's two sentences
  --profile FILE  profile of the speaker, made by npm run adapt; the general model then predicts
  --quick       linear models read each recording at one playback speed instead of five: about twice as many files per
                second with the shipped model, whose published figures are without this option
  --gender      also predicts the speaker's sex, as RAVDESS annotates its actors

Exit code: 0 if every recording was predicted, 1 if one failed or there is no model, 2 for wrong options. A bad file does
not stop the others.
`;

await runCommand({
  name: 'predict',
  help: HELP,
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    csv: { type: 'boolean' },
    timeline: { type: 'boolean' },
    gender: { type: 'boolean' },
    quick: { type: 'boolean' },
    model: { type: 'string' },
    run: { type: 'string' },
    profile: { type: 'string' },
  },
  read({ values, positionals }) {
    const { json, csv, model, run } = values;
    if (json && csv) throw new Error('choose one of --json and --csv');
    if (model !== undefined && run !== undefined) throw new Error('choose one of --model and --run');
    if (positionals.length === 0) throw new Error('name a file or folder');
    return { values, positionals };
  },
  work: predict,
});

/** @param {import('./command.mjs').Arguments} args @returns {Promise<number>} 1 if a recording was not predicted */
async function predict({ values, positionals }) {
  const { chooseModel } = await import('../lib/dist/inference/chosen-model.js');
  const { describeModel } = await import('../lib/dist/inference/model-accuracy.js');
  const { EmotionPredictor } = await import('../lib/dist/inference/predictor.js');
  const { profileSchema } = await import('../lib/dist/models/general/model.js');
  const { readJson } = await import('../lib/dist/files.js');
  const { GenderDetector } = await import('../lib/dist/inference/emotion.js');
  const { progress } = await import('../lib/dist/display/live/progress.js');
  const { describeSkipped, findRecordings } = await import('./predict/files.mjs');
  const { chooseFormat } = await import('./predict/formats.mjs');
  const { timeline = false, gender = false, quick = false, model } = values;
  const run = values.run ?? (values.profile === undefined ? undefined : 'general');
  const folder = model === undefined ? undefined : fromCaller(model);
  const profile =
    values.profile === undefined ? undefined : readJson(fromCaller(values.profile), profileSchema, 'make it again');
  const predictor = await EmotionPredictor.load({ run, folder, quick, profile });
  const voices = gender ? GenderDetector.load({ run, folder }) : undefined;
  process.stderr.write(`Model: ${describeModel(chooseModel({ run, folder }), { quick })}\n`);

  const { files, faults, folders, skipped } = findRecordings(positionals);
  if (skipped.length > 0) process.stderr.write(`${describeSkipped(skipped)}\n`);
  const names = new Map(files.map(({ file, name }) => [file, name]));
  const format = chooseFormat(values, predictor.labels, [...names.values(), ...faults.map((f) => f.file)]);
  process.stdout.write(format.head);
  let failed = 0;
  const write = (/** @type {import('./predict/formats.mjs').Line} */ line) => {
    if (line.error !== undefined) {
      failed++;
      if (!process.stdout.isTTY) process.stderr.write(`predict: ${line.file}: ${line.error}\n`);
    }
    process.stdout.write(format.line(line));
  };
  for (const { file, message } of faults) write({ file, error: message });

  const shown =
    folders > 0 && !process.stdout.isTTY ? progress('Predicting', files.length, { unit: 'files' }) : undefined;
  let done = 0;
  const voiceOf = async (/** @type {string} */ source) => (voices ? { voice: (await voices.detect(source)).sex } : {});
  /** Writes the lines of a recording, or its error. @param {string} source @param {(file: string) => Promise<void>} lines */
  const writeEach = async (source, lines) => {
    const file = names.get(source) ?? source;
    await lines(file).catch((error) => write({ file, error: messageOf(error) }));
    shown?.update(++done);
  };
  for (const source of timeline ? names.keys() : []) {
    await writeEach(source, async (file) => {
      const voice = await voiceOf(source);
      for await (const { warnings = [], ...stretch } of predictor.timelineEach(source)) {
        write({ file, ...stretch, warnings: warnings.map(({ message }) => message), ...voice });
      }
    });
  }
  for await (const { recording, prediction, error } of predictor.predictEach(timeline ? [] : names.keys())) {
    const source = String(recording);
    await writeEach(source, async (file) => {
      if (!prediction) throw error;
      const warnings = prediction.warnings.map(({ message }) => message);
      write({ file, ...prediction, warnings, ...(await voiceOf(source)) });
    });
  }
  shown?.done();
  predictor.dispose();
  return failed > 0 ? 1 : 0;
}
