/** Folds of a protocol in numbers, including training–test overlap, for tables and figures. */
import type { Fold, Leaks } from '../../data/split';
import type { FeatureStore } from '../../features/store/store';
import { describeFold, rowsOf } from '../../training/dataset';
import type { TableRow } from './report';

/**
 * One row per protocol: number of folds, rows of each side, and overlap between training and test sides.
 *
 * Training and validation rows are those of the first fold; test rows and overlap are totals over all folds.
 */
export function foldTable(
  store: Pick<FeatureStore, 'copies' | 'manifest'>,
  protocols: Readonly<Record<string, readonly Fold[]>>,
): TableRow[] {
  return Object.entries(protocols).map(([protocol, folds]) => {
    const facts = folds.map((fold) => describeFold(store, fold));
    const leaks = sumLeaks(facts);
    return {
      protocol,
      folds: folds.length,
      'training rows': facts[0].rows.train,
      'validation rows': facts[0].rows.validation,
      'test rows': leaks.testRows,
      'test rows with a copy in training': leaks.sameClip,
      'test rows of a training actor': leaks.sameActor,
    };
  });
}

/** Sum of the leaks of all folds. */
export function sumLeaks(folds: readonly { leaks: Leaks }[]): Leaks {
  const sum = (name: keyof Leaks): number => folds.reduce((total, { leaks }) => total + leaks[name], 0);
  return { testRows: sum('testRows'), sameClip: sum('sameClip'), sameActor: sum('sameActor') };
}

/** Rows of one actor on one side of a fold, as `actorBalance` takes them. */
export interface ActorRows {
  actor: number;
  group: 'train' | 'validation' | 'test';
  clips: number;
}

/** Number of rows of each actor on each side of a fold. */
export function actorRows(store: Pick<FeatureStore, 'copies' | 'manifest'>, fold: Fold): ActorRows[] {
  return (['train', 'validation', 'test'] as const).flatMap((group) => {
    const counts = new Map<number, number>();
    for (const { clip } of rowsOf(store, fold[group], { rows: fold.rows, training: group === 'train' })) {
      const { actor } = store.manifest.clips[clip];
      counts.set(actor, (counts.get(actor) ?? 0) + 1);
    }
    return [...counts].map(([actor, clips]) => ({ actor, group, clips }));
  });
}
