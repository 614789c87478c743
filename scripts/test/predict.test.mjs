import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { encodeWav } from '../../lib/dist/audio/formats/write-wav.js';
import { tinyRun } from '../../lib/dist/test/support/tiny-run.js';
import { describeSkipped, findRecordings } from '../predict/files.mjs';
import { inProject } from '../setup/project.mjs';
import { commandLine, runCommand, runWithoutReader, temporaryFolder } from './command.mjs';

const folder = temporaryFolder('predict');
const recordings = path.join(folder, 'recordings');
let model = '';
before(async () => {
  const { run, corpus } = await tinyRun(folder);
  model = run.folder;
  fs.mkdirSync(path.join(recordings, 'more'), { recursive: true });
  fs.copyFileSync(corpus.clips[0].path, path.join(recordings, 'b.wav'));
  fs.copyFileSync(inProject('lib', 'test', 'fixtures', 'speech.mp3'), path.join(recordings, 'a, loud.mp3'));
  fs.copyFileSync(inProject('lib', 'test', 'fixtures', 'speech.opus'), path.join(recordings, 'more', 'c.opus'));
  fs.writeFileSync(path.join(recordings, 'notes.txt'), 'no recording');
});

/** @param {string[]} args */
function predict(...args) {
  const { status, stdout, stderr } = runCommand('predict', args, { INIT_CWD: folder });
  return { status, stdout, stderr, lines: stdout.trimEnd().split('\n') };
}

test('predict handles every recording of a folder, in order, and writes a JSON line for each in a pipe', () => {
  const { status, lines, stderr } = predict('recordings', '--model', model);
  assert.equal(status, 0);
  const answers = lines.map((line) => JSON.parse(line));
  const names = ['recordings/a, loud.mp3', 'recordings/b.wav', 'recordings/more/c.opus'];
  assert.deepEqual(
    answers.map(({ file }) => file),
    names,
  );
  for (const { emotion, probabilities, probability } of answers) assert.equal(probabilities[emotion], probability);
  assert.match(stderr, /Predicting: 3 of 3 files/);
  assert.match(
    stderr,
    /^Skipped 1 file that is not a recording by its name \(1 \.txt\); a file given by name is read$/m,
  );
});

test('predict counts skipped audio of other formats by ending, and reads it if it is named', () => {
  const mixed = path.join(folder, 'mixed');
  fs.mkdirSync(mixed);
  for (const name of ['good.wav', 'old.voc', 'older.voc', 'phone.sph', 'song.mid']) {
    fs.copyFileSync(path.join(recordings, 'b.wav'), path.join(mixed, name));
  }
  const { status, lines, stderr } = predict('mixed', '--model', model);
  assert.equal(status, 0, stderr);
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).file),
    ['mixed/good.wav'],
  );
  assert.match(
    stderr,
    /^Skipped 4 files that are not recordings by their name \(2 \.voc, 1 \.mid, 1 \.sph\); a file given by name is read$/m,
  );
  const named = predict('mixed/phone.sph', '--model', model);
  assert.equal(named.status, 0, named.stderr);
  assert.equal(JSON.parse(named.lines[0]).file, 'mixed/phone.sph');
});

test('predict writes an error line for a recording that the model fails on, predicts the others, and exits with 1', () => {
  const mixed = path.join(folder, 'failing');
  fs.mkdirSync(mixed);
  for (const name of ['a.wav', 'c.wav']) fs.copyFileSync(path.join(recordings, 'b.wav'), path.join(mixed, name));
  fs.writeFileSync(path.join(mixed, 'b.wav'), encodeWav({ samples: new Float32Array(48_000), sampleRate: 24_000 }));
  const program = path.join(folder, 'fails-on-silence.cjs');
  fs.writeFileSync(
    program,
    `const registry = require(${JSON.stringify(inProject('lib', 'dist', 'models', 'registry.js'))});
    const { loadTrainedModel } = registry;
    registry.loadTrainedModel = async (...args) => {
      const model = await loadTrainedModel(...args);
      const predict = model.predict.bind(model);
      model.predict = async (sounds, ...rest) => {
        if (sounds.some(({ samples }) => samples.every((value) => value === 0))) throw new Error('out of range');
        return predict(sounds, ...rest);
      };
      return model;
    };`,
  );
  for (const timeline of [[], ['--timeline']]) {
    const args = ['failing', '--model', model, ...timeline];
    const { status, stdout, stderr } = runCommand('predict', args, {
      INIT_CWD: folder,
      NODE_OPTIONS: `--require ${program}`,
    });
    assert.equal(status, 1, stderr);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const outcomes = new Set(lines.map(({ file, emotion, error }) => `${file}: ${emotion ? 'predicted' : error}`));
    assert.deepEqual(
      [...outcomes],
      ['failing/a.wav: predicted', 'failing/b.wav: out of range', 'failing/c.wav: predicted'],
    );
    assert.match(stderr, /^predict: failing\/b\.wav: out of range$/m);
  }
});

