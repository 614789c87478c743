/** `npm run adapt -- FOLDER`: a profile of one speaker from recordings without labels. */
import path from 'node:path';
import { runCommand } from './command.mjs';
import { callerFolder, fromCaller } from './setup/project.mjs';

const HELP = `npm run adapt -- FILE|FOLDER… [--out FILE]

Makes a profile of one speaker (or one room and microphone) from 20 recordings or more, in any moods, without labels.
The general model predicts that speaker better with it:

  npm run adapt -- my-voice --out my-voice.json
  npm run predict -- --profile my-voice.json recording.wav

  --out FILE    default profile.json in the current folder
`;

await runCommand({
  name: 'adapt',
  help: HELP,
  allowPositionals: true,
  options: { out: { type: 'string', default: 'profile.json' } },
  read({ values: { out }, positionals }) {
    if (positionals.length === 0) throw new Error('name a folder with recordings of one speaker');
    return { out: fromCaller(out), positionals };
  },
  work: adapt,
});

/** @param {{ out: string, positionals: string[] }} asked */
async function adapt({ out, positionals }) {
  const { progress } = await import('../lib/dist/display/live/progress.js');
  const { writeJson } = await import('../lib/dist/files.js');
  const { profileOf } = await import('../lib/dist/inference/profile.js');
  const { LEAST_RECORDINGS } = await import('../lib/dist/models/general/train.js');
  const { findRecordings } = await import('./predict/files.mjs');
  const { files, faults } = findRecordings(positionals);
  if (faults.length > 0) throw new Error(`${faults[0].file}: ${faults[0].message}`);
  if (files.length < LEAST_RECORDINGS) {
    const rule = `a profile needs ${LEAST_RECORDINGS} recordings of the speaker or more`;
    throw new Error(`${rule}, got ${files.length}; record more, whatever is said`);
  }
  const shown = progress('Reading', files.length, { unit: 'files' });
  const profile = await profileOf(
    files.map(({ file }) => file),
    (done) => shown.update(done),
  );
  shown.done();
  writeJson(out, profile);
  const name = path.relative(callerFolder, out);
  process.stdout.write(`${name}: profile of ${files.length} recordings; npm run predict -- --profile ${name} FILE…\n`);
}
