/** The picture of frame descriptors, one curve below the other. */
import type { Figure, FigureOptions, PlotlyAxis } from '../bundle';
import { SERIES_COLOURS } from '../colours';
import { annotation, extent, lineTrace, plainText, rounded, stackedDomains, toFigure } from '../figure';

/** One curve of `descriptorTracks`. */
export interface DescriptorTrack {
  /** Such as "spectral centroid". */
  name: string;
  /** Such as "Hz"; empty for a ratio. */
  unit: string;
  /** One value per time. */
  values: ArrayLike<number>;
}

/**
 * Descriptors over the same time, one below the other, such as level, spectral centroid and flatness.
 *
 * @param times seconds
 * @throws RangeError if there are no tracks, or one has not a value for each time
 */
export function descriptorTracks(
  times: ArrayLike<number>,
  tracks: readonly DescriptorTrack[],
  options: FigureOptions = {},
): Figure {
  const uneven = tracks.find((track) => track.values.length !== times.length);
  if (tracks.length === 0 || uneven) {
    throw new RangeError(
      uneven
        ? `descriptorTracks: each track must have ${times.length} values, got ${uneven.values.length} in "${uneven.name}"`
        : 'descriptorTracks: at least one track is needed, got none',
    );
  }
  const x = Array.from(times, (time) => rounded(time));
  const plotHeight = 120 * tracks.length;
  const gap = 28 / plotHeight; // room for the next track's name
  const equal = tracks.map(() => 1);
  const domains = stackedDomains(equal, gap);
  const nameOf = (i: number): string => (i === 0 ? '' : `${i + 1}`);
  const yaxes = tracks.map(({ unit }, i): [string, PlotlyAxis] => [
    `yaxis${nameOf(i)}`,
    { title: { text: plainText(unit) }, domain: domains[i], nticks: 4, rangemode: 'tozero' },
  ]);
  return toFigure(options, {
    defaultTitle: 'Descriptors over time',
    data: tracks.map(({ name, unit, values }, i) =>
      lineTrace(SERIES_COLOURS[i % SERIES_COLOURS.length], {
        x,
        y: Array.from(values, (value) => rounded(value)),
        yaxis: `y${nameOf(i)}`,
        name,
        hovertemplate: `%{x:.2f} s: %{y:.3~g} ${plainText(unit)}<extra>${plainText(name)}</extra>`,
        showlegend: false,
      }),
    ),
    layout: {
      xaxis: { title: { text: 'time (s)' }, anchor: `y${nameOf(tracks.length - 1)}` },
      ...Object.fromEntries(yaxes),
      margin: { t: 72 },
      annotations: tracks.map(({ name, unit }, i) =>
        annotation(unit ? `${name} (${unit})` : name, {
          x: 0,
          xref: 'paper',
          xanchor: 'left',
          y: domains[i][1],
          yref: 'paper',
          yanchor: 'bottom',
          yshift: 2,
        }),
      ),
    },
    height: 150 + plotHeight,
    description: tracks.map((track) => {
      const [lowest, highest] = extent(track.values);
      const unit = track.unit ? ` ${track.unit}` : '';
      return `${track.name}: ${Number(lowest.toPrecision(3))} to ${Number(highest.toPrecision(3))}${unit}.`;
    }),
  });
}
