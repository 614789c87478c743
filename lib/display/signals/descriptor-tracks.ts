/** The picture of frame descriptors, one curve below the other. */
import type { Figure, FigureOptions } from '../bundle';
import { INK, SERIES_COLOURS } from '../colours';
import { extent, rounded } from '../envelope';
import { plainText, toFigure } from '../figure';
import type { PlotlyLayout } from '../plotly';

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
  const panel = (1 - gap * (tracks.length - 1)) / tracks.length;
  const layout: PlotlyLayout = {
    xaxis: { title: { text: 'time (s)' }, anchor: tracks.length === 1 ? 'y' : `y${tracks.length}` },
    margin: { t: 72 },
    annotations: tracks.map((track, i) => ({
      text: plainText(track.unit ? `${track.name} (${track.unit})` : track.name),
      x: 0,
      xref: 'paper',
      xanchor: 'left',
      y: 1 - i * (panel + gap),
      yref: 'paper',
      yanchor: 'bottom',
      yshift: 2,
      showarrow: false,
      font: { size: 13, color: INK.text },
    })),
  };
  for (const [i, track] of tracks.entries()) {
    const top = 1 - i * (panel + gap);
    layout[`yaxis${i === 0 ? '' : i + 1}`] = {
      title: { text: plainText(track.unit) },
      domain: [Math.max(top - panel, 0), top],
      nticks: 4,
      rangemode: 'tozero',
    };
  }
  return toFigure(options, {
    defaultTitle: 'Descriptors over time',
    data: tracks.map((track, i) => ({
      type: 'scatter',
      mode: 'lines',
      x,
      y: Array.from(track.values, (value) => rounded(value)),
      yaxis: i === 0 ? 'y' : `y${i + 1}`,
      line: { color: SERIES_COLOURS[i % SERIES_COLOURS.length], width: 2 },
      name: track.name,
      hovertemplate: `%{x:.2f} s: %{y:.3~g} ${plainText(track.unit)}<extra>${plainText(track.name)}</extra>`,
      showlegend: false,
    })),
    layout,
    height: 150 + plotHeight,
    description: tracks.map((track) => {
      const [lowest, highest] = extent(track.values);
      const unit = track.unit ? ` ${track.unit}` : '';
      return `${track.name}: ${Number(lowest.toPrecision(3))} to ${Number(highest.toPrecision(3))}${unit}.`;
    }),
  });
}
