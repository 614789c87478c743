import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { declaredParameters, distribute, readNotebook, readNotebooks } from '../run/notebooks.mjs';
import { readOptions } from '../run/options.mjs';
import { inProject } from '../setup/project.mjs';
import { commandLine, runCommand, temporaryFolder } from './command.mjs';
import { writeNotebook } from './sample-notebook.mjs';

const temporary = temporaryFolder('runner');

/**
 * Writes notebooks to a folder of their own and runs them as `npm start` does.
 *
 * @param {Record<string, import('./sample-notebook.mjs').Sample[]>} notebooks
 * @param {string[]} options
 * @param {NodeJS.ProcessEnv} [environment]
 */
function run(notebooks, options = [], environment = {}) {
  const folder = fs.mkdtempSync(path.join(temporary, 'notebooks-'));
  for (const [name, cells] of Object.entries(notebooks)) writeNotebook(folder, name, cells);
  const out = path.join(folder, 'out');
  return { ...runCommand('start', ['--notebooks', folder, '--out', out, ...options], environment), out };
}

/** The outputs of an executed notebook's code cells. @param {string} out @param {string} name */
function outputs(out, name) {
  const { cells } = JSON.parse(fs.readFileSync(path.join(out, `${name}.ipynb`), 'utf8'));
  return cells
    .filter((/** @type {any} */ cell) => cell.cell_type === 'code')
    .map((/** @type {any} */ cell) => cell.outputs);
}

/** @param {any[]} cellOutputs */
function printed(cellOutputs) {
  const texts = cellOutputs.filter(({ output_type }) => output_type === 'stream').map(({ text }) => text);
  return texts.flat().join('');
}

test('notebooks run in order, and both copies of each are written', () => {
  const { status, stdout, stderr, out } = run({
    '2-second': ['console.log("second");'],
    '1-first': ['# See [the next](2-second.ipynb)', 'const sum: number = 1 + 1;', 'sum'],
  });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /1-first +2\/2 .* ok\n2-second +1\/1 .* ok/);
  assert.equal(printed(outputs(out, '1-first')[1]), '2\n');
  const copies = ['1-first.html', '1-first.ipynb', '2-second.html', '2-second.ipynb'];
  assert.deepEqual(fs.readdirSync(out).sort(), [...copies, 'index.html']);
  const page = fs.readFileSync(path.join(out, '1-first.html'), 'utf8');
  assert.match(page, /href="2-second\.html"/);
  assert.doesNotMatch(page, /<(script|link|img|iframe)[^>]+(src|href)="?https?:/);
});

test('settings of another Python do not reach the runner', () => {
  const elsewhere = path.join(temporary, 'elsewhere');
  fs.mkdirSync(elsewhere);
  fs.writeFileSync(path.join(elsewhere, 'nbformat.py'), 'raise ImportError("of another Python")\n');
  for (const settings of [
    { PYTHONSAFEPATH: '1' },
    { PYTHONHOME: elsewhere, PYTHONPATH: elsewhere, PYTHONWARNINGS: 'error', PYTHONINSPECT: '1' },
  ]) {
    const { status, stderr } = run({ '1-first': ['console.log("first");'] }, [], settings);
    assert.equal(status, 0, stderr);
  }
});

test('a page with a figure holds Plotly once', () => {
  const show = `const send = require('${inProject('node_modules', 'tslab', 'dist', 'jupyter')}').lastWriteDisplayData;
const figure = { data: [], layout: {} };
const data = { 'application/vnd.plotly.v1+json': figure, 'text/html': '<div class="ser-figure"></div>', 'text/plain': 'figure' };
send({ data, metadata: {}, transient: {} }, false);`;
  const { status, stderr, out } = run({ '1-figure': [show, show.replaceAll('const ', 'var ')] });
  assert.equal(status, 0, stderr);
  const page = fs.readFileSync(path.join(out, '1-figure.html'), 'utf8');
  assert.equal(page.split('plotly.js v').length, 2);
  assert.equal(page.split('<div class="ser-figure">').length, 3);
  assert.ok(page.indexOf('plotly.js v') < page.indexOf('</head>'));
});

test('a notebook that runs in another folder finds the library all the same', () => {
  const { status, stderr, out } = run({
    '1-elsewhere': ['import { EMOTIONS } from "../lib";', 'console.log(EMOTIONS.length, process.cwd());'],
  });
  assert.equal(status, 0, stderr);
  assert.equal(printed(outputs(out, '1-elsewhere')[1]), `8 ${inProject('notebooks')}\n`);
});

