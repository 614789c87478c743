import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { escapeHtml } from '../../display/bundle';
import { probabilities } from '../../display/results/result-figures';
import { inNotebook, LiveDisplay, show } from '../../display/show';

const built = (file: string): string => JSON.stringify(path.join(__dirname, '../../display', file));
const bundle = (text: string) => ({ 'text/html': `<b>${text}</b>`, 'text/plain': text });

/** Runs a program that is no kernel. */
function runProgram(program: string): { stdout: string; stderr: string } {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return { stdout, stderr };
}

/** What tslab would send while `act` runs as a cell; its kernel sets the same variable for each cell. */
function asCell(act: () => void): { content: { data: object; transient: object }; update: boolean }[] {
  const jupyter = require('tslab/dist/jupyter') as { lastWriteDisplayData: unknown };
  const sent: { content: { data: object; transient: object }; update: boolean }[] = [];
  jupyter.lastWriteDisplayData = (content: { data: object; transient: object }, update: boolean) => {
    sent.push({ content, update });
  };
  try {
    act();
  } finally {
    jupyter.lastWriteDisplayData = null;
  }
  return sent;
}

test('show prints the text outside notebooks', () => {
  const { stdout } = runProgram(
    `require(${built('show.js')}).show({ 'text/html': '<b>x</b>', 'text/plain': 'one' }, { 'text/html': '', 'text/plain': 'two' })`,
  );
  assert.equal(stdout, 'one\ntwo\n');
});

test('show prints the text where tslab is loaded, but is no kernel', () => {
  const { stdout } = runProgram(
    `require('tslab'); require(${built('show.js')}).show({ 'text/html': '<b>x</b>', 'text/plain': 'one' })`,
  );
  assert.equal(stdout, 'one\n');
});

test('show sends all MIME types of a bundle at once in a notebook', () => {
  const sent = asCell(() => show(bundle('a'), bundle('b')));
  assert.deepEqual(
    sent.map(({ content, update }) => [content.data, content.transient, update]),
    [
      [bundle('a'), {}, false],
      [bundle('b'), {}, false],
    ],
  );
});

test('inNotebook is true only while there is a cell to write to', () => {
  assert.equal(inNotebook(), false);
  asCell(() => assert.equal(inNotebook(), true));
  assert.equal(inNotebook(), false);
});

test('LiveDisplay shows once, then updates what it showed', () => {
  const sent = asCell(() => {
    const live = new LiveDisplay();
    live.update(bundle('first'));
    live.update(bundle('second'));
    new LiveDisplay().update(bundle('another'));
  });
  const [first, second, another] = sent.map(({ content, update }) => ({
    id: JSON.stringify(content.transient),
    update,
  }));
  assert.equal(first.update, false);
  assert.equal(second.update, true);
  assert.equal(first.id, second.id);
  assert.match(first.id, /display_id/);
  assert.equal(another.update, false);
  assert.notEqual(another.id, first.id);
});

test('LiveDisplay leaves out the Plotly JSON, which JupyterLab would not redraw', () => {
  const figure = probabilities(['calm'], [1]);
  const [sent] = asCell(() => new LiveDisplay().update(figure));
  assert.deepEqual(Object.keys(sent.content.data), ['text/html', 'text/plain']);
});

test('LiveDisplay shows nothing outside notebooks', () => {
  const { stdout } = runProgram(
    `new (require(${built('show.js')}).LiveDisplay)().update({ 'text/html': '<b>x</b>', 'text/plain': 'one' })`,
  );
  assert.equal(stdout, '');
});

test('escapeHtml makes text safe for content and attributes', () => {
  assert.equal(escapeHtml(`<a href='x'>"&"</a>`), '&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;');
});

test('progress shows the start, at most five updates a second, and the end', () => {
  const { progress } = require('../../display/live/progress') as typeof import('../../display/live/progress');
  const start = performance.now();
  const sent = asCell(() => {
    const reading = progress('Reading', 50_000, { unit: 'clips' });
    for (let i = 1; i <= 50_000; i++) {
      reading.update(i, `clip ${i}`);
    }
    reading.done();
  });
  const seconds = (performance.now() - start) / 1000;
  assert.ok(sent.length >= 2 && sent.length <= 2 + seconds * 5, `${sent.length} updates in ${seconds} s`);
  const texts = sent.map(({ content }) => (content.data as { 'text/plain': string })['text/plain']);
  assert.match(texts[0], /^Reading: 0 of 50,000 clips \(0 %\)$/);
  assert.match(texts[texts.length - 1], /^Reading: 50,000 of 50,000 clips \(100 %\), .*took .* s · clip 50000$/);
  assert.deepEqual(
    sent.map(({ update }) => update),
    sent.map((_, i) => i > 0),
  );
});
