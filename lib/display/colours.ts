/** Colours that people with any common colour vision can tell apart. */
import { EMOTIONS, type Emotion } from '../data/labels';

/** The qualitative palette of Okabe & Ito (2008), which colour-blind readers can tell apart. */
export const OKABE_ITO = {
  black: '#000000',
  orange: '#E69F00',
  skyBlue: '#56B4E9',
  green: '#009E73',
  yellow: '#F0E442',
  blue: '#0072B2',
  vermillion: '#D55E00',
  purple: '#CC79A7',
} as const;

/** One colour per emotion, the same in every figure. */
export const EMOTION_COLOURS: Readonly<Record<Emotion, string>> = {
  neutral: OKABE_ITO.black,
  calm: OKABE_ITO.skyBlue,
  happy: OKABE_ITO.orange,
  sad: OKABE_ITO.blue,
  angry: OKABE_ITO.vermillion,
  fearful: OKABE_ITO.purple,
  disgust: OKABE_ITO.green,
  surprised: OKABE_ITO.yellow,
};

/** For series that are not emotions, in the order in which they are drawn. */
export const SERIES_COLOURS: readonly string[] = [
  OKABE_ITO.blue,
  OKABE_ITO.orange,
  OKABE_ITO.green,
  OKABE_ITO.purple,
  OKABE_ITO.skyBlue,
  OKABE_ITO.vermillion,
];

/** White to dark blue: brightness alone tells the shares apart. */
export const SHARE_COLOURS = [
  [0, '#FFFFFF'],
  [0.5, '#4F9BCB'],
  [1, '#08306B'],
] as const;

/** Ink of texts and axes, of secondary texts, and of grid lines, on white. */
export const INK = { text: '#222222', secondary: '#555555', grid: '#E3E3E3', outline: '#333333' } as const;

/** The colour of a label: its emotion's, or one from the series for other names. */
export function labelColour(label: string, position: number): string {
  return (EMOTIONS as readonly string[]).includes(label)
    ? EMOTION_COLOURS[label as Emotion]
    : SERIES_COLOURS[position % SERIES_COLOURS.length];
}
