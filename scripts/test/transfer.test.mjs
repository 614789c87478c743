import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { inProject } from '../setup/project.mjs';
import { runCommand, temporaryFolder } from './command.mjs';

const folder = temporaryFolder('transfer');
const speech = inProject('lib', 'test', 'fixtures', 'speech.flac');
const voice = path.join(folder, 'voice');
fs.mkdirSync(voice);
for (let take = 0; take < 20; take++) fs.copyFileSync(speech, path.join(voice, `${take}.flac`));

/** @param {string} name @param {string[]} args */
const run = (name, ...args) => runCommand(name, args, { INIT_CWD: folder });

test('a profile of 20 recordings changes what the general model predicts', () => {
  const made = run('adapt', 'voice', '--out', 'voice.json');
  assert.equal(made.status, 0, made.stderr);
  assert.match(made.stdout, /^voice\.json: profile of 20 recordings; npm run predict -- --profile voice\.json FILE…$/m);
  const [plain, profiled] = [
    ['--run', 'general'],
    ['--profile', 'voice.json'],
  ].map((options) => JSON.parse(run('predict', 'voice/1.flac', '--json', ...options).stdout));
  assert.ok(plain.probabilities.calm < 1e-6);
  assert.notDeepEqual(profiled.probabilities, plain.probabilities);
});

test('a profile of fewer recordings, and a file that is none, are refused', () => {
  const few = run('adapt', 'voice/1.flac', '--out', 'few.json');
  assert.equal(few.status, 1);
  assert.match(few.stderr, /a profile needs 20 recordings of the speaker or more, got 1; record more/);
  assert.ok(!fs.existsSync(path.join(folder, 'few.json')));
  fs.writeFileSync(path.join(folder, 'bad.json'), '{"recordings": 20}');
  const { status, stderr } = run('predict', 'voice/1.flac', '--profile', 'bad.json');
  assert.equal(status, 1);
  assert.match(stderr, /bad\.json: settings must .*; make it again/);
});

test('transfer scores a list of labelled recordings by corpus, with profiles and without', () => {
  const lines = Array.from({ length: 20 }, (_, take) => `voice/${take}.flac,${take % 2 ? 'anger' : 'sad'},Ann,calls`);
  fs.writeFileSync(path.join(folder, 'mine.csv'), ['file,label,speaker,corpus', ...lines, ''].join('\n'));
  for (const options of [[], ['--adapt']]) {
    const { status, stdout, stderr } = run('transfer', 'mine.csv', ...options);
    assert.equal(status, 0, stderr);
    // Twice the same recording with different labels: half of the answers are correct.
    assert.match(stdout, /\| calls \| 20 \| 1 \| 50\.0 % \| 50\.0 % /);
  }
});
