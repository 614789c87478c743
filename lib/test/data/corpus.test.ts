import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { WaveFile } from 'wavefile';
import { encodeWav } from '../../audio/formats/write-wav';
import { loadAudio } from '../../audio/load';
import { findCorpus, loadData } from '../../data/corpus';
import { describeCorpus } from '../../data/corpus-report';
import { actorFolder, clipName, takesOf } from '../../data/ravdess';
import { type FixtureEntry, fixtureZip, tinyWave } from '../support/zip-fixture';

const base = fs.mkdtempSync(path.join(os.tmpdir(), 'corpus-'));
after(() => fs.rmSync(base, { recursive: true, force: true }));

let room = '';
let workFolder = '';
let count = 0;
beforeEach(() => {
  room = path.join(base, `room-${count}`);
  workFolder = path.join(base, `work-${count++}`);
  fs.mkdirSync(room);
});

/** The clips of these actors as in the official archive, below a top folder if there is one. */
function entriesOf(actors: readonly number[], top = ''): FixtureEntry[] {
  return actors.flatMap((actor) =>
    takesOf(actor).map((take) => ({ name: `${top}${actorFolder(actor)}/${clipName(take)}`, data: tinyWave(actor) })),
  );
}

function writeZip(name: string, entries: readonly FixtureEntry[]): string {
  const zip = path.join(room, name);
  fs.writeFileSync(zip, fixtureZip(entries));
  return zip;
}

function writeFolder(entries: readonly FixtureEntry[], top = ''): void {
  for (const { name, data = '' } of entries) {
    const file = path.join(room, top, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, data);
  }
}

const ALL = Array.from({ length: 24 }, (_, i) => i + 1);

test('loadData reads the official zip: 1440 clips, sorted by actor and name, nothing to report', () => {
  const corpus = loadData(writeZip('Audio_Speech_Actors_01-24.zip', entriesOf(ALL)), { workFolder });
  assert.equal(corpus.kind, 'ravdess');
  assert.equal(corpus.clips.length, 1440);
  const order = corpus.clips.map((clip) => `${String(clip.actor).padStart(2, '0')} ${clip.name}`);
  assert.deepEqual(order, [...order].sort());
  assert.deepEqual(corpus.report, {
    found: 1440,
    expected: 1440,
    duplicates: [],
    ignored: [],
    unreadable: [],
    missing: [],
    absentActors: [],
  });
  assert.deepEqual(describeCorpus(corpus), ['1440 clips of 24 actors: RAVDESS recordings']);
  assert.ok(corpus.clips.every((clip) => clip.path.startsWith(corpus.folder) && fs.existsSync(clip.path)));
});

test("loadData counts each clip of Kaggle's two copies once", () => {
  const entries = [...entriesOf(ALL), ...entriesOf(ALL, 'audio_speech_actors_01-24/')];
  const corpus = loadData(writeZip('archive.zip', entries), { workFolder });
  assert.equal(corpus.clips.length, 1440);
  assert.equal(corpus.report.duplicates.length, 1440);
  assert.match(describeCorpus(corpus)[1], /^1440 second copies/);
  writeFolder(entries, 'unpacked');
  assert.equal(loadData(path.join(room, 'unpacked'), { workFolder }).clips.length, 1440);
});

test('loadData gives the same clips and fingerprint for a folder, a top folder, several zips and the zip itself', () => {
  const expected = loadData(writeZip('whole.zip', entriesOf(ALL)), { workFolder });
  fs.rmSync(path.join(room, 'whole.zip'));
  writeZip('Actors_01-12.zip', entriesOf(ALL.slice(0, 12)));
  writeZip('Actors_13-24.zip', entriesOf(ALL.slice(12), 'speech-emotion-recognition-ravdess-data/'));
  const fromZips = loadData(room, { workFolder });
  fs.rmSync(path.join(room, 'Actors_01-12.zip'));
  fs.rmSync(path.join(room, 'Actors_13-24.zip'));
  writeFolder(entriesOf(ALL, 'speech-emotion-recognition-ravdess-data/'));
  const fromFolder = loadData(room, { workFolder });
  for (const corpus of [fromZips, fromFolder]) {
    assert.equal(corpus.fingerprint, expected.fingerprint);
    assert.deepEqual(
      corpus.clips.map((clip) => clip.name),
      expected.clips.map((clip) => clip.name),
    );
  }
});