test('a cell that throws ends the run: partial copy, named cell, later notebooks not run', () => {
  const { status, stdout, stderr, out } = run({
    '1-throws': ['console.log("before");', 'throw new RangeError("mfcc: too many");', 'console.log("never");'],
    '2-later': ['1'],
  });
  assert.equal(status, 1);
  assert.match(stdout, /1-throws +2\/3 .* failed at cell 2\n2-later +not run/);
  assert.match(stderr, /1-throws: cell 2 failed\nRangeError: mfcc: too many\n {2}\| throw new.*\n$/);
  const [before, thrown, never] = outputs(out, '1-throws');
  assert.equal(printed(before), 'before\n');
  const { ename, evalue, traceback } = thrown[0];
  assert.deepEqual([thrown.length, ename, evalue], [1, 'RangeError', 'mfcc: too many']);
  assert.deepEqual(traceback, ['RangeError: mfcc: too many']);
  assert.deepEqual(never, []);
  assert.ok(fs.existsSync(path.join(out, '1-throws.html')));
});

test("a fault shows the cell's own frames; SER_STACK=1 shows the kernel's, and those of a typed error", () => {
  const fault = { '1-faulty': ['await 0;\nfunction inner() { return JSON.parse("{"); }\ninner();'] };
  const { stderr, out } = run(fault);
  assert.match(stderr, /1-faulty: cell 1 failed\nSyntaxError: .*\n {4}at inner \(evalmachine/);
  assert.doesNotMatch(stderr, /node:|tslab/);
  assert.equal(outputs(out, '1-faulty')[0][0].ename, 'SyntaxError');

  const refused = { '1-refused': ['import { loadRun } from "../lib";\nloadRun("none", "gone");'] };
  const short = run(refused);
  assert.match(
    short.stderr,
    /1-refused: cell 1 failed\nSerError: loadRun: no run gone in .*; run 3-train first\n {2}\|/,
  );
  const long = run(refused, [], { SER_STACK: '1' });
  assert.match(long.stderr, /SerError: loadRun: .*\n {4}at loadRun [\s\S]*tslab/);
  assert.equal(outputs(long.out, '1-refused')[0][0].evalue, outputs(short.out, '1-refused')[0][0].evalue);
});

test('a browser that does not start costs the still pictures and nothing else', () => {
  const browser = path.join(temporary, 'chromium');
  fs.writeFileSync(browser, '#!/bin/sh\necho "Command requires the chromium snap to be installed." >&2\nexit 1\n');
  fs.chmodSync(browser, 0o755);
  const reported =
    /^Still pictures .* could not be added to the \.ipynb files: openBrowser: .*chromium does not start \(.*\bsnap\b.*\); .*$/m;
  const fine = run({ '1-fine': ['console.log("fine");'] }, [], { SER_CHROMIUM: browser });
  assert.equal(fine.status, 0, fine.stderr);
  assert.match(fine.stdout, reported);
  assert.ok(fs.existsSync(path.join(fine.out, 'index.html')));

  const failed = run({ '1-throws': ['throw new RangeError("mfcc: too many");'] }, [], { SER_CHROMIUM: browser });
  assert.equal(failed.status, 1);
  assert.match(failed.stdout, reported);
  assert.match(failed.stderr, /1-throws: cell 1 failed\nRangeError: mfcc: too many\n/);
  assert.ok(fs.existsSync(path.join(failed.out, 'index.html')));
});

test('a cell with a type error fails with every message of the compiler', () => {
  const { status, stderr } = run({ '1-types': ['const a: number = "x";\nconst b: string = 1;'] });
  assert.equal(status, 1);
  assert.match(stderr, /TypeScriptError: 1:7 - Type 'string' is not assignable to type 'number'/);
});

test('a rejected promise that nothing awaits fails the run, in the cell that made it', () => {
  const { status, stderr, out } = run({
    '1-rejects': ['Promise.reject(new Error("nobody waits"));\nconsole.log("fine");', 'await 0;'],
  });
  assert.equal(status, 1);
  assert.match(stderr, /1-rejects: cell 1 failed[\s\S]*Error: nobody waits/);
  const [first] = outputs(out, '1-rejects');
  assert.deepEqual(first.map((/** @type {any} */ output) => output.ename ?? output.name).sort(), ['Error', 'stdout']);
});

test('an exception in a timer fails the run, even after the last cell', () => {
  const { status, stderr } = run({ '1-timer': ['setTimeout(() => { throw new Error("late"); }, 100);\n0;'] });
  assert.equal(status, 1);
  assert.match(stderr, /1-timer: cell 1 failed[\s\S]*Error: late/);
});

for (const [kind, source] of [
  ['that never settles', 'await new Promise(() => {});'],
  ['that never ends', 'while (true) {}'],
]) {
  test(`a cell ${kind} is given up after the time allowed`, () => {
    const { status, stderr } = run({ '1-hangs': [source] }, ['--timeout', '3']);
    assert.equal(status, 1);
    assert.match(stderr, /TimeoutError: the cell did not finish within 3 s/);
  });
}

test('a kernel that dies fails the run', () => {
  const { status, stderr } = run({ '1-dies': ['process.exit(3);'] });
  assert.equal(status, 1);
  assert.match(stderr, /1-dies: cell 1 failed[\s\S]*DeadKernelError/);
});

test('a cell tagged raises-exception may throw, and the next one runs', () => {
  const { status, stderr, out } = run({
    '1-allowed': [{ tags: ['raises-exception'], source: 'throw new Error("shown");' }, 'console.log("goes on");'],
  });
  assert.equal(status, 0, stderr);
  const [thrown, next] = outputs(out, '1-allowed');
  assert.equal(thrown[0].evalue, 'shown');
  assert.equal(printed(next), 'goes on\n');
});

test('parameters reach the notebooks that declare them, with their types', () => {
  const declared = "let epochs = 60;\nlet protocol: 'actor' | 'original' = 'actor';\nlet names: string[] = [];";
  const notebook = [{ tags: ['parameters'], source: declared }, 'console.log(epochs + 1, protocol, names);'];
  const { status, stderr, out } = run({ '1-takes': notebook, '2-ignores': ['console.log("none");'] }, [
    '-p',
    'epochs=2',
    '-p',
    'protocol=original',
    '-p',
    'names=["a \\"b\\"","é😀"]',
  ]);
  assert.equal(status, 0, stderr);
  const [, injected, shown] = outputs(out, '1-takes');
  assert.deepEqual(injected, []);
  assert.equal(printed(shown), `3 original [ 'a "b"', 'é😀' ]\n`);
  assert.equal(outputs(out, '2-ignores').length, 1);
});

test('5-infer shows the run that the command trains, or else the shipped model', () => {
  const runOf = (/** @type {Record<string, any>} */ values) => {
    const { job } = readOptions({ values, positionals: [] });
    return job.notebooks.find(({ name }) => name === '5-infer')?.parameters.run;
  };
  assert.equal(runOf({}), 'latest');
  assert.equal(runOf({ parameter: ['run='] }), 'latest');
  assert.equal(runOf({ only: '3-train,5-infer', run: 'mine' }), 'mine');
  assert.equal(runOf({ only: '4-evaluate,5-infer' }), undefined);
  const { cells } = readNotebook(inProject('notebooks', '5-infer.ipynb'));
  assert.match(cells.find(({ tags }) => tags.includes('parameters'))?.source ?? '', /^let run = 'shipped';$/m);
});

test('the table of predictions in 5-infer marks those that are not sure', () => {
  const { cells } = readNotebook(inProject('notebooks', '5-infer.ipynb'));
  const table = cells.find(({ source }) => source.includes('table(rows'))?.source ?? '';
  assert.match(table, /predicted: result\.emotion \+ \(result\.sure \? '' : ' \(not sure\)'\)/);
});

test('a parameter becomes a value of its declared type, and what looks like JSON stays text if text is declared', () => {
  const source = [
    "let run = 'latest';",
    'let seed = 11;',
    'let quick = false;',
    "let names: string[] = ['a'];",
    'let actors: number[] = [];',
    "let protocol: 'actor' | 'original' = 'actor';",
    'let rules: TrainingRules = {};',
    'let later = something();',
  ].join('\n');
  const notebook = readNotebook(writeNotebook(temporary, 'typed', [{ tags: ['parameters'], source }]));
  const given = (/** @type {Record<string, string>} */ texts) => distribute([notebook], texts)[0];
  for (const run of ['2024', '{"a": 1}', '[1]', 'true', 'null', '1e3', '', 'a=b'])
    assert.deepEqual(given({ run }), { run });
  assert.deepEqual(given({ run: '"2024"' }), { run: '2024' });
  assert.deepEqual(given({ seed: '1e3', quick: 'true', names: '["x",2024]', actors: '[1,2]' }), {
    ...{ seed: 1000, quick: true, names: ['x', '2024'], actors: [1, 2] },
  });
  assert.deepEqual(given({ protocol: 'original', rules: '{"mixup": 0.2}', later: '[1' }), {
    ...{ protocol: 'original', rules: { mixup: 0.2 }, later: '[1' },
  });
  for (const [name, text, type] of [
    ['seed', 'many', 'a number'],
    ['seed', '1e999', 'a number'],
    ['seed', '"5"', 'a number'],
    ['quick', '1', 'true or false'],
    ['names', 'original', 'a list of strings, such as ["a","b"]'],
    ['names', '[["a"]]', 'a list of strings, such as ["a","b"]'],
    ['actors', '["1"]', 'a list of numbers, such as [1,2]'],
    ['protocol', 'neither', 'one of actor, original'],
    ['rules', '[]', 'an object, such as {"a": 1}'],
  ]) {
    assert.throws(() => given({ [name]: text }), { message: `-p ${name}=${text}: ${name} is ${type}` });
  }
});

test('a parameter that is a path is seen from the folder of the call, or else from the project', () => {
  const notebooks = readNotebooks(inProject('notebooks'));
  for (const name of ['data', 'file']) {
    const [own] = notebooks.filter((notebook) => declaredParameters(notebook).includes(name));
    const given = (/** @type {string} */ text) => distribute([own], { [name]: text })[0][name];
    assert.equal(given(''), '');
    assert.equal(given('README.md'), inProject('README.md'));
    assert.equal(given(temporary), temporary);
    assert.throws(() => given('nowhere.wav'), /^Error: -p \w+=nowhere\.wav: there is no .*nowhere\.wav/);
  }
  const print = [{ tags: ['parameters'], source: "let file = '';" }, 'console.log(file);'];
  fs.writeFileSync(path.join(temporary, 'voice.wav'), '');
  const { status, stderr, out } = run({ '1-file': print }, ['-p', 'file=voice.wav'], { INIT_CWD: temporary });
  assert.equal(status, 0, stderr);
  assert.equal(printed(outputs(out, '1-file')[2]), `${path.join(temporary, 'voice.wav')}\n`);
});

test('an invalid command line is rejected with exit code 2 before anything runs', () => {
  const notebooks = { '1-a': [{ tags: ['parameters'], source: 'let epochs = 60;\nlet run = "x";' }] };
  for (const [options, message] of /** @type {[string[], RegExp][]} */ ([
    [['--only', '2-b'], /--only: no notebook 2-b; there are 1-a/],
    [['-p', 'epoch=1'], /no chosen notebook declares epoch; known are epochs, run/],
    [['-p', 'epochs'], /-p takes name=value, got "epochs"/],
    [['-p', 'epochs=many'], /-p epochs=many: epochs is a number/],
    [['--epochs', '1'], /Unknown option '--epochs'/],
    [['--timeout', 'soon'], /--timeout takes seconds, got soon/],
    [['--data', '/no/such/folder'], /--data: there is no \/no\/such\/folder/],
  ])) {
    const { status, stdout, stderr } = run(notebooks, options);
    assert.equal(status, 2, options.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, message);
  }
});

for (const signal of /** @type {const} */ (['SIGINT', 'SIGKILL'])) {
  test(`${signal} leaves no kernel behind`, async () => {
    const folder = fs.mkdtempSync(path.join(temporary, 'stopped-'));
    writeNotebook(folder, '1-long', ['console.log(process.pid);', 'await new Promise(() => {});']);
    const out = path.join(folder, 'out');
    const child = spawn(process.execPath, commandLine('start', ['--notebooks', folder, '--out', out]), {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    // The kernel's process id is in the copy that is saved after the first cell.
    await until(() => fs.existsSync(path.join(out, '1-long.ipynb')));
    const kernel = Number(printed(outputs(out, '1-long')[0]));
    assert.ok(isAlive(kernel));
    child.kill(signal);
    await until(() => !isAlive(kernel) && (child.exitCode !== null || child.signalCode !== null));
    if (signal === 'SIGINT') assert.equal(child.exitCode, 130);
  });
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** @param {() => boolean} condition */
async function until(condition) {
  const end = performance.now() + 60_000;
  while (!condition()) {
    assert.ok(performance.now() < end, 'it did not come about within a minute');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
