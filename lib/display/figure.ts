/** Turns traces and axes into a figure: the project's look, a text alternative, and all MIME types. */
import {
  escapeHtml,
  type Figure,
  type FigureOptions,
  type PlotlyAnnotation,
  type PlotlyAxis,
  type PlotlyFigure,
  type PlotlyLayout,
  type PlotlyShape,
  type PlotlyTrace,
  type Point,
} from './bundle';
import { INK, SHARE_COLOURS, shareColour, textColourOn } from './colours';

/**
 * Draws every figure of the page that is not drawn yet, so that it may stand in a page any number of times; without
 * plotly.js it waits for the page to load, and then leaves the text.
 */
const DRAW =
  '(function(){function draw(){if(!window.Plotly)return false;' +
  "document.querySelectorAll('.ser-figure:not([data-drawn])').forEach(function(figure){" +
  'var source=figure.querySelector(\'script[type="application/json"]\');if(!source)return;' +
  "figure.setAttribute('data-drawn','');var parts=JSON.parse(source.textContent);" +
  "figure.querySelectorAll('.ser-figure-text,.ser-figure-picture').forEach(function(still){still.style.display='none'});" +
  "window.Plotly.newPlot(figure.querySelector('.ser-figure-plot'),parts.data,parts.layout,parts.config)});" +
  "return true}if(!draw())window.addEventListener('load',draw,{once:true})})();";

/** Text inside a figure: Plotly reads a few HTML tags there, so that other angle brackets must be escaped. */
export function plainText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Outline of bars and dots. */
export const OUTLINE = { color: INK.outline, width: 1 } as const;

/** A legend above the data, at the right. */
export const LEGEND_ABOVE = {
  showlegend: true,
  legend: { orientation: 'h', x: 1, xanchor: 'right', y: 1.02, yanchor: 'bottom' },
  margin: { t: 84 },
} as const satisfies PlotlyLayout;

/** A legend below the data, for names that need the whole width. */
export const LEGEND_BELOW = {
  showlegend: true,
  legend: { orientation: 'h', x: 0, y: -0.22, yanchor: 'top' },
} as const satisfies PlotlyLayout;

/** A legend below the data with one name a line, for names that would wrap. */
export const LEGEND_LISTED = {
  showlegend: true,
  legend: { orientation: 'v', x: 0, y: -0.2, yanchor: 'top', font: { size: 13 } },
} as const satisfies PlotlyLayout;

/** Axis of categories that are read from top to bottom. */
export const CATEGORIES_DOWN = { type: 'category', autorange: 'reversed', showgrid: false } as const;

/** A line of this colour. */
export function lineTrace(colour: string, trace: PlotlyTrace): PlotlyTrace {
  return { type: 'scatter', mode: 'lines', ...trace, line: { color: colour, width: 2, ...trace.line } };
}

/** A heat map of percentages, and its texts. */
interface ShareHeatmap extends Omit<PlotlyTrace, 'text' | 'texttemplate'> {
  /** Rows of percentages. */
  z: readonly (readonly Point[])[];
  /** Text of each cell, which may have line breaks (`<br>`); default none. */
  texts?: readonly (readonly string[])[];
}

/** A heat map of percentages from white to dark blue, with readable texts; `meaning` stands beside the colour bar. */
export function shareHeatmap(meaning: string, { texts, ...trace }: ShareHeatmap): PlotlyTrace {
  const colorbar = { ...colourBar(meaning), ticksuffix: ' %' };
  // Plotly has one text colour for a whole heat map, but reads colours in each text.
  const coloured = (text: string, value: Point): string =>
    text && `<span style="color:${textColourOn(shareColour(value ?? 0))}">${text}</span>`;
  return {
    type: 'heatmap',
    ...{ zmin: 0, zmax: 100, colorscale: SHARE_COLOURS, colorbar },
    ...trace,
    ...(texts && {
      text: texts.map((row, i) => row.map((text, j) => coloured(text, trace.z[i][j]))),
      texttemplate: '%{text}',
    }),
  };
}

/** A colour bar with a title along it. */
export function colourBar(text: string): PlotlyTrace['colorbar'] {
  return { title: { text, side: 'right', font: { size: 14 } }, thickness: 14 };
}

/** A text beside or on the data. */
export function annotation(text: string, place: PlotlyAnnotation): PlotlyAnnotation {
  return { text: plainText(text), showarrow: false, font: { size: 13, color: INK.text }, ...place };
}