test('loadData reads zips inside a zip, one level deep', () => {
  const inner = fixtureZip(entriesOf([1, 2]));
  const zip = writeZip('all.zip', [{ name: 'files/Actors_01-02.zip', data: inner }, ...entriesOf([3])]);
  assert.equal(loadData(zip, { workFolder }).clips.length, 180);
  const deep = writeZip('deep.zip', [{ name: 'all.zip', data: fs.readFileSync(zip) }]);
  const { clips, report } = loadData(deep, { workFolder });
  assert.equal(clips.length, 60);
  assert.deepEqual(report.ignored, [
    {
      name: 'all.zip/files/Actors_01-02.zip',
      reason: 'a zip inside a zip inside a zip: unpack it by hand, and give the folder',
    },
  ]);
});

test('loadData says why a name of seven numbers is none of RAVDESS', () => {
  const impossible = ['03-01-01-02-01-01-01.wav', '03-01-09-01-01-01-01.wav', '03-01-02-01-03-01-01.wav'];
  const zip = writeZip('more.zip', [...entriesOf([1]), ...impossible.map((name) => ({ name }))]);
  const { clips, report } = loadData(zip, { workFolder });
  assert.equal(clips.length, 60);
  assert.deepEqual(
    report.ignored.map(({ reason }) => /: (.*?), got/.exec(reason)?.[1]),
    ['neutral has no strong intensity in RAVDESS', 'emotion must be 1 to 8', 'statement must be 1 to 2'],
  );
});

test('loadData does not unpack a zip that lies beside the complete recordings', () => {
  writeFolder(entriesOf(ALL));
  writeZip('again.zip', entriesOf(ALL));
  const { clips, report } = loadData(room, { workFolder });
  assert.equal(clips.length, 1440);
  assert.deepEqual(report.ignored, [{ name: 'again.zip', reason: 'the folder is complete without it' }]);
  assert.ok(!fs.existsSync(workFolder));
});

test('loadData takes four whole actors and says who is not there', () => {
  const corpus = loadData(writeZip('four.zip', entriesOf([1, 2, 3, 4])), { workFolder });
  assert.equal(corpus.clips.length, 240);
  assert.equal(corpus.report.expected, 240);
  assert.equal(corpus.report.absentActors.length, 20);
  assert.match(describeCorpus(corpus)[1], /^20 actors not there: Actor_05, /);
});

test('loadData stops at missing clips, says how many of whom, and goes on if it may', () => {
  const entries = entriesOf(ALL).filter(({ name }) => !/-01-02-07\.wav|Actor_09.*-08-02-02-02/.test(name));
  const zip = writeZip('gaps.zip', entries);
  assert.throws(() => loadData(zip, { workFolder }), {
    name: 'SerError',
    code: 'bad-corpus',
    message:
      'loadData: found 1424 of 1440 clips (Actor_07 lacks 15, Actor_09 lacks 1); ' +
      'continue with allowMissing, or run "npm run data"',
  });
  const { clips, report } = loadData(zip, { workFolder, allowMissing: true });
  assert.equal(clips.length, 1424);
  assert.deepEqual(report.missing[1], { actor: 9, count: 1, names: ['03-01-08-02-02-02-09.wav'] });
});

test('loadData ignores songs, videos and notes, and names them', () => {
  writeFolder(entriesOf([1]));
  writeFolder([
    { name: 'Actor_01/03-02-01-01-01-01-01.wav', data: tinyWave() },
    { name: 'Actor_01/01-01-01-01-01-01-01.mp4' },
    { name: 'README.txt', data: 'read me' },
    { name: '.DS_Store', data: 'x' },
  ]);
  const { clips, report } = loadData(room, { workFolder });
  assert.equal(clips.length, 60);
  assert.deepEqual(report.ignored.map(({ name }) => name).sort(), [
    path.join('Actor_01', '01-01-01-01-01-01-01.mp4'),
    path.join('Actor_01', '03-02-01-01-01-01-01.wav'),
    'README.txt',
  ]);
  assert.match(report.ignored.find(({ name }) => name.includes('03-02'))?.reason ?? '', /songs/);
});

