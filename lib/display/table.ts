/** Rows of results as a table: HTML for notebooks, aligned columns for terminals. */
import { type Bundle, escapeHtml } from './bundle';

/** One row: column name → value. */
export type TableRow = Readonly<Record<string, string | number | undefined>>;

/** Options of `table`. */
export interface TableOptions {
  /** Above the table. */
  title?: string;
  /** Source of the numbers, such as "practice corpus: synthetic voices". */
  note?: string;
  /** Digits after the decimal point of columns with fractions; default 3. */
  digits?: number;
}

/** Whole numbers with thousands separated, columns with fractions to the same digits, nothing as a dash. */
function formatCell(value: string | number | undefined, digits: number): string {
  if (value === undefined || (typeof value === 'number' && Number.isNaN(value))) {
    return '–';
  }
  if (typeof value === 'string' || !Number.isFinite(value)) {
    return String(value);
  }
  return value !== 0 && Math.abs(value) < 0.5 * 10 ** -digits
    ? value.toExponential(1)
    : value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const CELL = 'padding:3px 12px;border-bottom:1px solid #ddd;';
/** Long column names break at spaces, and leave the room to the names of the rows, which stay on one line. */
const HEADER = 'display:inline-block;max-width:9em;overflow-wrap:normal';
const ROW_NAME = 'white-space:nowrap;';

/**
 * A table of results.
 *
 * Whole numbers are written with thousands separated, columns with a fraction to the same number of digits; missing
 * values and NaN as a dash.
 *
 * @example table([{ protocol: 'by actor', uar: 0.412 }], { title: 'Results' })
 */
export function table(rows: readonly TableRow[], options: TableOptions = {}): Bundle {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const isNumeric = columns.map((column) => rows.some((row) => typeof row[column] === 'number'));
  const cells = columns.map((column) => {
    const hasFraction = rows.some((row) => typeof row[column] === 'number' && !Number.isInteger(row[column]));
    return rows.map((row) => formatCell(row[column], hasFraction ? (options.digits ?? 3) : 0));
  });

  const widths = columns.map((column, c) =>
    cells[c].reduce((most, cell) => Math.max(most, cell.length), column.length),
  );
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, c) => (isNumeric[c] ? text.padStart(widths[c]) : text.padEnd(widths[c])))
      .join('  ')
      .trimEnd();
  const text = [
    ...(options.title ? [options.title] : []),
    ...(options.note ? [`(${options.note})`] : []),
    line(columns),
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...rows.map((_, r) => line(cells.map((column) => column[r]))),
  ].join('\n');

  const align = (c: number): string =>
    `text-align:${isNumeric[c] ? 'right;font-variant-numeric:tabular-nums' : 'left'}`;
  const heading = [options.title, options.note].flatMap((part, i) =>
    part ? [`<span style="${i === 0 ? 'font-weight:600' : 'opacity:0.75'}">${escapeHtml(part)}</span>`] : [],
  );
  const caption = `<caption style="text-align:left;caption-side:top;padding:4px 0">${heading.join('<br>')}</caption>`;
  const head = columns
    .map((name, c) => {
      const style = `${CELL}vertical-align:bottom;${align(c)}`;
      return `<th scope="col" style="${style}"><span style="${HEADER}">${escapeHtml(name)}</span></th>`;
    })
    .join('');
  const body = rows.map((_, r) => {
    const row = cells.map(
      (column, c) => `<td style="${CELL}${c === 0 ? ROW_NAME : ''}${align(c)}">${escapeHtml(column[r])}</td>`,
    );
    return `<tr>${row.join('')}</tr>`;
  });
  const html =
    `<div style="overflow-x:auto"><table class="ser-table" style="border-collapse:collapse;margin:0">` +
    `${heading.length > 0 ? caption : ''}<thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
  return { 'text/html': html, 'text/plain': text };
}