test('predict names its model and the accuracy on unseen speakers, in one line on standard error', () => {
  const line = (/** @type {string[]} */ ...args) => {
    const { status, stdout, stderr } = runCommand('predict', ['recordings/b.wav', ...args], {
      INIT_CWD: folder,
      SER_WORK: folder,
    });
    assert.equal(status, 0, stderr);
    assert.equal(stdout.trimEnd().split('\n').length, 1);
    return stderr.trimEnd();
  };
  const { accuracy } = JSON.parse(fs.readFileSync(inProject('data', 'models', 'recommended', 'metrics.json'), 'utf8'));
  const figure = `${(100 * accuracy).toFixed(1)} % correct on unseen speakers (actor-5, RAVDESS recordings`;
  assert.equal(line(), `Model: the shipped model, ${figure})`);
  assert.equal(line('--run', 'shipped', '--quick'), `Model: the shipped model, ${figure}; measured without quick)`);
  const synthetic = 'trained on synthetic voices, so its predictions about people are meaningless';
  assert.equal(line('--run', 'latest'), `Model: run tiny, ${synthetic}`);
  assert.match(line('--model', model), /^Model: .*tiny, accuracy on unseen speakers unknown/);
});

test('predict lists each recording of a folder once, whatever its links, and names what it cannot read', () => {
  const tangled = path.join(folder, 'tangled');
  fs.mkdirSync(path.join(tangled, 'sub', 'deep'), { recursive: true });
  fs.copyFileSync(path.join(recordings, 'b.wav'), path.join(tangled, 'sub', 'b.wav'));
  for (const [target, link] of [
    ['.', 'self'],
    ['sub', 'a-link-to-sub'],
    ['..', 'sub/deep/up'],
    ['../..', 'sub/deep/up2'],
    ['sub/b.wav', 'a.wav'],
    ['loop.wav', 'loop.wav'],
    ['nowhere', 'gone.txt'],
  ])
    fs.symlinkSync(target, path.join(tangled, link));
  const long = `${'x'.repeat(300)}.wav`;
  const { status, lines, stderr } = predict(long, 'tangled/loop.wav', 'tangled', '--model', model);
  assert.equal(status, 1, stderr);
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)).map(({ file, error }) => [file, error]),
    [
      [long, 'its name is too long for the file system'],
      ['tangled/loop.wav', 'its links lead in a circle'],
      ['tangled/loop.wav', 'its links lead in a circle'],
      ['tangled/sub/b.wav', undefined],
    ],
  );
});

test('predict reads files and folders whose names are not UTF-8', { skip: process.platform !== 'linux' }, () => {
  const strange = path.join(folder, 'strange');
  const named = (/** @type {string} */ text) =>
    Buffer.concat([Buffer.from(`${strange}/`), Buffer.from(text, 'latin1')]);
  fs.mkdirSync(named('f\xe4lle'), { recursive: true });
  fs.copyFileSync(path.join(recordings, 'b.wav'), named('f\xe4lle/b.wav'));
  for (const name of ['\xe4.wav', '\xf6.wav']) fs.copyFileSync(path.join(recordings, 'b.wav'), named(name));
  const { status, lines, stderr } = predict('strange', '--gender', '--model', model);
  assert.equal(status, 0, stderr);
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).file),
    ['strange/\ufffd.wav', 'strange/\ufffd.wav', 'strange/f\ufffdlle/b.wav'],
  );
});

test('the line about skipped files names the commonest endings', () => {
  const names = ['a.txt', 'b.TXT', 'c.jpg', 'LICENSE', 'd.x', 'e.y', 'f.z'];
  assert.equal(
    describeSkipped(names),
    'Skipped 7 files that are not recordings by their name (2 .txt, 1 .jpg, 1 .x, 1 .y, 2 others); a file given by name is read',
  );
});

test('findRecordings lists more files than a call may have arguments', () => {
  const many = path.join(folder, 'many');
  for (const part of ['1', '2', '3']) {
    fs.mkdirSync(path.join(many, part), { recursive: true });
    fs.writeFileSync(path.join(many, part, '0.wav'), 'x');
    for (let file = 1; file < 50_000; file++) {
      fs.linkSync(path.join(many, part, '0.wav'), path.join(many, part, `${file}.wav`));
    }
  }
  assert.equal(findRecordings([many]).files.length, 150_000);
});

test('predict writes CSV with quoted names, and the voice with --gender', () => {
  const { status, lines } = predict('--csv', '--gender', 'recordings', '--model', model);
  assert.equal(status, 0);
  assert.match(lines[0], /^file,seconds,emotion,probability,sure,neutral,.*,surprised,voice,warnings,error$/);
  assert.match(lines[1], /^"recordings\/a, loud\.mp3",2\.40,[a-z]+,0\.\d{4},true,.*,(male|female),/);
  assert.equal(lines.length, 4);
});

