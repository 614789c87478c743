/** Pictures of a corpus: how many clips there are of each emotion and each actor. */
import type { Figure, FigureOptions } from '../bundle';
import { INK, labelColour, SERIES_COLOURS } from '../colours';
import { plainText, toFigure } from '../figure';
import type { PlotlyTrace } from '../plotly';

/** Count of each name, in order. */
export type Counts = Readonly<Record<string, number>>;

/** Options of `classBalance`. */
export interface ClassBalanceOptions extends FigureOptions {
  /** Unit of the counts; default "clips". */
  counted?: string;
}

/**
 * Counts items by a name each has.
 *
 * @param names the order of the result; names that do not occur count 0; default in order of appearance
 * @example tally(clips, (clip) => clip.emotion, EMOTIONS) // { neutral: 96, calm: 192, … }
 */
export function tally<T>(
  items: Iterable<T>,
  name: (item: T) => string | number,
  names: readonly (string | number)[] = [],
): Record<string, number> {
  // A Map first: objects would put names that look like numbers in front.
  const counts = new Map<string, number>(names.map((known) => [String(known), 0]));
  for (const item of items) {
    const key = String(name(item));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

/**
 * Counts items by a name within groups.
 *
 * @example tallyBy(clips, (clip) => clip.sex, (clip) => clip.emotion).female.angry // 96
 */
export function tallyBy<T>(
  items: Iterable<T>,
  group: (item: T) => string | number,
  name: (item: T) => string | number,
  names: readonly (string | number)[] = [],
): Record<string, Record<string, number>> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = String(group(item));
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return Object.fromEntries(Array.from(groups, ([key, members]) => [key, tally(members, name, names)]));
}

/** True if the counts are grouped. */
function isGrouped(counts: Counts | Readonly<Record<string, Counts>>): counts is Readonly<Record<string, Counts>> {
  return Object.values(counts).some((value) => typeof value === 'object');
}

const OUTLINE = { color: INK.outline, width: 1 };

/** Patterns tell groups apart without colour too. */
const PATTERNS = ['', '/', '.', 'x', '-', '+'];

/** The bars of one of several groups. */
function groupMarker(group: number): PlotlyTrace['marker'] {
  return {
    color: SERIES_COLOURS[group % SERIES_COLOURS.length],
    line: OUTLINE,
    pattern: { shape: PATTERNS[group % PATTERNS.length], fillmode: 'overlay', fgcolor: '#FFFFFF', size: 8 },
  };
}

/**
 * Number of clips per emotion; groups (such as sexes) are bars side by side.
 *
 * @param counts emotion → count, or group → emotion → count
 * @throws RangeError if there is nothing to count
 * @example classBalance(tally(clips, (clip) => clip.emotion, EMOTIONS))
 */
export function classBalance(
  counts: Counts | Readonly<Record<string, Counts>>,
  options: ClassBalanceOptions = {},
): Figure {
  const counted = options.counted ?? 'clips';
  const groups: [string, Counts][] = isGrouped(counts) ? Object.entries(counts) : [['', counts]];
  const labels = [...new Set(groups.flatMap(([, group]) => Object.keys(group)))];
  if (labels.length === 0) {
    throw new RangeError('classBalance: counts must name at least one class, got none');
  }
  const data = groups.map(([name, group], i): PlotlyTrace => {
    const values = labels.map((label) => group[label] ?? 0);
    return {
      type: 'bar',
      name: plainText(name),
      x: labels,
      y: values,
      text: values.map(String),
      textposition: 'outside',
      textangle: 0,
      cliponaxis: false,
      marker: groups.length === 1 ? { color: labels.map(labelColour), line: OUTLINE } : groupMarker(i),
      hovertemplate: `%{x}: %{y} ${plainText(counted)}<extra>${plainText(name)}</extra>`,
    };
  });
  const total = groups.reduce((sum, [, group]) => sum + sumOf(group), 0);
  return toFigure(options, {
    defaultTitle: 'Class balance',
    data,
    layout: {
      barmode: 'group',
      xaxis: { title: { text: 'emotion' }, type: 'category' },
      yaxis: { title: { text: `number of ${plainText(counted)}` }, rangemode: 'tozero' },
      showlegend: groups.length > 1,
      legend: { orientation: 'h', x: 1, xanchor: 'right', y: 1.02, yanchor: 'bottom' },
      margin: { t: groups.length > 1 ? 84 : 64 },
    },
    height: 380,
    description: [
      `${total} ${counted} in ${labels.length} classes.`,
      ...groups.map(
        ([name, group]) =>
          `${name ? `${name}: ` : ''}${labels.map((label) => `${label} ${group[label] ?? 0}`).join(', ')}.`,
      ),
    ],
  });
}

/** One stretch of an actor's bar. */
export interface ActorCount {
  actor: number | string;
  /** Colour group: the actor's sex, or the side of the split that the clips are on. */
  group: string;
  clips: number;
}

/**
 * Number of clips per actor, stacked by group; a speaker-independent split shows one colour per actor.
 *
 * @throws RangeError if there are no actors
 */
export function actorBalance(counts: readonly ActorCount[], options: FigureOptions = {}): Figure {
  if (counts.length === 0) {
    throw new RangeError('actorBalance: counts must name at least one actor, got none');
  }
  const actors = [...new Set(counts.map((count) => count.actor))].sort((a, b) => Number(a) - Number(b));
  const groups = [...new Set(counts.map((count) => count.group))];
  const clipsOf = (actor: number | string, group: string): number =>
    counts.reduce((sum, count) => sum + (count.actor === actor && count.group === group ? count.clips : 0), 0);
  const data = groups.map(
    (group, i): PlotlyTrace => ({
      type: 'bar',
      name: plainText(group),
      x: actors.map(String),
      y: actors.map((actor) => clipsOf(actor, group)),
      marker: groupMarker(i),
      hovertemplate: `actor %{x}: %{y} clips<extra>${plainText(group)}</extra>`,
    }),
  );
  const inBoth = actors.filter((actor) => groups.filter((group) => clipsOf(actor, group) > 0).length > 1);
  const total = counts.reduce((sum, count) => sum + count.clips, 0);
  return toFigure(options, {
    defaultTitle: 'Clips per actor',
    data,
    layout: {
      barmode: 'stack',
      xaxis: { title: { text: 'actor' }, type: 'category', tickangle: 0, tickfont: { size: 12 } },
      yaxis: { title: { text: 'number of clips' }, rangemode: 'tozero' },
      showlegend: true,
      legend: { orientation: 'h', x: 1, xanchor: 'right', y: 1.02, yanchor: 'bottom', traceorder: 'normal' },
      margin: { t: 84 },
    },
    height: 360,
    description: [
      `${total} clips of ${actors.length} actors.`,
      ...groups.map((group) => {
        const members = actors.filter((actor) => clipsOf(actor, group) > 0);
        const clips = members.reduce((sum: number, actor) => sum + clipsOf(actor, group), 0);
        return `${group}: ${clips} clips, actors ${members.join(', ')}.`;
      }),
      ...(inBoth.length > 0 ? [`In more than one group: actors ${inBoth.join(', ')}.`] : []),
    ],
  });
}

/** The sum of all counts. */
function sumOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
