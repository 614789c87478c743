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

/**
 * The colour of `SHARE_COLOURS` for a percentage, mixed as Plotly does: linearly between two of the scale's sRGB colours.
 *
 * @param value per cent; outside 0 to 100, the colour of the scale's end
 * @example shareColour(50) // '#4F9BCB'
 */
export function shareColour(value: number): string {
  const at = Math.min(1, Math.max(0, value / 100));
  const next = Math.max(
    1,
    SHARE_COLOURS.findIndex(([position]) => position >= at),
  );
  const [[low, from], [high, to]] = [SHARE_COLOURS[next - 1], SHARE_COLOURS[next]];
  const [start, end] = [channels(from), channels(to)];
  const mixed = start.map((value, i) => Math.round(value + ((end[i] - value) * (at - low)) / (high - low)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`.toUpperCase();
}

/** Red, green and blue of `#RRGGBB`, from 0 to 255. */
const channels = (colour: string): number[] => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

/** Relative luminance of `#RRGGBB`, from 0 (black) to 1 (white). */
function luminance(colour: string): number {
  const [red, green, blue] = channels(colour)
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * Contrast ratio of two colours `#RRGGBB`; 4.5 is the least for texts.
 *
 * @returns from 1 (equal) to 21
 * @see WCAG 2.2, contrast ratio and success criterion 1.4.3
 * @example contrastRatio('#000000', '#FFFFFF') // 21
 */
export function contrastRatio(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/**
 * Black or white, whichever has the higher contrast on a fill `#RRGGBB`: at least 4.58 on any.
 *
 * @example textColourOn('#4F9BCB') // '#000000'
 */
export function textColourOn(fill: string): string {
  const [black, white] = ['#000000', '#FFFFFF'];
  return contrastRatio(black, fill) >= contrastRatio(white, fill) ? black : white;
}

/** Ink of texts and axes, of secondary texts, and of grid lines, on white. */
export const INK = { text: '#222222', secondary: '#555555', grid: '#E3E3E3', outline: '#333333' } as const;

/** The colour of a label: its emotion's, or one from the series for other names. */
export function labelColour(label: string, position: number): string {
  return (EMOTIONS as readonly string[]).includes(label)
    ? EMOTION_COLOURS[label as Emotion]
    : SERIES_COLOURS[position % SERIES_COLOURS.length];
}
