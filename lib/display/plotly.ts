/** The part of Plotly's figure format that this project writes; see plotly.com/javascript/reference. */

/** A number, or null for a gap. */
export type Point = number | null;

/** A line of text style. */
export interface PlotlyFont {
  size?: number;
  color?: string;
  family?: string;
}

/** Lines, points, bars or a heat map; which members apply depends on `type`. */
export interface PlotlyTrace {
  type: 'scatter' | 'bar' | 'heatmap';
  name?: string;
  x?: readonly (Point | string)[];
  y?: readonly (Point | string)[];
  z?: readonly (readonly Point[])[];
  /** First position and step of evenly spaced points, in place of `x`. */
  x0?: number;
  dx?: number;
  mode?: 'lines' | 'markers' | 'lines+markers';
  orientation?: 'h' | 'v';
  line?: { color?: string; width?: number; dash?: 'solid' | 'dash' | 'dot'; shape?: 'linear' | 'hv' };
  marker?: {
    color?: string | readonly string[];
    size?: number;
    symbol?: string;
    line?: { color?: string; width?: number };
    pattern?: { shape?: string; fillmode?: 'overlay'; fgcolor?: string; size?: number };
  };
  error_y?: {
    type: 'data';
    symmetric: false;
    array: readonly number[];
    arrayminus: readonly number[];
    color?: string;
    thickness?: number;
    width?: number;
  };
  text?: readonly string[] | readonly (readonly string[])[];
  /** For hover texts. */
  customdata?: readonly (readonly number[])[];
  texttemplate?: string;
  textposition?: 'auto' | 'inside' | 'outside' | 'none';
  textfont?: PlotlyFont;
  insidetextanchor?: 'start' | 'middle' | 'end';
  textangle?: number;
  cliponaxis?: boolean;
  hovertemplate?: string;
  hovertext?: readonly (readonly string[])[];
  hoverinfo?: 'skip';
  hoverongaps?: boolean;
  xaxis?: string;
  yaxis?: string;
  showlegend?: boolean;
  legendgroup?: string;
  /** A scale that Plotly names, or positions from 0 to 1 with their colours. */
  colorscale?: string | readonly (readonly [number, string])[];
  reversescale?: boolean;
  zmin?: number;
  zmax?: number;
  xgap?: number;
  ygap?: number;
  showscale?: boolean;
  colorbar?: {
    title?: { text: string; side?: 'right' | 'top'; font?: PlotlyFont };
    ticksuffix?: string;
    thickness?: number;
    len?: number;
    y?: number;
    yanchor?: 'top' | 'middle' | 'bottom';
    tickfont?: PlotlyFont;
  };
}

/** One axis. */
export interface PlotlyAxis {
  title?: { text: string; standoff?: number; font?: PlotlyFont };
  type?: 'linear' | 'log' | 'category';
  range?: readonly [number, number];
  domain?: readonly [number, number];
  anchor?: string;
  matches?: string;
  autorange?: boolean | 'reversed';
  rangemode?: 'tozero' | 'normal';
  ticksuffix?: string;
  tickmode?: 'array' | 'auto' | 'linear';
  tickvals?: readonly (number | string)[];
  ticktext?: readonly string[];
  tickangle?: number;
  tickfont?: PlotlyFont;
  dtick?: number | string;
  nticks?: number;
  exponentformat?: 'none' | 'power' | 'SI';
  showticklabels?: boolean;
  showgrid?: boolean;
  zeroline?: boolean;
  gridcolor?: string;
  linecolor?: string;
  automargin?: boolean;
  constrain?: 'domain';
  scaleanchor?: string;
  side?: 'top' | 'bottom';
}

/** A rectangle or line on top of the data. */
export interface PlotlyShape {
  type: 'rect' | 'line';
  x0: number;
  x1: number;
  y0: number;
  y1: number;
  xref?: string;
  yref?: string;
  layer?: 'above' | 'below';
  fillcolor?: string;
  opacity?: number;
  line?: { color?: string; width?: number; dash?: 'solid' | 'dash' | 'dot' };
}

/** A text on top of the data. */
export interface PlotlyAnnotation {
  text: string;
  x: number | string;
  y: number | string;
  xref?: string;
  yref?: string;
  xanchor?: 'left' | 'center' | 'right';
  yanchor?: 'top' | 'middle' | 'bottom';
  showarrow: boolean;
  xshift?: number;
  yshift?: number;
  font?: PlotlyFont;
  bgcolor?: string;
}

/** Axes by name (`xaxis`, `yaxis2`, …) and everything around the data. */
export interface PlotlyLayout {
  [axis: `xaxis${string}`]: PlotlyAxis;
  [axis: `yaxis${string}`]: PlotlyAxis;
  title?: {
    text: string;
    x?: number;
    xanchor?: 'left' | 'center';
    xref?: 'container' | 'paper';
    y?: number;
    yanchor?: 'top';
    yref?: 'container';
    font?: PlotlyFont;
  };
  font?: PlotlyFont;
  height?: number;
  autosize?: boolean;
  margin?: { l?: number; r?: number; t?: number; b?: number };
  barmode?: 'group' | 'stack' | 'overlay';
  bargap?: number;
  bargroupgap?: number;
  showlegend?: boolean;
  legend?: {
    orientation?: 'h' | 'v';
    x?: number;
    xanchor?: 'left' | 'right' | 'center';
    y?: number;
    yanchor?: 'top' | 'bottom';
    yref?: 'container' | 'paper';
    traceorder?: 'normal' | 'reversed';
  };
  hovermode?: 'x' | 'x unified' | 'closest' | false;
  paper_bgcolor?: string;
  plot_bgcolor?: string;
  shapes?: readonly PlotlyShape[];
  annotations?: readonly PlotlyAnnotation[];
}

/** A figure as Plotly's JSON schema has it. */
export interface PlotlyFigure {
  readonly data: readonly PlotlyTrace[];
  readonly layout: PlotlyLayout;
  readonly config: { readonly responsive: boolean; readonly displaylogo: boolean };
}
