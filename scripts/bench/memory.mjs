/** Peak memory of the feature store: on a corpus, and on the same corpus several times over. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const TIMES = 10;

/** @param {{ data?: string, clips: number, json?: string }} options */
export async function benchMemory({ data, clips, json }) {
  const megabytes = [1, TIMES].map((times) => {
    const args = [fileURLToPath(import.meta.url), String(clips), String(times), data ?? ''];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const { count, peak } = JSON.parse(stdout);
    console.log(`${String(count).padStart(6)} clips: ${peak.toFixed(0)} MB at most`);
    return peak;
  });
  const ratio = megabytes[1] / megabytes[0];
  console.log(`ratio ${ratio.toFixed(3)}`);
  if (json) fs.writeFileSync(json, `${JSON.stringify({ megabytes, ratios: { memoryTenfold: ratio } }, null, 2)}\n`);
}

/** One measurement, in a process of its own. @param {number} most @param {number} times @param {string} data */
async function measure(most, times, data) {
  const { openCorpus } = require('../../lib/dist/data/open-corpus.js');
  const { computeFeatures } = require('../../lib/dist/features/store.js');
  const corpus = await openCorpus({ data: data || undefined });
  const once = corpus.clips.slice(0, most);
  // The same recordings under other names, as links would be.
  const clips = Array.from({ length: times }, (_, n) =>
    once.map((/** @type {any} */ clip) => ({ ...clip, name: `${n}-${clip.name}` })),
  ).flat();
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-memory-'));
  try {
    await computeFeatures({ ...corpus, clips }, { root });
  } finally {
    fs.rmSync(root, { recursive: true });
  }
  console.log(JSON.stringify({ count: clips.length, peak: process.resourceUsage().maxRSS / 1024 }));
}

const [script, most, times, data] = process.argv.slice(1);
if (script === fileURLToPath(import.meta.url)) await measure(Number(most), Number(times), data);
