import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, beforeEach, test } from 'node:test';
import AdmZip from 'adm-zip';
import { fingerprintArchive, unzipFile } from '../../data/archive';
import { type FixtureEntry, fixtureZip } from '../support/zip-fixture';

const base = fs.mkdtempSync(path.join(os.tmpdir(), 'archive-'));
after(() => fs.rmSync(base, { recursive: true, force: true }));

let room = '';
let count = 0;
beforeEach(() => {
  room = path.join(base, String(count++));
  fs.mkdirSync(room);
});

function write(entries: readonly FixtureEntry[]): string {
  const zip = path.join(room, 'a.zip');
  fs.writeFileSync(zip, fixtureZip(entries));
  return zip;
}

/** Asserts that nothing but the zip is in the room, and that the room's parent was not touched either. */
function refuses(zip: string, message: RegExp, options = {}): void {
  const before = fs.readdirSync(base).sort();
  assert.throws(() => unzipFile(zip, path.join(room, 'out'), options), {
    name: 'SerError',
    code: 'bad-archive',
    message,
  });
  assert.deepEqual(fs.readdirSync(room), [path.basename(zip)]);
  assert.deepEqual(fs.readdirSync(base).sort(), before);
}

test('unzipFile unpacks files and folders byte by byte', () => {
  const zip = path.join(room, 'a.zip');
  const archive = new AdmZip();
  const content = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i) & 255));
  archive.addFile('Actor_01/one.wav', content);
  archive.addFile('Actor_02/', Buffer.alloc(0));
  archive.addFile('Actor_02/two.txt', Buffer.from('two'));
  archive.writeZip(zip);
  const { folder, files, skipped } = unzipFile(zip, path.join(room, 'out'));
  assert.deepEqual([...files].sort(), ['Actor_01/one.wav', 'Actor_02/two.txt']);
  assert.deepEqual(skipped, []);
  assert.ok(fs.readFileSync(path.join(folder, 'Actor_01', 'one.wav')).equals(content));
  assert.equal(fs.readFileSync(path.join(folder, 'Actor_02', 'two.txt'), 'utf8'), 'two');
});

test('unzipFile leaves an unpacked archive alone the second time', () => {
  const zip = write([{ name: 'a/b.txt', data: 'hello' }]);
  const out = path.join(room, 'out');
  const first = unzipFile(zip, out);
  const { ino } = fs.statSync(path.join(out, 'a', 'b.txt'));
  assert.deepEqual(unzipFile(zip, out), first);
  assert.equal(fs.statSync(path.join(out, 'a', 'b.txt')).ino, ino);
});

test('unzipFile unpacks again when a file was lost or the archive has changed', () => {
  const zip = write([
    { name: 'a.txt', data: 'hello' },
    { name: 'b.txt', data: 'there' },
  ]);
  const out = path.join(room, 'out');
  unzipFile(zip, out);
  fs.rmSync(path.join(out, 'b.txt'));
  unzipFile(zip, out);
  assert.equal(fs.readFileSync(path.join(out, 'b.txt'), 'utf8'), 'there');
  write([{ name: 'c.txt', data: 'other' }]);
  assert.deepEqual(unzipFile(zip, out).files, ['c.txt']);
  assert.ok(!fs.existsSync(path.join(out, 'a.txt')), 'files of the earlier archive are gone');
});

test('unzipFile unpacks only what is selected and names the rest', () => {
  const zip = write([{ name: 'a.wav' }, { name: 'b.txt' }]);
  const result = unzipFile(zip, path.join(room, 'out'), { select: (name) => name.endsWith('.wav') });
  assert.deepEqual([result.files, result.skipped], [['a.wav'], ['b.txt']]);
  assert.ok(!fs.existsSync(path.join(room, 'out', 'b.txt')));
});

test('unzipFile leaves out what macOS adds', () => {
  const zip = write([{ name: 'a.wav' }, { name: '__MACOSX/._a.wav' }, { name: 'x/.DS_Store' }, { name: '._b' }]);
  assert.deepEqual(unzipFile(zip, path.join(room, 'out')).files, ['a.wav']);
});

test('unzipFile never empties a folder that holds other files', () => {
  const zip = write([{ name: 'a.wav' }]);
  const out = path.join(room, 'out');
  fs.mkdirSync(out);
  fs.writeFileSync(path.join(out, 'thesis.txt'), 'mine');
  assert.throws(() => unzipFile(zip, out), { code: 'bad-archive', message: /must be empty/ });
  assert.equal(fs.readFileSync(path.join(out, 'thesis.txt'), 'utf8'), 'mine');
});

for (const name of [
  '../evil.txt',
  'a/../../evil.txt',
  '/evil.txt',
  'C:/evil.txt',
  'c:evil.txt',
  '..\\evil.txt',
  'a\\..\\..\\evil.txt',
  'C:\\evil.txt',
  '\\\\server\\evil.txt',
  'a/..',
  'a\0b',
]) {
  test(`unzipFile refuses the name ${JSON.stringify(name)} and writes nothing`, () => {
    refuses(
      write([
        { name: 'good.txt', data: 'good' },
        { name, data: 'evil' },
      ]),
      /names must stay inside the folder/,
    );
  });
}

