/** Recordings to try a model on, one of each emotion. */
import fs from 'node:fs';
import type { Clip } from '../data/clip';
import { EMOTIONS } from '../data/labels';
import { loadCorpus, openCorpus } from '../data/open-corpus';
import { PROTOCOLS_EXPLAINED, type ProtocolName } from '../evaluation/protocols';
import { dataPath } from '../project';
import { loadExamples } from '../training/runs/examples';
import type { ChosenModel } from './chosen-model';

/** Recordings with a description. */
export interface TryOut {
  /** In the order of the emotions. */
  clips: Clip[];
  /** Speaker of the recordings, and whether the model was trained on that speaker. */
  description: string;
}

/**
 * Examples stored with a run. The shipped model was trained on every actor, so it gets recordings of an actor of the
 * corpus that 1-data opened or that is found, else of a synthetic voice.
 *
 * @throws SerError `bad-artefact` if a run's examples are missing, or the recordings were moved
 * @example const clips = await tryOut(chooseModel())
 */
export async function tryOut({ run }: Pick<ChosenModel, 'run'>): Promise<TryOut> {
  if (run) {
    const clips = loadExamples(run);
    const { leak } = PROTOCOLS_EXPLAINED[run.info.configuration.protocol as ProtocolName];
    const role = leak ? 'a training actor' : 'an unseen speaker';
    return { clips, description: `${clips.length} recordings of actor ${clips[0].actor}, ${role}` };
  }
  const opened = fs.existsSync(dataPath('corpora', 'latest.json'));
  const corpus = opened ? loadCorpus() : await openCorpus({ practiceVoices: 3, allowMissing: true });
  const actor = corpus.clips[corpus.clips.length - 1].actor;
  const own = corpus.clips.filter((clip) => clip.actor === actor);
  const clips = EMOTIONS.flatMap((emotion) => own.find((clip) => clip.emotion === emotion) ?? []);
  const whose =
    corpus.kind === 'practice'
      ? 'one synthetic voice, for which predictions are meaningless'
      : `actor ${actor}, a training actor`;
  return { clips, description: `${clips.length} recordings of ${whose}` };
}