/** A straight line over the data, from edge to edge, at a position of the x or the y axis. */
export function guideLine(axis: 'x' | 'y', at: number, color: string, dash: 'dot' | 'dash'): PlotlyShape {
  const across = axis === 'x' ? 'y' : 'x';
  const ends = { [`${axis}0`]: at, [`${axis}1`]: at, [`${across}0`]: 0, [`${across}1`]: 1, [`${across}ref`]: 'paper' };
  return { type: 'line', ...ends, line: { color, width: 2, dash } };
}

/** A background that keeps a text on the data readable. */
export const ON_DATA = { bgcolor: 'rgba(255,255,255,0.8)' } as const;

/** Vertical ranges of panels one below the other, from 0 to 1, of these relative heights. */
export function stackedDomains(heights: readonly number[], gap: number): [bottom: number, top: number][] {
  const unit = (1 - gap * (heights.length - 1)) / heights.reduce((sum, height) => sum + height, 0);
  let top = 1;
  return heights.map((height) => {
    const domain: [number, number] = [Math.max(top - height * unit, 0), top];
    top -= height * unit + gap;
    return domain;
  });
}

/** Input of `toFigure` besides the options of every figure. */
export interface FigureParts {
  /** Title if the options have none. */
  defaultTitle: string;
  data: readonly PlotlyTrace[];
  layout: PlotlyLayout;
  /** Pixels. */
  height: number;
  /** One line per essential number; the title comes before them. */
  description: readonly string[];
  /** How to read the figure, in a line below the source of the numbers. */
  note?: string;
}

const AXIS_STYLE: PlotlyAxis = { gridcolor: INK.grid, linecolor: INK.outline, zeroline: false, automargin: true };

/** Completes the layout in the project's look, and wraps the figure in its MIME types. */
export function toFigure(options: FigureOptions, parts: FigureParts): Figure {
  const title = options.title ?? parts.defaultTitle;
  const notes = [options.note, parts.note].flatMap((note) => (note ? [note] : []));
  const subtitle = notes
    .map((note) => `<br><span style="font-size:13px;color:${INK.secondary}">${plainText(note)}</span>`)
    .join('');
  const layout: PlotlyLayout = {
    autosize: true,
    height: parts.height,
    paper_bgcolor: '#FFFFFF',
    plot_bgcolor: '#FFFFFF',
    hovermode: 'closest',
    ...parts.layout,
    font: { family: 'system-ui, "Segoe UI", Helvetica, Arial, sans-serif', size: 14, color: INK.text },
    title: {
      text: plainText(title) + subtitle,
      x: 0,
      xref: 'paper',
      xanchor: 'left',
      y: 1 - 26 / parts.height, // the first line's middle, 26 pixels below the upper edge
      yref: 'container',
      yanchor: 'top',
      font: { size: 18, color: INK.text },
    },
    margin: { l: 64, r: 24, b: 56, ...parts.layout.margin, t: (parts.layout.margin?.t ?? 56) + 22 * notes.length },
  };
  for (const key of Object.keys(layout) as (keyof PlotlyLayout)[]) {
    if (/^[xy]axis\d*$/.test(key)) {
      const axis: PlotlyAxis = { ...AXIS_STYLE, ...layout[key as 'xaxis'] };
      // The distance makes Plotly widen the margin, so that the title never covers long tick labels.
      layout[key as 'xaxis'] = axis.title
        ? { ...axis, title: { standoff: 10, font: { size: 14 }, ...axis.title } }
        : axis;
    }
  }
  const figure: PlotlyFigure = { data: parts.data, layout, config: { responsive: true, displaylogo: false } };
  const text = [title, ...notes.map((note) => `(${note})`), ...parts.description].join('\n');
  // "<" must not end the script element early; JSON allows it as an escape.
  const json = JSON.stringify(figure).replace(/</g, '\\u003c');
  const html =
    `<div class="ser-figure" role="img" aria-label="${escapeHtml(text)}" style="background:#fff;color:${INK.text}">` +
    `<div class="ser-figure-plot"></div>` +
    `<pre class="ser-figure-text" style="white-space:pre-wrap">${escapeHtml(text)}</pre>` +
    `<script type="application/json">${json}</script></div><script>${DRAW}</script>`;
  return { 'application/vnd.plotly.v1+json': figure, 'text/html': html, 'text/plain': text };
}

/** Rounds to `digits` significant digits, so that figures stay small; null for what is not a number. */
export function rounded(value: number, digits = 4): Point {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : null;
}

/** Smallest and largest of the numbers, leaving out gaps and what is not finite; [0, 0] for none. */
export function extent(values: ArrayLike<Point>): [number, number] {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (Number.isFinite(value)) {
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
    }
  }
  return lowest <= highest ? [lowest, highest] : [0, 0];
}
