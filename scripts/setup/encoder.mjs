/** The pretrained speech encoder, on demand: GE2E of resemblyzer (Apache-2.0), trained on LibriSpeech and VoxCeleb. */
import fs from 'node:fs';
import path from 'node:path';
import { cache } from './project.mjs';
import { takeFromWheel } from './wheel.mjs';

const RESEMBLYZER = {
  name: 'resemblyzer',
  version: '0.1.4',
  sha256: '8f12eb2f1a9982d32e8db7856de754709b59c93a77bcf0ff536584b619a9dd1f',
  files: ['resemblyzer/pretrained.pt', 'Resemblyzer-0.1.4.dist-info/LICENSE'],
};

/** Folder of the checkpoint and its licence; `lib/models/encoder/weights.ts` reads it. */
const folder = path.join(cache, 'encoder', RESEMBLYZER.version);

/** @type {import('./steps.mjs').Step} */
export const encoder = {
  title: `Speech encoder of ${RESEMBLYZER.name} ${RESEMBLYZER.version}`,
  space: 35e6,
  folder: () => cache,
  ready: () => fs.existsSync(path.join(folder, 'pretrained.pt')),
  work() {
    takeFromWheel(
      RESEMBLYZER,
      folder,
      'Set-up downloads about 16 MB from PyPI; behind a proxy, set HTTPS_PROXY. Then run it again.',
    );
  },
};