test('unzipFile reads names whose parts Windows PowerShell 5 joined by backslashes', () => {
  const zip = write([
    { name: 'Actor_01\\one.wav', data: 'one' },
    { name: 'Actor_02\\' },
    { name: 'Actor_02\\two.wav' },
  ]);
  const { files, folder } = unzipFile(zip, path.join(room, 'out'));
  assert.deepEqual(files, ['Actor_01/one.wav', 'Actor_02/two.wav']);
  assert.equal(fs.readFileSync(path.join(folder, 'Actor_01', 'one.wav'), 'utf8'), 'one');
  const twice = write([{ name: 'a\\b.txt' }, { name: 'a/b.txt' }]);
  const message = /each name may occur once, got "a\/b\.txt" twice/;
  assert.throws(() => unzipFile(twice, path.join(room, 'twice')), { code: 'bad-archive', message });
});

test('unzipFile reads names in UTF-8 and in code page 437, whatever their flag says', () => {
  const names = [
    Buffer.from('Töne/a.txt'),
    Buffer.from('T\x94ne/b.txt', 'latin1'),
    Buffer.from('\x80\xff/c.txt', 'latin1'),
  ];
  for (const flags of [0, 0x800]) {
    const zip = write(names.map((nameBytes) => ({ name: '', nameBytes, flags })));
    assert.deepEqual(unzipFile(zip, path.join(room, 'out')).files, ['Töne/a.txt', 'Töne/b.txt', 'Ç\u00a0/c.txt']);
  }
});

test('unzipFile skips what stands before an archive, wherever its offsets count from', () => {
  const plain = fixtureZip([
    { name: 'a.txt', data: 'hello' },
    { name: 'b.txt', data: 'there' },
  ]);
  const prefix = Buffer.from('MZ a program that unpacks itself, with PK\x01\x02 in it');
  const relative = Buffer.concat([prefix, plain]);
  const absolute = Buffer.from(relative);
  const end = absolute.length - 22;
  const directory = plain.readUInt32LE(plain.length - 6);
  absolute.writeUInt32LE(directory + prefix.length, end + 16);
  for (let at = directory + prefix.length; at < end; at += 46 + 5) {
    absolute.writeUInt32LE(absolute.readUInt32LE(at + 42) + prefix.length, at + 42);
  }
  for (const bytes of [relative, absolute]) {
    const zip = path.join(room, 'a.zip');
    fs.writeFileSync(zip, bytes);
    const { files, folder } = unzipFile(zip, path.join(room, 'out'));
    assert.deepEqual(files, ['a.txt', 'b.txt']);
    assert.equal(fs.readFileSync(path.join(folder, 'b.txt'), 'utf8'), 'there');
    fs.rmSync(folder, { recursive: true });
  }
});

test('unzipFile reads zip64 archives, also behind a prefix', () => {
  const plain = fixtureZip([{ name: 'a.txt', data: 'hello' }]);
  const end = plain.subarray(-22);
  const [size, offset] = [end.readUInt32LE(12), end.readUInt32LE(16)];
  const record = Buffer.alloc(76);
  record.write('PK\x06\x06', 0, 'latin1');
  record.writeBigUInt64LE(44n, 4);
  for (const [at, value] of [
    [24, 1],
    [32, 1],
    [40, size],
    [48, offset],
  ])
    record.writeBigUInt64LE(BigInt(value), at);
  record.write('PK\x06\x07', 56, 'latin1');
  record.writeBigUInt64LE(BigInt(plain.length - 22), 64);
  record.writeUInt32LE(1, 72);
  const last = Buffer.from(end);
  last.fill(0xff, 8, 20);
  for (const prefix of ['', 'some bytes']) {
    const zip = path.join(room, 'a.zip');
    fs.writeFileSync(zip, Buffer.concat([Buffer.from(prefix), plain.subarray(0, -22), record, last]));
    assert.deepEqual(unzipFile(zip, path.join(room, `out${prefix.length}`)).files, ['a.txt']);
  }
});

test('unzipFile refuses other compression methods by their name, with the way out', () => {
  for (const [method, name] of [
    [9, 'Deflate64'],
    [12, 'bzip2'],
    [14, 'LZMA'],
    [93, 'Zstandard'],
    [95, 'XZ'],
    [77, 'method 77'],
  ] as const) {
    refuses(
      write([{ name: 'a.wav', method }]),
      RegExp(
        `entries must be stored or deflated, got ${name} for "a\\.wav" in .*; unpack it by hand, .*give the folder`,
      ),
    );
  }
});

test('unzipFile says what a file is that is no zip, and what is a part of one', () => {
  const zip = path.join(room, 'a.zip');
  for (const [start, what] of [
    ['7z\xbc\xaf\x27\x1c', 'a 7z archive'],
    ['Rar!\x1a\x07', 'a RAR archive'],
    ['<!doctype html>', 'a web page'],
    ['version https://git-lfs.github.com/spec/v1', 'a pointer of Git LFS'],
  ]) {
    fs.writeFileSync(zip, Buffer.from(start.padEnd(100), 'latin1'));
    refuses(zip, RegExp(`must be a zip file, got ${what}`));
  }
  const part = fixtureZip([{ name: 'a.txt' }]);
  part.writeUInt16LE(2, part.length - 18);
  fs.writeFileSync(zip, part);
  refuses(zip, /is the last part of a split archive; unpack all parts with 7-Zip, and give the folder/);
});