test('loadData takes every WAV file that is read, whatever its writer left in the sizes', async () => {
  const plain = Buffer.from(encodeWav({ samples: new Float32Array(2400).fill(0.1), sampleRate: 48_000 }));
  const sized = (riff: number, data: number): Buffer => {
    const bytes = Buffer.from(plain);
    bytes.writeUInt32LE(riff, 4);
    bytes.writeUInt32LE(data, 40);
    return bytes;
  };
  const rf64 = Buffer.concat([plain.subarray(0, 12), Buffer.alloc(36), plain.subarray(12)]);
  rf64.write('RF64', 0, 'latin1');
  rf64.write('ds64', 12, 'latin1');
  rf64.writeUInt32LE(28, 16);
  rf64.writeBigUInt64LE(4800n, 28);
  rf64.writeUInt32LE(0xffff_ffff, 4);
  rf64.writeUInt32LE(0xffff_ffff, 76);
  const bigEndian = new WaveFile(plain);
  bigEndian.toRIFX();
  const files = [
    sized(0x7fff_f024, 0x7fff_f000), // SoX
    sized(0x7fff_ffff, 0x7fff_ffff), // Oboe
    sized(0xffff_ffff, 0xffff_ffff), // ffmpeg
    sized(0, 0),
    sized(plain.length + 100_000, 4800), // a size that is too large, with whole samples
    rf64,
    Buffer.from(bigEndian.toBuffer()),
    Buffer.concat([Buffer.from('ID3\x03\0\0\0\0\0\x08', 'latin1'), Buffer.alloc(8), plain]),
  ];
  writeFolder(entriesOf([1]).map((entry, index) => ({ ...entry, data: files[index % files.length] })));
  const { clips, report } = loadData(room, { workFolder });
  assert.deepEqual([clips.length, report.unreadable], [60, []]);
  for (const { path: file } of clips)
    assert.equal((await loadAudio(file, { sampleRate: 'native' })).samples.length, 2400);
});

test('loadData says why a folder has no clip', () => {
  writeFolder(entriesOf([1]).map((entry, index) => ({ ...entry, data: index % 2 === 0 ? Buffer.alloc(0) : 'text' })));
  fs.writeFileSync(path.join(room, 'notes.txt'), 'no sound');
  assert.throws(
    () => loadData(room, { workFolder }),
    /no RAVDESS speech clip in ".*" \(30 files empty, 30 files not a WAV file, 1 file not a RAVDESS name\); give/,
  );
});

test('loadData reports empty, cut and foreign files as unreadable, and counts them as missing', () => {
  const [empty, cut, foreign, ...others] = entriesOf([1]);
  writeFolder([
    { ...empty, data: '' },
    { ...cut, data: tinyWave(100).subarray(0, 100) },
    { ...foreign, data: 'ID3 this is an mp3 by another name' },
    ...others,
  ]);
  assert.throws(() => loadData(room, { workFolder }), { message: /found 57 of 60 clips \(Actor_01 lacks 3\)/ });
  const { report } = loadData(room, { workFolder, allowMissing: true });
  assert.deepEqual(
    report.unreadable.map(({ reason }) => reason),
    ['empty', 'cut short', 'not a WAV file'],
  );
});

test('loadData refuses a place without speech clips, a place that is not there, and a broken zip', () => {
  writeFolder([{ name: 'happy1.wav', data: tinyWave() }]);
  assert.throws(() => loadData(room, { workFolder }), { code: 'bad-corpus', message: /no RAVDESS speech clip/ });
  assert.throws(() => loadData(path.join(room, 'nowhere')), {
    code: 'bad-corpus',
    message: /must be readable, got .*no such file or folder/,
  });
  fs.writeFileSync(path.join(room, 'broken.zip'), 'broken');
  assert.throws(() => loadData(room, { workFolder }), { code: 'bad-archive' });
  assert.throws(() => loadData(path.join(room, 'happy1.wav'), { workFolder }), { code: 'bad-archive' });
});

test('loadData follows links without running in circles', () => {
  writeFolder(entriesOf([1]), 'there');
  fs.symlinkSync(path.join(room, 'there'), path.join(room, 'there', 'loop'), 'dir');
  assert.equal(loadData(path.join(room, 'there'), { workFolder }).clips.length, 60);
});

