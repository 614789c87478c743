/** A few practice voices as a corpus, for tests that need sound of every emotion. */
import fs from 'node:fs';
import path from 'node:path';
import { parseClip } from '../../data/clip';
import type { Corpus } from '../../data/corpus';
import { recordClip } from '../../data/practice/recording';
import { drawVoice } from '../../data/practice/voice';
import { clipName, takesOf } from '../../data/ravdess';
import type { TrainingSides } from '../../training/dataset';

/** Two training actors, one validation actor; the clips of the fourth are the test set. */
export function tinySides({ clips }: Pick<Corpus, 'clips'>): { sides: TrainingSides; tested: number[] } {
  const of = (actors: readonly number[]): number[] =>
    [...clips.keys()].filter((position) => actors.includes(clips[position].actor));
  return { sides: { number: 1, rows: 'clips', train: of([1, 2]), validation: of([3]) }, tested: of([4]) };
}

/** Writes one clip of each emotion by each of the actors, and describes them. */
export function tinyCorpus(folder: string, actors: readonly number[] = [1, 2, 3, 4]): Corpus {
  const clips = actors.flatMap((actor) => {
    const takes = takesOf(actor, 1).filter(({ statement, intensity }) => statement === 1 && intensity === 'normal');
    return takes.map((take) => {
      const file = path.join(folder, clipName(take));
      fs.writeFileSync(file, recordClip(11, drawVoice(11, actor), take));
      return parseClip(file);
    });
  });
  const expected = clips.length;
  return {
    kind: 'practice',
    label: 'practice corpus: synthetic voices',
    folder,
    clips,
    fingerprint: `tiny-${actors.join('-')}`,
    report: {
      found: expected,
      expected,
      duplicates: [],
      ignored: [],
      unreadable: [],
      missing: [],
      absentActors: [],
    },
  };
}
