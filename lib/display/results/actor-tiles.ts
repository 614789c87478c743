/** Figure of recall by actor and emotion, one tile each. */
import { EMOTIONS } from '../../data/labels';
import type { EvaluationReport } from '../../evaluation/evaluate';
import { percent } from '../../evaluation/reports/report';
import type { Figure, FigureOptions } from '../bundle';
import { CATEGORIES_DOWN, rounded, shareHeatmap, toFigure } from '../figure';

/** The row above the emotions. */
const MEAN = 'UAR';

/** Counts of one actor. */
interface ActorTile {
  actor: number;
  sex: string;
  /** Per emotion, in order: number of clips, and of correct predictions. */
  counts: { clips: number; right: number }[];
  /** Mean recall of the emotions that occur. */
  uar: number;
}

/**
 * Recall of each actor and emotion as a heat map, with each actor's unweighted average recall in the top row; actors are
 * sorted by it, highest on the left.
 *
 * @throws RangeError if there is no clip
 */
export function actorTiles(
  { clips, truth, predicted }: Pick<EvaluationReport, 'clips' | 'truth' | 'predicted'>,
  options: FigureOptions = {},
): Figure {
  if (clips.length === 0) throw new RangeError('actorTiles: there must be clips, got none');
  const tiles = tilesOf({ clips, truth, predicted }).sort((a, b) => b.uar - a.uar || a.actor - b.actor);
  const share = ({ clips: all, right }: { clips: number; right: number }): number | null =>
    all > 0 ? rounded((100 * right) / all) : null;
  const rows = [
    tiles.map(({ uar }) => rounded(100 * uar)),
    ...EMOTIONS.map((_, emotion) => tiles.map(({ counts }) => share(counts[emotion]))),
  ];
  const hover = [
    tiles.map(({ uar }) => `UAR ${percent(uar)}`),
    ...EMOTIONS.map((emotion, i) => tiles.map(({ counts }) => `${counts[i].right} of ${counts[i].clips} ${emotion}`)),
  ];
  const hardest = [...tiles].reverse().slice(0, 3);
  const name = ({ actor, uar }: ActorTile): string => `actor ${actor} ${percent(uar)}`;
  return toFigure(options, {
    defaultTitle: 'Recall by actor and emotion',
    data: [
      shareHeatmap('recall', {
        x: tiles.map(({ actor }) => String(actor)),
        y: [MEAN, ...EMOTIONS],
        z: rows,
        xgap: 2,
        ygap: 2,
        texts: rows.map((row) => row.map((value) => (value === null ? '' : String(Math.round(value))))),
        textfont: { size: 11 },
        hovertext: hover.map((row) => row.map((text, i) => `actor ${tiles[i].actor} (${tiles[i].sex}): ${text}`)),
        hovertemplate: '%{hovertext}<extra></extra>',
      }),
    ],
    layout: {
      xaxis: { title: { text: 'actor, by UAR (%)' }, type: 'category', showgrid: false },
      yaxis: { title: { text: 'acted emotion' }, ...CATEGORIES_DOWN },
    },
    height: 430,
    description: [
      `${tiles.length} ${tiles.length === 1 ? 'actor' : 'actors'}; highest UAR: ${tiles.slice(0, 3).map(name).join(', ')}; ` +
        `lowest: ${hardest.map(name).join(', ')}.`,
    ],
  });
}

function tilesOf({ clips, truth, predicted }: Pick<EvaluationReport, 'clips' | 'truth' | 'predicted'>): ActorTile[] {
  const tiles = new Map<number, Omit<ActorTile, 'uar'>>();
  clips.forEach(({ actor, sex }, i) => {
    const tile = tiles.get(actor) ?? { actor, sex, counts: EMOTIONS.map(() => ({ clips: 0, right: 0 })) };
    tile.counts[truth[i]].clips++;
    if (predicted[i] === truth[i]) tile.counts[truth[i]].right++;
    tiles.set(actor, tile);
  });
  return Array.from(tiles.values(), (tile) => {
    const present = tile.counts.filter((count) => count.clips > 0);
    return { ...tile, uar: present.reduce((sum, { clips: all, right }) => sum + right / all, 0) / present.length };
  });
}
