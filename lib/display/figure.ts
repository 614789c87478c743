/** Turns traces and axes into a figure: the project's look, a text alternative, and all MIME types. */
import { escapeHtml, type Figure, type FigureOptions } from './bundle';
import { INK } from './colours';
import type { PlotlyAxis, PlotlyFigure, PlotlyLayout, PlotlyTrace } from './plotly';

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
}

const AXIS_STYLE: PlotlyAxis = { gridcolor: INK.grid, linecolor: INK.outline, zeroline: false, automargin: true };

/** Completes the layout in the project's look, and wraps the figure in its MIME types. */
export function toFigure(options: FigureOptions, parts: FigureParts): Figure {
  const title = options.title ?? parts.defaultTitle;
  const note = options.note
    ? `<br><span style="font-size:13px;color:${INK.secondary}">${plainText(options.note)}</span>`
    : '';
  const layout: PlotlyLayout = {
    autosize: true,
    height: parts.height,
    paper_bgcolor: '#FFFFFF',
    plot_bgcolor: '#FFFFFF',
    hovermode: 'closest',
    ...parts.layout,
    font: { family: 'system-ui, "Segoe UI", Helvetica, Arial, sans-serif', size: 14, color: INK.text },
    title: {
      text: plainText(title) + note,
      x: 0,
      xref: 'paper',
      xanchor: 'left',
      y: 1 - 26 / parts.height, // the first line's middle, 26 pixels below the upper edge
      yref: 'container',
      yanchor: 'top',
      font: { size: 18, color: INK.text },
    },
    margin: { l: 64, r: 24, b: 56, ...parts.layout.margin, t: (parts.layout.margin?.t ?? 56) + (note ? 22 : 0) },
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
  const text = [title, ...(options.note ? [`(${options.note})`] : []), ...parts.description].join('\n');
  // "<" must not end the script element early; JSON allows it as an escape.
  const json = JSON.stringify(figure).replace(/</g, '\\u003c');
  const html =
    `<div class="ser-figure" role="img" aria-label="${escapeHtml(text)}" style="background:#fff;color:${INK.text}">` +
    `<div class="ser-figure-plot"></div>` +
    `<pre class="ser-figure-text" style="white-space:pre-wrap">${escapeHtml(text)}</pre>` +
    `<script type="application/json">${json}</script></div><script>${DRAW}</script>`;
  return { 'application/vnd.plotly.v1+json': figure, 'text/html': html, 'text/plain': text };
}
