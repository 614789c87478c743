/**
 * Output of a cell: one result in several MIME types, since viewers support different ones.
 *
 * Figures are in Plotly's format (plotly.com/javascript/reference). Its own types are widened where Plotly takes more than
 * they say: read-only lists, gaps, a text for each cell of a heat map, and any number of axes.
 */
import type { Annotations, Config, DataTitle, Layout, LayoutAxis, PlotData, Shape } from 'plotly.js';

/** The same result as HTML, as plain text and, for figures, as Plotly's JSON. */
export interface Bundle {
  /** Complete by itself; figures draw themselves when the page has plotly.js. */
  readonly 'text/html': string;
  /** The essential numbers; what terminals, diffs and screen readers get. */
  readonly 'text/plain': string;
  /** Drawn by JupyterLab and VS Code without any script of the page. */
  readonly 'application/vnd.plotly.v1+json'?: PlotlyFigure;
}

/** A bundle that certainly has a Plotly figure. */
export interface Figure extends Bundle {
  readonly 'application/vnd.plotly.v1+json': PlotlyFigure;
}

/** Options of every figure. */
export interface FigureOptions {
  /** Above the figure; each figure has a sensible default. */
  title?: string;
  /** Source of the numbers, as a small subtitle, such as "practice corpus: synthetic voices". */
  note?: string;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * Text made safe for HTML content and attributes.
 *
 * @example escapeHtml('a < "b"') // 'a &lt; &quot;b&quot;'
 */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]);
}

/** A number, or null for a gap. */
export type Point = number | null;

/** Members of a trace with types of this project. */
interface TraceValues {
  x?: readonly (Point | string)[];
  y?: readonly (Point | string)[];
  z?: readonly (readonly Point[])[];
  text?: readonly string[] | readonly (readonly string[])[];
  hovertext?: readonly (readonly string[])[];
  customdata?: readonly (readonly number[])[];
  /** A scale that Plotly names, or positions from 0 to 1 with their colours. */
  colorscale?: string | readonly (readonly [number, string])[];
  error_y?: { type: 'data'; symmetric: false; array: readonly number[]; arrayminus: readonly number[] } & Partial<
    Pick<PlotData['error_y'], 'color' | 'thickness' | 'width'>
  >;
}

/** Lines, points, bars or a heat map; which members apply depends on `type`. */
export type PlotlyTrace = TraceValues & Omit<Partial<PlotData>, keyof TraceValues>;

/** One axis. */
export type PlotlyAxis = Omit<Partial<LayoutAxis>, 'anchor' | 'title'> & {
  anchor?: string;
  title?: Partial<DataTitle>;
};

/** Axes by name (`xaxis`, `yaxis2`, …) and everything around the data. */
export type PlotlyLayout = Omit<Partial<Layout>, `${'x' | 'y'}axis${string}`> & {
  [axis: `${'x' | 'y'}axis${string}`]: PlotlyAxis;
};

/** A rectangle or line on top of the data. */
export type PlotlyShape = Partial<Shape>;

/** A text on top of the data. */
export type PlotlyAnnotation = Partial<Annotations>;

/** A figure as Plotly's JSON schema has it. */
export interface PlotlyFigure {
  readonly data: readonly PlotlyTrace[];
  readonly layout: PlotlyLayout;
  readonly config: Partial<Config>;
}
