/** Recordings to try a model on, one of each emotion. */
import type { Clip } from '../data/clip';
import { EMOTIONS } from '../data/labels';
import { openCorpus } from '../data/open-corpus';
import { loadExamples } from '../training/examples';
import type { ChosenModel } from './chosen-model';

/** Recordings and what is to be known about them. */
export interface TryOut {
  /** In the order of the emotions. */
  clips: Clip[];
  /** Whose they are, and whether the model has heard that voice. */
  description: string;
}

/**
 * The examples that a run kept, of an actor whom it has not heard; for the shipped model, which has heard everyone,
 * recordings of an actor of RAVDESS where it is at hand, else synthetic voices.
 *
 * @throws SerError `bad-artefact` if a run's examples are missing
 */
export async function tryOut({ run }: Pick<ChosenModel, 'run'>): Promise<TryOut> {
  if (run) {
    const clips = loadExamples(run);
    return { clips, description: `${clips.length} recordings of actor ${clips[0].actor}, whom it has not heard` };
  }
  const corpus = await openCorpus({ practiceVoices: 3 });
  const actor = corpus.clips[corpus.clips.length - 1].actor;
  const own = corpus.clips.filter((clip) => clip.actor === actor);
  const clips = EMOTIONS.flatMap((emotion) => own.find((clip) => clip.emotion === emotion) ?? []);
  const whose =
    corpus.kind === 'practice'
      ? 'synthetic voices, about which its answers mean nothing'
      : `recordings of actor ${actor}, from whom it learned`;
  return { clips, description: `${clips.length} ${whose}` };
}
