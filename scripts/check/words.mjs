/** Plain words: phrases that a native speaker of technical English would not use, and what to write instead. */
import fs from 'node:fs';
import path from 'node:path';
import { inProject } from '../setup/project.mjs';
import { trackedFiles } from './links.mjs';

/** Phrases, and what to write instead. Models and programs are not people. */
const PHRASES = /** @type {[RegExp, string][]} */ ([
  [/\btold right\b/i, 'correct, accuracy, recall'],
  [/\b(go|goes|going|gone) on with\b/i, 'resume, continue'],
  [/\btaken up again\b|\bput aside\b/i, 'resumed, checkpoint'],
  [/\bnever heard\b|\bunheard\b|\bnot heard\b/i, 'unseen speakers, held-out actors'],
  [/\b(taught|teach|teaches|teaching)\b/i, 'train, trained on'],
  [/\b(hear|hears|heard|hearing|listener|listeners)\b/i, 'read, input, predict, predictor'],
  [/\bwhoever\b/i, 'the subject itself'],
  [/\btold from chance\b/i, 'significant (p = …)'],
  [/\bwhat it says about\b/i, 'prediction'],
  [/\bwhere there (is|are)\b/i, 'if'],
  [/\bunless (asked|told) otherwise\b/i, 'default'],
  [/\b(right|wrong) way\b/i, 'speaker-independent or leaky protocol'],
  [/\bunlikeness\b/i, 'alignment cost'],
]);

/** Files with text for people: documents, sources, notebooks. */
const SCOPE = /\.(md|ts|mjs|py|ipynb)$|^\.ci\/run$/;
/** The list itself. */
const SELF = 'scripts/check/words.mjs';

/** Phrases to replace, one line each; none without git. @returns {string[]} */
export function wordsToReplace() {
  return trackedFiles()
    .filter((name) => SCOPE.test(name) && name !== SELF)
    .flatMap((name) => phrasesIn(fs.readFileSync(inProject(name), 'utf8'), name));
}

/**
 * Phrases to replace in a text.
 *
 * @param {string} text
 * @param {string} name of its file
 */
export function phrasesIn(text, name) {
  return text.split('\n').flatMap((line, index) =>
    PHRASES.flatMap(([phrase, instead]) => {
      const found = phrase.exec(line);
      return found ? [`${path.normalize(name)}:${index + 1}: "${found[0]}"; write: ${instead}`] : [];
    }),
  );
}
