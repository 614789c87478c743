/** The validation losses of several trainings in one picture. */
import type { Figure, FigureOptions } from '../bundle';
import { SERIES_COLOURS } from '../colours';
import { rounded } from '../envelope';
import { plainText, toFigure } from '../figure';

/** One training's curve. */
export interface RunCurve {
  name: string;
  /** Validation loss in nats after each epoch. */
  valLoss: readonly number[];
}

/** Line styles in addition to colours, so that lines are distinguishable without them. */
const DASHES = ['solid', 'dash', 'dot'] as const;

/**
 * Validation loss per epoch, one line for each run.
 *
 * @throws RangeError if there is no run, or one has no epoch
 */
export function runCurves(runs: readonly RunCurve[], options: FigureOptions = {}): Figure {
  if (runs.length === 0) throw new RangeError('runCurves: at least one run is needed, got none');
  const empty = runs.find(({ valLoss }) => valLoss.length === 0);
  if (empty) throw new RangeError(`runCurves: every run must have an epoch, got none of "${empty.name}"`);
  return toFigure(options, {
    defaultTitle: 'Validation loss of each run',
    data: runs.map(({ name, valLoss }, index) => ({
      type: 'scatter',
      mode: 'lines+markers',
      name: plainText(name),
      x: valLoss.map((_, epoch) => epoch + 1),
      y: valLoss.map((loss) => rounded(loss)),
      line: { color: SERIES_COLOURS[index % SERIES_COLOURS.length], width: 2, dash: DASHES[index % DASHES.length] },
      marker: { size: 5 },
      hovertemplate: `epoch %{x}: %{y:.3f}<extra>${plainText(name)}</extra>`,
    })),
    layout: {
      xaxis: { title: { text: 'epoch' } },
      yaxis: { title: { text: 'validation loss (nats)' }, rangemode: 'tozero' },
      showlegend: true,
      legend: { orientation: 'h', x: 0, y: -0.2, yanchor: 'top' },
    },
    height: 420,
    description: runs.map(({ name, valLoss }) => {
      const best = valLoss.indexOf(Math.min(...valLoss));
      return `${name}: ${valLoss.length} epochs, lowest ${valLoss[best].toFixed(3)} in epoch ${best + 1}.`;
    }),
  });
}