test('predict reports a bad file and a missing one, predicts the others, and exits with 1', () => {
  const { status, lines, stderr } = predict('recordings/notes.txt', 'none.wav', 'recordings/b.wav', '--model', model);
  assert.equal(status, 1);
  const answers = lines.map((line) => JSON.parse(line));
  assert.deepEqual(
    answers.map(({ file, error }) => [file, error !== undefined]),
    [
      ['none.wav', true],
      ['recordings/notes.txt', true],
      ['recordings/b.wav', false],
    ],
  );
  assert.match(stderr, /none\.wav: no such file/);
  assert.match(stderr, /notes\.txt: loadAudio: the file must be WAV/);
});

test('predict with --gender prints no predictions if the model has no classifier of speaker sex', () => {
  const sexless = path.join(folder, 'sexless');
  fs.cpSync(model, sexless, { recursive: true });
  fs.rmSync(path.join(sexless, 'gender.json'));
  const { status, stdout, stderr } = predict('--gender', 'recordings', '--model', sexless);
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /gender\.json/);
});

test('predict reports that a run of voices of one sex has no classifier of speaker sex', () => {
  const male = path.join(folder, 'male');
  fs.cpSync(model, male, { recursive: true });
  fs.writeFileSync(path.join(male, 'gender.json'), '{"format":1,"absent":"voices of both sexes are needed, got male"}');
  const { status, stdout, stderr } = predict('--gender', 'recordings', '--model', male);
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /no classifier of speaker sex \(voices of both sexes are needed, got male\)/);
  assert.equal(predict('recordings/b.wav', '--model', male).status, 0);
});

test('predict writes a timeline with times', () => {
  const { status, lines } = predict('--timeline', '--csv', 'recordings/b.wav', '--model', model);
  assert.equal(status, 0);
  assert.match(lines[0], /^file,start,end,emotion/);
  assert.match(lines[1], /^recordings\/b\.wav,0\.00,2\.40,/);
  assert.ok(lines.length > 2);
});

test('predict continues with the timelines of other files after one that failed', () => {
  const { status, lines, stderr } = predict('--timeline', 'recordings/notes.txt', 'recordings/b.wav', '--model', model);
  assert.equal(status, 1);
  const answers = lines.map((line) => JSON.parse(line));
  assert.deepEqual([answers[0].file, 'error' in answers[0]], ['recordings/notes.txt', true]);
  assert.ok(answers.length > 2 && answers.slice(1).every(({ file, end }) => file === 'recordings/b.wav' && end > 2.3));
  assert.match(stderr, /notes\.txt: loadAudio: the file must be WAV/);
});

test('predict exits with 2 for wrong options, and with 1 for a missing model', () => {
  for (const [args, message] of /** @type {const} */ ([
    [[], /name a file or folder/],
    [['x.wav', '--json', '--csv'], /one of --json and --csv/],
    [['x.wav', '--what'], /--what/],
  ])) {
    const { status, stderr } = predict(...args);
    assert.equal(status, 2);
    assert.match(stderr, message);
    assert.match(stderr, /npm run predict -- FILE/);
  }
  const { status, stderr } = predict('recordings/b.wav', '--model', 'nowhere');
  assert.equal(status, 1);
  assert.match(stderr, /run 3-train/);
});

/** Runs a command in a small address space. @param {number} kilobytes @param {string[]} command */
function limited(kilobytes, ...command) {
  const shell = ['-c', `ulimit -v ${kilobytes}; exec "$@"`, 'bash', process.execPath, ...command];
  return spawnSync('bash', shell, { encoding: 'utf8', env: { ...process.env, INIT_CWD: folder } });
}

const onLinux = { skip: process.platform !== 'linux' };

test('predict reads every format in an address space of 30 GB and of 8 GB', onLinux, () => {
  const named = ['recordings', inProject('lib', 'test', 'fixtures', 'speech.flac'), '--gender', '--model', model];
  for (const kilobytes of [30e6, 8e6]) {
    const { status, stdout, stderr } = limited(kilobytes, ...commandLine('predict', named));
    assert.equal(status, 0, stderr);
    assert.equal(stdout.trimEnd().split('\n').length, 4);
  }
});

test('an address space that is too small ends in one sentence with the way out', onLinux, () => {
  const small = limited(1.5e6, ...commandLine('predict', ['recordings', '--model', model]));
  assert.notEqual(small.status, 0);
  assert.match(small.stderr, /The address space is limited to 1\.5 GB.*: raise the limit \(ulimit -v unlimited\)\.\n$/);
  // Newer versions of Node do without the guards by themselves.
  const program = `try { require('${inProject('lib')}'); } catch (error) { console.log(error.code, error.message); }`;
  const { stdout } = limited(8e6, '-e', program);
  assert.match(stdout, /^$|^no-memory simd: .*ulimit -v unlimited.*NODE_OPTIONS=--disable-wasm-trap-handler/);
});

test('predict ends quietly when the reader of its pipe closes it', async () => {
  const { status, stderr } = await runWithoutReader('predict', [recordings, '--model', model]);
  assert.equal(status, 0, stderr);
  assert.doesNotMatch(stderr, /EPIPE/);
});