test('loadData gives the clips beside links in circles, dangling links, pipes and folders that lead above', () => {
  const [missing, loop, ...entries] = entriesOf([1]);
  writeFolder(entries);
  fs.symlinkSync('nowhere.wav', path.join(room, missing.name));
  fs.symlinkSync(path.basename(loop.name), path.join(room, loop.name));
  fs.symlinkSync('loop', path.join(room, 'loop'));
  for (const name of ['up', 'up2']) fs.symlinkSync('..', path.join(room, 'Actor_01', name));
  execFileSync('mkfifo', [path.join(room, '03-01-01-01-01-01-02.wav')]);
  const { clips, report } = loadData(room, { workFolder, allowMissing: true });
  assert.equal(clips.length, 58);
  assert.deepEqual(
    report.unreadable.map(({ name, reason }) => `${path.basename(name)}: ${reason}`),
    [
      '03-01-01-01-01-01-02.wav: a device, a pipe or a socket',
      `${path.basename(missing.name)}: no such file or folder`,
      `${path.basename(loop.name)}: its links lead in a circle`,
    ],
  );
  assert.deepEqual(report.ignored, [{ name: 'loop', reason: 'its links lead in a circle' }]);
});

test('loadData names a place that is a link in a circle, or whose name is too long', () => {
  const loop = path.join(room, 'loop');
  fs.symlinkSync('loop', loop);
  for (const [place, reason] of [
    [loop, 'its links lead in a circle'],
    [path.join(room, 'x'.repeat(300)), 'its name is too long for the file system'],
  ]) {
    const message = `loadData: the zip or folder must be readable, got "${place}" (${reason}); run "npm run data"`;
    assert.throws(() => loadData(place, { workFolder }), { code: 'bad-corpus', message });
  }
});

test('loadData reads recordings in folders whose names are not UTF-8', { skip: process.platform !== 'linux' }, () => {
  writeFolder(entriesOf([1]));
  const strange = Buffer.concat([Buffer.from(`${room}/Schauspieler_`), Buffer.from([0xe4])]);
  fs.renameSync(path.join(room, 'Actor_01'), strange);
  const { clips } = loadData(room, { workFolder });
  assert.equal(clips.length, 60);
  for (const clip of clips) assert.ok(fs.readFileSync(clip.path).length > 0);
  assert.deepEqual(loadData(room, { workFolder }).clips, clips, 'and again');
});

test('loadData knows a practice corpus by its marker, in a zip and in a folder', () => {
  const marker = { label: 'practice corpus: synthetic voices', version: 1, seed: 3, voices: 2, repetitions: 2 };
  const entries = [{ name: 'PRACTICE.json', data: JSON.stringify(marker) }, ...entriesOf([1, 2])];
  const corpus = loadData(writeZip('practice.zip', entries), { workFolder });
  assert.deepEqual([corpus.kind, corpus.label], ['practice', 'practice corpus: synthetic voices']);
  assert.deepEqual(corpus.report.absentActors, [], 'two voices are all of them');
  assert.deepEqual(corpus.report.ignored, []);
  assert.equal(loadData(corpus.folder, { workFolder }).kind, 'practice');
  writeZip('practice.zip', [{ name: 'PRACTICE.json', data: '{"voices": 99}' }, ...entriesOf([1])]);
  assert.throws(() => loadData(room, { workFolder }), {
    code: 'bad-corpus',
    message: /must describe a practice corpus/,
  });
});

test('findCorpus prefers the path given, then SER_DATA, then data/ravdess, then practice', () => {
  const project = room;
  const environment = {};
  assert.equal(findCorpus({ project, environment }).kind, 'practice');
  fs.mkdirSync(path.join(room, 'data', 'ravdess'), { recursive: true });
  fs.writeFileSync(path.join(room, 'data', 'ravdess', 'a.zip.part'), 'half');
  assert.equal(findCorpus({ project, environment }).kind, 'practice', 'a download that has only begun');
  fs.writeFileSync(path.join(room, 'data', 'ravdess', 'a.zip'), 'whole');
  assert.equal(findCorpus({ project, environment }).from, 'data/ravdess');
  fs.mkdirSync(path.join(room, 'mine'));
  assert.deepEqual(findCorpus({ project, environment: { SER_DATA: 'mine' } }), {
    kind: 'ravdess',
    path: path.join(room, 'mine'),
    from: 'SER_DATA',
  });
  fs.mkdirSync(path.join(room, 'given'));
  const given = findCorpus({ path: path.join(room, 'given'), project, environment: { SER_DATA: 'mine' } });
  assert.equal(given.from, 'parameter');
});

test('findCorpus says which name leads nowhere', () => {
  assert.throws(() => findCorpus({ project: room, environment: { SER_DATA: 'gone' } }), {
    code: 'bad-corpus',
    message: 'findCorpus: SER_DATA must name an existing zip or folder, got "gone"',
  });
});
