/** Pictures of a corpus: how many clips there are of each emotion and each actor. */
import type { Figure, FigureOptions, PlotlyTrace } from '../bundle';
import { labelColour, SERIES_COLOURS } from '../colours';
import { LEGEND_ABOVE, OUTLINE, plainText, toFigure } from '../figure';

/** Count of each name, in order. */
export type Counts = Readonly<Record<string, number>>;

/**
 * Counts items by a name within groups.
 *
 * @param names the order of the names; names that do not occur count 0; default in order of appearance
 * @example tallyBy(clips, (clip) => clip.sex, (clip) => clip.emotion).female.angry // 96
 */
export function tallyBy<T>(
  items: Iterable<T>,
  group: (item: T) => string | number,
  name: (item: T) => string | number,
  names: readonly (string | number)[] = [],
): Record<string, Record<string, number>> {
  // Maps first: objects would put names that look like numbers in front.
  const groups = new Map<string, Map<string, number>>();
  for (const item of items) {
    const [key, counted] = [String(group(item)), String(name(item))];
    const counts = groups.get(key) ?? new Map(names.map((known) => [String(known), 0]));
    groups.set(key, counts.set(counted, (counts.get(counted) ?? 0) + 1));
  }
  return Object.fromEntries(Array.from(groups, ([key, counts]) => [key, Object.fromEntries(counts)]));
}

/** Patterns tell groups apart without colour too. */
const PATTERNS = ['', '/', '.', 'x', '-', '+'] as const;

/** The bars of one of several groups. */
function groupMarker(group: number): PlotlyTrace['marker'] {
  return {
    color: SERIES_COLOURS[group % SERIES_COLOURS.length],
    line: OUTLINE,
    pattern: { shape: PATTERNS[group % PATTERNS.length], fillmode: 'overlay', fgcolor: '#FFFFFF', size: 8 },
  };
}

/** Clips per emotion as bars, one for each group, side by side. */
export function emotionBars(
  labels: readonly string[],
  groups: readonly { name: string; counts: readonly number[] }[],
  options: FigureOptions,
  texts: { defaultTitle: string; description: string[] },
): Figure {
  const several = groups.length > 1;
  return toFigure(options, {
    data: groups.map(({ name, counts }, i) => ({
      type: 'bar',
      name: plainText(name),
      x: labels.map(plainText),
      y: counts,
      text: counts.map(String),
      textposition: 'outside',
      textangle: 0,
      cliponaxis: false,
      marker: several ? groupMarker(i) : { color: labels.map(labelColour), line: OUTLINE },
      hovertemplate: `%{x}: %{y} clips<extra>${plainText(name)}</extra>`,
    })),
    layout: {
      barmode: 'group',
      xaxis: { title: { text: 'emotion' }, type: 'category' },
      yaxis: { title: { text: 'number of clips' }, rangemode: 'tozero' },
      ...LEGEND_ABOVE,
      ...(several ? {} : { showlegend: false, margin: { t: 64 } }),
    },
    height: 380,
    ...texts,
  });
}

/**
 * Number of clips per emotion; groups (such as sexes) are bars side by side.
 *
 * @param counts group → emotion → count
 * @throws RangeError if there is nothing to count
 * @example classBalance(tallyBy(clips, (clip) => clip.sex, (clip) => clip.emotion, EMOTIONS))
 */
export function classBalance(counts: Readonly<Record<string, Counts>>, options: FigureOptions = {}): Figure {
  const labels = [...new Set(Object.values(counts).flatMap((group) => Object.keys(group)))];
  if (labels.length === 0) {
    throw new RangeError('classBalance: counts must name at least one class, got none');
  }
  const groups = Object.entries(counts).map(([name, group]) => ({
    name,
    counts: labels.map((label) => group[label] ?? 0),
  }));
  const total = groups.flatMap((group) => group.counts).reduce((sum, count) => sum + count, 0);
  return emotionBars(labels, groups, options, {
    defaultTitle: 'Class balance',
    description: [
      `${total} clips in ${labels.length} classes.`,
      ...groups.map((group) => `${group.name}: ${labels.map((label, i) => `${label} ${group.counts[i]}`).join(', ')}.`),
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
 * @example show(actorBalance([{ actor: 1, group: 'train', clips: 60 }, { actor: 2, group: 'test', clips: 60 }]))
 */
export function actorBalance(counts: readonly ActorCount[], options: FigureOptions = {}): Figure {
  if (counts.length === 0) {
    throw new RangeError('actorBalance: counts must name at least one actor, got none');
  }
  const actors = [...new Set(counts.map((count) => count.actor))].sort((a, b) => Number(a) - Number(b));
  const total = (chosen: readonly ActorCount[]): number => chosen.reduce((sum, { clips }) => sum + clips, 0);
  const groups = [...new Set(counts.map((count) => count.group))].map((name) => {
    const own = counts.filter(({ group }) => group === name);
    return { name, clips: actors.map((actor) => total(own.filter((count) => count.actor === actor))) };
  });
  const inBoth = actors.filter((_, i) => groups.filter(({ clips }) => clips[i] > 0).length > 1);
  return toFigure(options, {
    defaultTitle: 'Clips per actor',
    data: groups.map(({ name, clips }, i) => ({
      type: 'bar',
      name: plainText(name),
      x: actors.map(String),
      y: clips,
      marker: groupMarker(i),
      hovertemplate: `actor %{x}: %{y} clips<extra>${plainText(name)}</extra>`,
    })),
    layout: {
      barmode: 'stack',
      xaxis: { title: { text: 'actor' }, type: 'category', tickangle: 0, tickfont: { size: 12 } },
      yaxis: { title: { text: 'number of clips' }, rangemode: 'tozero' },
      ...LEGEND_ABOVE,
      legend: { ...LEGEND_ABOVE.legend, traceorder: 'normal' },
    },
    height: 360,
    description: [
      `${total(counts)} clips of ${actors.length} actors.`,
      ...groups.map(({ name, clips }) => {
        const members = actors.filter((_, i) => clips[i] > 0);
        return `${name}: ${clips.reduce((sum, count) => sum + count, 0)} clips, actors ${members.join(', ')}.`;
      }),
      ...(inBoth.length > 0 ? [`In more than one group: actors ${inBoth.join(', ')}.`] : []),
    ],
  });
}
