/** Figure of the predictions along a long recording. */
import { EMOTIONS, type Emotion } from '../../data/labels';
import { percent } from '../../evaluation/reports/report';
import type { TimelineEntry } from '../../inference/prediction';
import type { Figure, FigureOptions, PlotlyTrace } from '../bundle';
import { OKABE_ITO } from '../colours';
import { CATEGORIES_DOWN, LEGEND_ABOVE, lineTrace, rounded, shareHeatmap, toFigure } from '../figure';

/** A part of a recording whose emotion is known. Seconds. */
export interface ActedStretch {
  start: number;
  end: number;
  emotion: Emotion;
}

/** Options of `emotionTimeline`. */
export interface EmotionTimelineOptions extends FigureOptions {
  /** Parts whose acted emotion is known, drawn as lines. */
  acted?: readonly ActedStretch[];
}

/**
 * Probability of each emotion as a window slides over a recording, each window at its middle. Dots mark the predictions,
 * hollow ones those below the threshold.
 *
 * @param entries of `EmotionPredictor.timeline`
 * @throws RangeError if there is none
 * @example show(emotionTimeline(await predictor.timeline('interview.mp3')));
 */
export function emotionTimeline(entries: readonly TimelineEntry[], options: EmotionTimelineOptions = {}): Figure {
  if (entries.length === 0) throw new RangeError('emotionTimeline: there must be windows, got none');
  const { acted = [] } = options;
  const middles = entries.map(({ start, end }) => rounded((start + end) / 2));
  const dots = (sure: boolean): PlotlyTrace => ({
    type: 'scatter',
    mode: 'markers',
    name: sure ? 'prediction' : 'not sure',
    x: middles.filter((_, i) => entries[i].sure === sure),
    y: entries.filter((entry) => entry.sure === sure).map(({ emotion }) => emotion),
    marker: {
      color: sure ? OKABE_ITO.orange : '#FFFFFF',
      size: 9,
      symbol: 'circle',
      line: { color: OKABE_ITO.black, width: 1 },
    },
    hoverinfo: 'skip',
    showlegend: true,
  });
  const lines = lineTrace(OKABE_ITO.vermillion, {
    name: 'acted',
    x: acted.flatMap(({ start, end }) => [rounded(start), rounded(end), null]),
    y: acted.flatMap(({ emotion }) => [emotion, emotion, null]),
    line: { width: 3 },
    hoverinfo: 'skip',
    showlegend: true,
  });
  return toFigure(options, {
    defaultTitle: 'Predictions over time',
    data: [
      shareHeatmap('probability', {
        x: middles,
        y: EMOTIONS,
        z: EMOTIONS.map((emotion) => entries.map(({ probabilities }) => rounded(100 * probabilities[emotion]))),
        hovertemplate: '%{x:.1f} s, %{y}: %{z:.1f} %<extra></extra>',
      }),
      ...(acted.length > 0 ? [lines] : []),
      ...[true, false].filter((sure) => entries.some((entry) => entry.sure === sure)).map(dots),
    ],
    layout: {
      xaxis: { title: { text: 'time (s)' }, showgrid: false },
      yaxis: { title: { text: 'emotion' }, ...CATEGORIES_DOWN },
      ...LEGEND_ABOVE,
    },
    height: 400,
    description: [
      ...stretches(entries),
      ...(acted.length > 0
        ? [`Acted: ${acted.map(({ start, end, emotion }) => `${seconds(start, end)} ${emotion}`).join(', ')}.`]
        : []),
    ],
  });
}

/** Runs of windows with the same prediction, in words. */
function stretches(entries: readonly TimelineEntry[]): string[] {
  const lines: string[] = [];
  for (let first = 0; first < entries.length; ) {
    const { emotion } = entries[first];
    let next = first;
    while (next < entries.length && entries[next].emotion === emotion) next++;
    const own = entries.slice(first, next);
    const highest = own.reduce((most, { probability }) => Math.max(most, probability), 0);
    const doubt = own.some(({ sure }) => sure) ? '' : ', not sure';
    lines.push(`${seconds(own[0].start, own[own.length - 1].end)}: ${emotion}, up to ${percent(highest)}${doubt}.`);
    first = next;
  }
  return lines;
}

const seconds = (start: number, end: number): string => `${start.toFixed(1)} to ${end.toFixed(1)} s`;
