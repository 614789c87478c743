/** Corpora of acted emotional speech: how their file names tell emotion and speaker, and what their licences allow. */
import type { Emotion, Sex } from '../labels';

/** A corpus whose labels are in its file names. */
export interface CorpusLayout {
  name: string;
  /** For tables. */
  title: string;
  language: string;
  licence: string;
  /** Whether trained weights may be passed on. */
  shareable: boolean;
  /** A recording's file name, with the groups `speaker` and `emotion`. */
  file: RegExp;
  /** Emotions by the code in the name; recordings of other codes are left out. */
  emotions: Readonly<Record<string, Emotion>>;
  /** Sex of a speaker; absent where the corpus does not say. */
  sexOf?: (speaker: string) => Sex;
}

/** German: ten speakers, ten sentences. */
const EMODB: CorpusLayout = {
  name: 'emodb',
  title: 'EmoDB',
  language: 'German',
  licence: 'usage unrestricted',
  shareable: true,
  file: /^(?<speaker>\d\d)[ab]\d\d(?<emotion>[WLEAFTN])[a-z]?\.\w+$/,
  emotions: { W: 'angry', E: 'disgust', A: 'fearful', F: 'happy', T: 'sad', N: 'neutral' },
  sexOf: (speaker) => (['03', '10', '11', '12', '15'].includes(speaker) ? 'male' : 'female'),
};

/** Italian: six speakers, 14 sentences. */
const EMOVO: CorpusLayout = {
  name: 'emovo',
  title: 'EMOVO',
  language: 'Italian',
  licence: 'none stated',
  shareable: false,
  file: /^(?<emotion>dis|gio|neu|pau|rab|sor|tri)-(?<speaker>[fm]\d)-[a-z]\d\.\w+$/,
  emotions: {
    ...{ dis: 'disgust', gio: 'happy', neu: 'neutral', pau: 'fearful', rab: 'angry', sor: 'surprised', tri: 'sad' },
  },
  sexOf: (speaker) => (speaker.startsWith('m') ? 'male' : 'female'),
};

/** Polish: nine speakers, 90 sentences. */
const NEMO: CorpusLayout = {
  name: 'nemo',
  title: 'nEMO',
  language: 'Polish',
  licence: 'CC BY-NC-SA 4.0',
  shareable: true,
  file: /^(?<speaker>[A-Z]{2}\d)_(?<emotion>anger|fear|happiness|neutral|sadness|surprised)_\d+\.\w+$/,
  emotions: {
    ...{ anger: 'angry', fear: 'fearful', happiness: 'happy', neutral: 'neutral', sadness: 'sad' },
    surprised: 'surprised',
  },
};

/** Canadian English: two women, 200 words in "Say the word …". */
const TESS: CorpusLayout = {
  name: 'tess',
  title: 'TESS',
  language: 'English',
  licence: 'CC BY-NC-ND 4.0',
  shareable: false,
  file: /^(?<speaker>OA|YA)F?_[a-z]+_(?<emotion>angry|disgust|fear|happy|neutral|ps|sad)\.\w+$/i,
  emotions: {
    ...{ angry: 'angry', disgust: 'disgust', fear: 'fearful', happy: 'happy', neutral: 'neutral', sad: 'sad' },
    ps: 'surprised',
  },
  sexOf: () => 'female',
};

/** American English: 91 speakers, 12 sentences. */
const CREMA_D: CorpusLayout = {
  name: 'crema-d',
  title: 'CREMA-D',
  language: 'English',
  licence: 'Open Database License 1.0',
  shareable: true,
  file: /^(?<speaker>1[01]\d\d)_[A-Z]{3}_(?<emotion>ANG|DIS|FEA|HAP|NEU|SAD)_(?:LO|MD|HI|XX|X)\.\w+$/,
  emotions: { ANG: 'angry', DIS: 'disgust', FEA: 'fearful', HAP: 'happy', NEU: 'neutral', SAD: 'sad' },
};

/** British English: four men, 120 sentences each. */
const SAVEE: CorpusLayout = {
  name: 'savee',
  title: 'SAVEE',
  language: 'English',
  licence: 'research only, on registration',
  shareable: false,
  file: /^(?<speaker>DC|JE|JK|KL)_(?<emotion>sa|su|a|d|f|h|n)\d\d\.\w+$/,
  emotions: {
    ...{ a: 'angry', d: 'disgust', f: 'fearful', h: 'happy', n: 'neutral', sa: 'sad', su: 'surprised' },
  },
  sexOf: () => 'male',
};

/** Every corpus that is recognised by its file names, besides RAVDESS. */
export const LAYOUTS: readonly CorpusLayout[] = [EMODB, EMOVO, NEMO, TESS, CREMA_D, SAVEE];
