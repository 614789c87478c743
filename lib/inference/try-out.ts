/** Recordings to try a model on, one of each emotion. */
import fs from 'node:fs';
import type { Clip } from '../data/clip';
import { EMOTIONS } from '../data/labels';
import { loadCorpus, openCorpus } from '../data/open-corpus';
import { PROTOCOLS_EXPLAINED, type ProtocolName } from '../evaluation/protocols';
import { dataPath } from '../project';
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
 * The examples that a run kept; for the shipped model, which has heard everyone, recordings of an actor of the corpus
 * that 1-data opened, or that is found, else of a synthetic voice.
 *
 * @throws SerError `bad-artefact` if a run's examples are missing, or the recordings were moved
 */
export async function tryOut({ run }: Pick<ChosenModel, 'run'>): Promise<TryOut> {
  if (run) {
    const clips = loadExamples(run);
    const { leak } = PROTOCOLS_EXPLAINED[run.info.configuration.protocol as ProtocolName];
    const known = leak ? 'whose voice it has heard' : 'whom it has not heard';
    return { clips, description: `${clips.length} recordings of actor ${clips[0].actor}, ${known}` };
  }
  const opened = fs.existsSync(dataPath('corpora', 'latest.json'));
  const corpus = opened ? loadCorpus() : await openCorpus({ practiceVoices: 3, allowMissing: true });
  const actor = corpus.clips[corpus.clips.length - 1].actor;
  const own = corpus.clips.filter((clip) => clip.actor === actor);
  const clips = EMOTIONS.flatMap((emotion) => own.find((clip) => clip.emotion === emotion) ?? []);
  const whose =
    corpus.kind === 'practice'
      ? 'one synthetic voice, about which its answers mean nothing'
      : `actor ${actor}, from whom it learned`;
  return { clips, description: `${clips.length} recordings of ${whose}` };
}
