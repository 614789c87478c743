/** Output of a cell: one result in several MIME types, since viewers support different ones. */
import type { PlotlyFigure } from './plotly';

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
