/** A training's loss and accuracy as a small drawing that a page can replace several times a second, without scripts. */
import { escapeHtml } from '../bundle';
import { INK, OKABE_ITO } from '../colours';

/** The numbers of one epoch that are drawn. */
export interface CurveEpoch {
  loss: number;
  /** From 0 to 1. */
  accuracy: number;
  valLoss: number;
  valAccuracy: number;
}

/** Data of the curve. */
export interface LiveCurve {
  /** The finished epochs. */
  history: readonly CurveEpoch[];
  /** Running means of the epoch that goes on; absent between epochs. */
  running?: {
    loss: number;
    accuracy: number;
    /** Share of the epoch that is done, from 0 to 1. */
    done: number;
  };
  /** Number of epochs asked for, ≥ 1: the length of the axis, so that it does not move. */
  epochs: number;
}

/** Pixels: the two panels and the room around each. */
const PANEL = { width: 300, height: 130, left: 46, right: 14, top: 26, bottom: 24 } as const;

const TRAINING = { name: 'training', colour: OKABE_ITO.blue, dash: '' } as const;
const VALIDATION = { name: 'validation', colour: OKABE_ITO.vermillion, dash: ' stroke-dasharray="5 3"' } as const;

/** A polyline and a point at its running end. */
interface Line {
  values: number[];
  running?: number;
  style: typeof TRAINING | typeof VALIDATION;
}

/** One panel, `x` pixels from the left, for values from 0 to `top`. */
interface Panel {
  title: string;
  lines: Line[];
  top: number;
  epochs: number;
  /** Position of the running end, in epochs. */
  now: number | undefined;
  x: number;
}

/**
 * Loss (left) and accuracy in percent (right) by epoch: training solid, validation dashed, the running epoch a point.
 *
 * @param label text alternative of the drawing
 * @returns an SVG element on white, so that it is read on dark pages too
 */
export function liveCurve({ history, running, epochs }: LiveCurve, label: string): string {
  const now = running ? history.length + running.done : undefined;
  const losses: Line[] = [
    { values: history.map(({ loss }) => loss), running: running?.loss, style: TRAINING },
    { values: history.map(({ valLoss }) => valLoss), style: VALIDATION },
  ];
  const accuracies: Line[] = [
    {
      values: history.map(({ accuracy }) => 100 * accuracy),
      running: running && 100 * running.accuracy,
      style: TRAINING,
    },
    { values: history.map(({ valAccuracy }) => 100 * valAccuracy), style: VALIDATION },
  ];
  const width = PANEL.left + PANEL.width + PANEL.right;
  const height = PANEL.top + PANEL.height + PANEL.bottom;
  const highest = Math.max(...losses.flatMap((line) => [...line.values, line.running ?? 0]).filter(Number.isFinite), 0);
  return (
    `<svg role="img" aria-label="${escapeHtml(label)}" viewBox="0 0 ${2 * width} ${height}" width="${2 * width}" ` +
    `style="max-width:100%;background:#fff;font:12px system-ui,sans-serif" xmlns="http://www.w3.org/2000/svg">` +
    panel({ title: 'loss (nats)', lines: losses, top: niceTop(highest), epochs, now, x: 0 }) +
    panel({ title: 'accuracy (%)', lines: accuracies, top: 100, epochs, now, x: width }) +
    legend(2 * width - PANEL.right) +
    '</svg>'
  );
}

function panel({ title, lines, top, epochs, now, x }: Panel): string {
  const left = x + PANEL.left;
  const bottom = PANEL.top + PANEL.height;
  const across = (epoch: number): number => pixel(left + (PANEL.width * epoch) / epochs);
  const up = (value: number): number => pixel(bottom - (PANEL.height * Math.min(value, top)) / top);
  const ticks = [0, 0.5, 1].map((share) => {
    const y = up(share * top);
    const grid = `<line x1="${left}" x2="${left + PANEL.width}" y1="${y}" y2="${y}" stroke="${INK.grid}"/>`;
    return `${grid}<text x="${left - 6}" y="${y + 4}" text-anchor="end" fill="${INK.secondary}">${share * top}</text>`;
  });
  const drawn = lines.map(({ values, running, style: { colour, dash } }) => {
    const points = values.flatMap((value, index) => (Number.isFinite(value) ? [[across(index + 1), up(value)]] : []));
    const lone = points.length === 1 ? points : []; // one epoch has no line yet
    const end = now !== undefined && Number.isFinite(running) ? [[across(now), up(running ?? 0)]] : [];
    const path = [...points, ...end].map((point) => point.join()).join(' ');
    const dots = [...lone, ...end].map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`);
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>${dots.join('')}`;
  });
  const axis = (epoch: number, anchor: 'start' | 'middle' | 'end', word = ''): string =>
    `<text x="${across(epoch)}" y="${bottom + 16}" text-anchor="${anchor}" fill="${INK.secondary}">${word}${epoch}</text>`;
  return (
    ticks.join('') +
    drawn.join('') +
    `<text x="${left}" y="${PANEL.top - 10}" fill="${INK.text}">${title}</text>` +
    axis(0, 'middle') +
    (epochs > 1 ? axis(Math.floor(epochs / 2), 'middle') : '') +
    axis(epochs, 'end', 'epoch ')
  );
}

/** Legend, at the right of the titles' line. */
function legend(right: number): string {
  const y = PANEL.top - 10;
  const entry = (x: number, { name, colour, dash }: Line['style']): string =>
    `<line x1="${x}" x2="${x + 22}" y1="${y - 4}" y2="${y - 4}" stroke="${colour}" stroke-width="2"${dash}/>` +
    `<text x="${x + 27}" y="${y}" fill="${INK.text}">${name}</text>`;
  return entry(right - 176, TRAINING) + entry(right - 92, VALIDATION);
}

/** To a tenth of a pixel, so that the drawing stays small. */
const pixel = (value: number): number => Math.round(10 * value) / 10;

/** The axis ends at a round number above all values, so that it seldom moves. */
function niceTop(highest: number): number {
  return Math.max(1, Math.ceil(2 * highest) / 2);
}