test('unzipFile refuses symbolic links and devices', () => {
  refuses(write([{ name: 'link', data: '/etc/passwd', mode: 0o120777 }]), /got a link or device "link"/);
  refuses(write([{ name: 'pipe', mode: 0o010644 }]), /got a link or device "pipe"/);
});

test('unzipFile refuses two files of one name, also if only the case differs', () => {
  refuses(write([{ name: 'a.txt' }, { name: 'a.txt' }]), /each name may occur once, got "a\.txt" twice/);
  refuses(write([{ name: 'a.txt' }, { name: 'A.TXT' }]), /each name may occur once/);
});

test('unzipFile refuses encrypted entries', () => {
  refuses(write([{ name: 'a.txt', data: 'secret', flags: 1 }]), /asks for a password/);
});

test('unzipFile refuses what declares more bytes than the limit, all entries together', () => {
  const entries = [1, 2, 3].map((i) => ({ name: `${i}.bin`, data: Buffer.alloc(1000) }));
  refuses(write(entries), /may unpack to 2500 bytes, got at least 3000/, { maxBytes: 2500 });
  assert.equal(unzipFile(write(entries), path.join(room, 'out'), { maxBytes: 3000 }).files.length, 3);
});

test('unzipFile refuses a bomb that unpacks to more than it declares', () => {
  const data = Buffer.alloc(10_000_000);
  refuses(
    write([
      { name: 'ok', data: 'ok' },
      { name: 'bomb', data, declaredSize: 100 },
    ]),
    /"bomb".*larger than declared/,
  );
  refuses(write([{ name: 'bomb', data, declaredSize: 0 }]), /"bomb"/);
});

test('unzipFile refuses entries with fewer or more bytes than declared', () => {
  refuses(write([{ name: 'short', data: 'four', declaredSize: 5 }]), /declared 5 bytes, got 4/);
  refuses(write([{ name: 'long', data: 'four', declaredSize: 3, stored: true }]), /declared 3 bytes, got 4/);
});

test('unzipFile refuses more entries than the limit', () => {
  refuses(write([{ name: 'a' }, { name: 'b' }, { name: 'c' }]), /may hold 2 entries, got 3/, { maxEntries: 2 });
});

test('unzipFile leaves nothing behind when a later entry is damaged', () => {
  const bytes = fixtureZip([
    { name: 'first.txt', data: 'fine' },
    { name: 'second.bin', data: 'spoilt', stored: true },
  ]);
  bytes[bytes.indexOf('spoilt')] ^= 1;
  const zip = path.join(room, 'a.zip');
  fs.writeFileSync(zip, bytes);
  refuses(zip, /"second\.bin".*damaged/);
});

test('unzipFile refuses what is no zip, cut short, empty, a folder or not there', () => {
  const zip = path.join(room, 'a.zip');
  const whole = fixtureZip([{ name: 'a.bin', data: Buffer.alloc(5000, 'xyz'), stored: true }]);
  for (const bytes of [
    Buffer.from('this is no zip'),
    whole.subarray(0, 3000),
    whole.subarray(0, -10),
    Buffer.alloc(0),
  ]) {
    fs.writeFileSync(zip, bytes);
    refuses(zip, /not a whole zip archive/);
  }
  fs.rmSync(zip);
  assert.throws(() => unzipFile(zip, path.join(room, 'out')), {
    code: 'bad-archive',
    message: /must be a readable file/,
  });
  assert.throws(() => unzipFile(room, path.join(room, 'out')), { code: 'bad-archive', message: /got the folder/ });
  assert.deepEqual(fs.readdirSync(room), []);
});

test('unzipFile clears what a killed process left, and only that', () => {
  const zip = write([{ name: 'a.wav' }]);
  const dead = path.join(room, 'out.partial-999999999-0000');
  const living = path.join(room, `out.partial-${process.ppid}-0000`);
  fs.mkdirSync(dead);
  fs.mkdirSync(living);
  unzipFile(zip, path.join(room, 'out'));
  assert.deepEqual(fs.readdirSync(room).sort(), ['a.zip', 'out', path.basename(living)].sort());
});

test('fingerprintArchive is the same for the same content, whatever the name and date', () => {
  const zip = write([{ name: 'a.wav', data: 'one' }]);
  const copy = path.join(room, 'b.zip');
  fs.copyFileSync(zip, copy);
  fs.utimesSync(copy, 0, 0);
  assert.equal(fingerprintArchive(copy), fingerprintArchive(zip));
  fs.writeFileSync(copy, fixtureZip([{ name: 'a.wav', data: 'two' }]));
  assert.notEqual(fingerprintArchive(copy), fingerprintArchive(zip));
});
