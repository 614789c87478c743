/** Labelled recordings: of a corpus that is recognised by its file names, or listed in a CSV file. */
import fs from 'node:fs';
import path from 'node:path';
import { parseCsv } from '../../csv';
import { SerError } from '../../errors';
import { dataPath, shown } from '../../project';
import { isSpeechClip, parseClip } from '../clip';
import { EMOTIONS, type Emotion, type Sex } from '../labels';
import { openCorpus } from '../open-corpus';
import { plainPath, walkFolder } from '../walk';
import { LAYOUTS } from './layouts';

/** A recording with its label. */
export interface LabelledRecording {
  path: string;
  emotion: Emotion;
  /** Unique over all corpora, such as `emodb-03`. */
  speaker: string;
  sex?: Sex;
}

/** Recordings of one corpus. */
export interface LabelledCorpus {
  name: string;
  /** For tables. */
  title: string;
  recordings: LabelledRecording[];
  /** Whether trained weights may be passed on; absent if that is unknown, as for a list. */
  shareable?: boolean;
}

/** Labels that mean the same as one of ours. */
const SYNONYMS: Readonly<Record<string, Emotion>> = {
  ...{ anger: 'angry', fear: 'fearful', happiness: 'happy', joy: 'happy', sadness: 'sad', surprise: 'surprised' },
  ...{ disgusted: 'disgust', calmness: 'calm', neutrality: 'neutral' },
};
/** Faults that a message names before it counts the rest. */
const FAULTS_NAMED = 3;

/**
 * Reads labelled recordings from a folder, or from a CSV file with the columns `file` and `label`, and if known `speaker`,
 * `sex` and `corpus`.
 *
 * A folder's corpora are recognised by their file names: RAVDESS (also in its zips), EmoDB, EMOVO, nEMO, TESS, CREMA-D, SAVEE. A CSV file's
 * paths are relative to it.
 *
 * @throws SerError `bad-corpus` if nothing is recognised, or a line of the CSV file has no recording or an unknown label
 * @example (await readLabelled('emodb/wav'))[0].recordings.length // 454
 */
export async function readLabelled(place: string): Promise<LabelledCorpus[]> {
  if (place.toLowerCase().endsWith('.csv')) return readManifest(place);
  const { files, unusable } = walkFolder(place);
  if (unusable[0]?.name === '') {
    throw new SerError('bad-corpus', `readLabelled: ${shown(place)} must be readable, got ${unusable[0].reason}`);
  }
  const found = corporaOf(files.map(({ path: bytes }) => plainPath(bytes, dataPath('links'))));
  if (found.length > 0) return found;
  if (files.some(({ name }) => name.toLowerCase().endsWith('.zip'))) {
    // RAVDESS as it is published.
    return corporaOf((await openCorpus({ data: place })).clips.map((clip) => clip.path));
  }
  const known = ['RAVDESS', ...LAYOUTS.map(({ title }) => title)].join(', ');
  throw new SerError(
    'bad-corpus',
    `readLabelled: ${shown(place)} must hold recordings of ${known}, got ${files.length} other files; ` +
      'list yours in a CSV file with the columns file,label,speaker',
  );
}

/** The recognised recordings among files, by corpus. */
function corporaOf(files: readonly string[]): LabelledCorpus[] {
  const found = new Map<string, LabelledCorpus>();
  for (const file of files) {
    const recognised = recognise(file);
    if (!recognised) continue;
    const { corpus, ...recording } = recognised;
    const own = found.get(corpus.name) ?? { ...corpus, recordings: [] };
    own.recordings.push({ path: file, ...recording });
    found.set(corpus.name, own);
  }
  return [...found.values()];
}

type Recognised = Omit<LabelledRecording, 'path'> & { corpus: Omit<LabelledCorpus, 'recordings'> };

/** Corpus, label and speaker by a file's name. */
function recognise(file: string): Recognised | undefined {
  const base = path.basename(file);
  if (isSpeechClip(base)) {
    const { emotion, actor, sex } = parseClip(base);
    const corpus = { name: 'ravdess', title: 'RAVDESS', shareable: true };
    return { emotion, speaker: `ravdess-${actor}`, sex, corpus };
  }
  for (const { name, title, shareable, file: pattern, emotions, sexOf } of LAYOUTS) {
    const { speaker, emotion: code } = pattern.exec(base)?.groups ?? {};
    const emotion = code && (emotions[code] ?? emotions[code.toLowerCase()]);
    if (!emotion) continue;
    const sex = sexOf?.(speaker);
    return { emotion, speaker: `${name}-${speaker}`, ...(sex ? { sex } : {}), corpus: { name, title, shareable } };
  }
  return undefined;
}

/** Recordings listed in a CSV file. */
function readManifest(file: string): LabelledCorpus[] {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new SerError('bad-corpus', `readLabelled: ${shown(file)} must be readable, got ${(error as Error).message}`);
  }
  const [head, ...lines] = parseCsv(text);
  const columns = (head?.fields ?? []).map((name) => name.trim().toLowerCase());
  for (const needed of ['file', 'label']) {
    if (columns.includes(needed)) continue;
    const got = columns.join(',') || 'an empty file';
    throw new SerError('bad-corpus', `readLabelled: ${shown(file)} must have a column "${needed}", got ${got}`);
  }
  const faults: string[] = [];
  const found = new Map<string, LabelledCorpus>();
  for (const { line, fields } of lines) {
    const of = (column: string): string => (fields[columns.indexOf(column)] ?? '').trim();
    const recording = path.resolve(path.dirname(file), of('file'));
    const emotion = emotionOf(of('label'));
    if (!emotion) faults.push(`line ${line}: label "${of('label')}" is none of ${EMOTIONS.join(', ')}`);
    else if (!fs.statSync(recording, { throwIfNoEntry: false })?.isFile()) {
      faults.push(`line ${line}: there is no file "${of('file')}"`);
    } else {
      const title = of('corpus') || path.basename(file);
      const own = found.get(title) ?? { name: title, title, recordings: [] };
      // Without speakers, each recording counts as one of its own.
      const speaker = `${title}-${of('speaker') || `line ${line}`}`;
      const sex = (['male', 'female'] as const).find((one) => one === of('sex').toLowerCase());
      own.recordings.push({ path: recording, emotion, speaker, ...(sex ? { sex } : {}) });
      found.set(title, own);
    }
  }
  if (faults.length > 0 || found.size === 0) {
    const rest = faults.length > FAULTS_NAMED ? `; and ${faults.length - FAULTS_NAMED} more` : '';
    const got = faults.length > 0 ? `${faults.slice(0, FAULTS_NAMED).join('; ')}${rest}` : 'no lines';
    throw new SerError('bad-corpus', `readLabelled: ${shown(file)} must list labelled recordings, got ${got}`);
  }
  return [...found.values()];
}

function emotionOf(label: string): Emotion | undefined {
  const plain = label.trim().toLowerCase();
  return EMOTIONS.find((emotion) => emotion === plain) ?? SYNONYMS[plain];
}
