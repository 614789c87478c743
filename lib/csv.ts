/** Comma-separated values as in RFC 4180. */
import fs from 'node:fs';
import { SerError } from './errors';

/** One record and the line on which it begins. */
export interface CsvRecord {
  /** From 1. */
  line: number;
  fields: string[];
}

/**
 * Joins records with commas and line feeds; quotes what needs it and doubles quotes inside.
 *
 * Lines end with a line feed alone, which spreadsheets, pandas and R read, and shell tools need.
 *
 * @example formatCsv([['a', 'b,c']]) // 'a,"b,c"\n'
 */
export function formatCsv(records: readonly (readonly string[])[]): string {
  return records.map((fields) => `${fields.map(quote).join(',')}\n`).join('');
}

function quote(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/**
 * Splits text into records; lines may end with LF or CRLF, a byte-order mark and empty lines are passed over.
 *
 * @throws SerError `bad-artefact` if a quoted field has no end, or text follows its end
 * @example parseCsv('a,"b,c"\n') // [{ line: 1, fields: ['a', 'b,c'] }]
 */
export function parseCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  field.lastIndex = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  let record: CsvRecord = { line, fields: [] };
  while (field.lastIndex < text.length || record.fields.length > 0) {
    const match = field.exec(text);
    if (!match) {
      throw new SerError('bad-artefact', `parseCsv: quotes must enclose a whole field, got otherwise in line ${line}`);
    }
    const [whole, quoted, plain, end] = match;
    record.fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += whole.split('\n').length - 1;
    if (end === ',') continue;
    if (record.fields.length > 1 || whole.replace(end, '') !== '') records.push(record);
    record = { line, fields: [] };
  }
  return records;
}

/** Description of a file for the errors of `readTable`. */
export interface CsvSource {
  /** The function that was called. */
  caller: string;
  /** Expected content. */
  content: string;
  /** The notebook that writes it. */
  notebook: string;
}

/** Error in a table value. */
export interface Fault {
  column: string;
  rule: string;
  got: string;
}

/**
 * Reads the rows of a table written by a notebook.
 *
 * @param header required columns, in order
 * @param parse converts the fields of a line to a row
 * @param findFault first error in a row, if any
 * @throws SerError `bad-artefact` if it is missing or damaged, naming line and column of an invalid value
 */
export function readTable<Row>(file: string, source: CsvSource, { header, parse, findFault }: TableOf<Row>): Row[] {
  const [first, ...records] = readCsv(file, source);
  const { caller, notebook } = source;
  const fail = (line: number, { column, rule, got }: Fault): never => {
    const place = `${file}, line ${line}, column "${column}"`;
    throw new SerError('bad-artefact', `${caller}: ${rule}, got ${got} in ${place}; run ${notebook} again`);
  };
  const wrong = header.findIndex((column, index) => first?.fields[index] !== column);
  if (wrong >= 0) {
    const got = `"${first?.fields[wrong] ?? ''}"`;
    fail(1, { column: header[wrong], rule: 'the header must name this column here', got });
  }
  return records.map(({ line, fields }) => {
    if (fields.length !== header.length) {
      const column = header[Math.min(fields.length, header.length) - 1];
      fail(line, { column, rule: `a line must have ${header.length} fields`, got: String(fields.length) });
    }
    const row = parse(fields);
    const fault = findFault(row);
    if (fault) fail(line, { ...fault, got: `"${fields[header.indexOf(fault.column)]}"` });
    return row;
  });
}

/** Format of a table's rows. */
export interface TableOf<Row> {
  header: readonly string[];
  parse: (fields: string[]) => Row;
  findFault: (row: Row) => Fault | undefined;
}

/** Reads the records of a file written by a notebook. */
function readCsv(file: string, { caller, content, notebook }: CsvSource): CsvRecord[] {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SerError('bad-artefact', `${caller}: no ${content} in ${file}; run ${notebook} first`, { cause });
  }
  try {
    return parseCsv(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SerError('bad-artefact', `${caller}: ${file} is damaged (${reason}); run ${notebook} again`, { cause });
  }
}
