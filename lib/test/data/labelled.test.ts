import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { readLabelled } from '../../data/corpora/labelled';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-labelled-'));
after(() => fs.rmSync(root, { recursive: true }));

function folderOf(name: string, files: readonly string[]): string {
  const folder = path.join(root, name);
  for (const file of files) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), '');
  }
  return folder;
}

test('corpora are recognised by their file names, with emotion, speaker and sex', async () => {
  const folder = folderOf('all', [
    ...['emodb/03a01Wa.wav', 'emodb/08b02La.wav', 'EMOVO/f1/dis-f1-b1.wav', 'samples/EB0_happiness_1.wav'],
    ...['TESS/OAF_back_ps.wav', 'TESS/OA_bite_neutral.wav', 'AudioWAV/1001_DFA_FEA_XX.wav', 'savee/DC_su01.wav'],
    ...['Actor_12/03-01-06-01-02-01-12.wav', 'readme.txt'],
  ]);
  const corpora = await readLabelled(folder);
  const found = corpora.flatMap(({ name, recordings }) =>
    recordings.map(({ emotion, speaker, sex }) => [name, emotion, speaker, sex].join(' ')),
  );
  assert.deepEqual(found.sort(), [
    'crema-d fearful crema-d-1001 ',
    'emodb angry emodb-03 male',
    'emovo disgust emovo-f1 female',
    'nemo happy nemo-EB0 ',
    'ravdess fearful ravdess-12 female',
    'savee surprised savee-DC male',
    'tess neutral tess-OA female',
    'tess surprised tess-OA female',
  ]);
  const locked = corpora.filter(({ shareable }) => !shareable).map(({ name }) => name);
  assert.deepEqual(locked.sort(), ['emovo', 'savee', 'tess']);
});

test('a folder of other files is refused, with the way out', async () => {
  await assert.rejects(readLabelled(folderOf('others', ['a.wav'])), {
    code: 'bad-corpus',
    message: /got 1 other files; list yours in a CSV file with the columns file,label,speaker/,
  });
  await assert.rejects(readLabelled(path.join(root, 'missing')), { code: 'bad-corpus', message: /must be readable/ });
});

test('a CSV file lists recordings with labels, synonyms, speakers and corpora', async () => {
  const folder = folderOf('listed', ['one.wav', 'two, three.wav']);
  const file = path.join(folder, 'mine.csv');
  fs.writeFileSync(file, 'file,label,speaker,corpus\r\none.wav,Anger,Ann,calls\r\n"two, three.wav",sad,,\r\n');
  const [calls, rest] = await readLabelled(file);
  assert.deepEqual(calls, {
    ...{ name: 'calls', title: 'calls' },
    recordings: [{ path: path.join(folder, 'one.wav'), emotion: 'angry', speaker: 'calls-Ann' }],
  });
  assert.equal(rest.title, 'mine.csv');
  assert.equal(rest.recordings[0].speaker, 'mine.csv-line 3');
});

test('faults of a CSV file are named by line', async () => {
  const folder = folderOf('faulty', ['one.wav']);
  const file = path.join(folder, 'mine.csv');
  fs.writeFileSync(file, 'file,label\none.wav,grumpy\nnone.wav,sad\n');
  await assert.rejects(readLabelled(file), {
    code: 'bad-corpus',
    message: /line 2: label "grumpy" is none of neutral, .*; line 3: there is no file "none.wav"/,
  });
  fs.writeFileSync(file, 'path,label\n');
  await assert.rejects(readLabelled(file), { message: /must have a column "file", got path,label/ });
  fs.writeFileSync(file, 'file,label\n');
  await assert.rejects(readLabelled(file), { message: /got no lines/ });
});
