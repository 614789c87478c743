/**
 * Plotly's figure format, from its own types; see plotly.com/javascript/reference. They are widened where Plotly takes
 * more than they say: read-only lists, gaps, a text for each cell of a heat map, and any number of axes.
 */
import type { Annotations, Config, DataTitle, Layout, LayoutAxis, PlotData, Shape } from 'plotly.js';

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
