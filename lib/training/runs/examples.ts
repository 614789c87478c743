/** A few recordings of the test side, kept in a run's folder to try it on. */
import fs from 'node:fs';
import path from 'node:path';
import { type Clip, checkPlaces, parseClip } from '../../data/clip';
import { EMOTIONS } from '../../data/labels';
import { writeFile } from '../../files';
import type { Run } from './run';

/**
 * Copies one clip of each emotion by one actor into the run's folder `examples`, for trying out the model.
 *
 * @throws SerError `bad-artefact` if one of them is no longer at its path; nothing is copied then
 * @example saveExamples(run, corpus.clips, 21)
 */
export function saveExamples(run: Run, clips: readonly Clip[], actor: number): string[] {
  const chosen = EMOTIONS.flatMap((emotion) => clips.find((c) => c.actor === actor && c.emotion === emotion) ?? []);
  const again = `run 1-data, 2-features and, with -p run=${run.info.name}, 3-train again`;
  checkPlaces('saveExamples', chosen, `put them back, or ${again}`);
  return chosen.map(({ path: source, name }) => {
    const target = path.join(run.file('examples'), name);
    writeFile(target, fs.readFileSync(source));
    return target;
  });
}

/** Lists the clips that `saveExamples` copied, in the order of the emotions. */
export function loadExamples(run: Run): Clip[] {
  const folder = run.existingFile('examples');
  const clips = fs.readdirSync(folder).map((name) => parseClip(path.join(folder, name)));
  return clips.sort((a, b) => a.label - b.label);
}
