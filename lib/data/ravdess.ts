/** The data set itself: where it is, how it may be used, and what it holds. */
import type { Clip } from './clip';
import { EMOTIONS } from './labels';

/** RAVDESS, speech, audio only, as its authors published it. */
export const RAVDESS = {
  title: 'The Ryerson Audio-Visual Database of Emotional Speech and Song (RAVDESS), speech, audio only',
  citation:
    'Livingstone SR, Russo FA (2018) The Ryerson Audio-Visual Database of Emotional Speech and Song (RAVDESS): ' +
    'A dynamic, multimodal set of facial and vocal expressions in North American English. PLoS ONE 13(5): e0196391. ' +
    'https://doi.org/10.1371/journal.pone.0196391',
  licence: 'CC BY-NC-SA 4.0 (https://creativecommons.org/licenses/by-nc-sa/4.0/): not for commercial use',
  page: 'https://zenodo.org/records/1188976',
  file: 'Audio_Speech_Actors_01-24.zip',
  url: 'https://zenodo.org/records/1188976/files/Audio_Speech_Actors_01-24.zip?download=1',
  /** Bytes. */
  size: 208_468_073,
  md5: 'bc696df654c87fed845eb13823edef8a',
  actors: 24,
  /** Both repetitions: 4 neutral (which has no strong intensity) + 7 emotions × 2 intensities × 4. */
  clipsPerActor: 60,
} as const;

/** The fields that distinguish the clips of one actor. */
export type Take = Pick<Clip, 'label' | 'intensity' | 'statement' | 'repetition' | 'actor'>;

/** Everything that one actor records: 30 takes, or 60 with both repetitions. */
export function takesOf(actor: number, repetitions: 1 | 2 = 2): Take[] {
  const takes: Take[] = [];
  for (let label = 0; label < EMOTIONS.length; label++) {
    for (const intensity of ['normal', 'strong'] as const) {
      if (EMOTIONS[label] === 'neutral' && intensity === 'strong') continue;
      for (const statement of [1, 2] as const) {
        for (let repetition = 1; repetition <= repetitions; repetition++) {
          takes.push({ label, intensity, statement, repetition: repetition as 1 | 2, actor });
        }
      }
    }
  }
  return takes;
}

/**
 * The RAVDESS file name of a take, modality 03 (audio only) and channel 01 (speech).
 *
 * @example clipName({ label: 5, intensity: 'normal', statement: 2, repetition: 1, actor: 12 }) // '03-01-06-01-02-01-12.wav'
 */
export function clipName(take: Take): string {
  const intensity = take.intensity === 'normal' ? 1 : 2;
  const fields = [3, 1, take.label + 1, intensity, take.statement, take.repetition, take.actor];
  return `${fields.map((field) => String(field).padStart(2, '0')).join('-')}.wav`;
}

/** The folder of an actor in the official archive, such as `Actor_07`. */
export function actorFolder(actor: number): string {
  return `Actor_${String(actor).padStart(2, '0')}`;
}
