/** Checks that recordings exist at the paths of a list of clips. */
import fs from 'node:fs';
import { SerError } from '../errors';
import type { Clip } from './clip';

/**
 * Looks for every recording, as any part of a folder can be moved; 1,440 take milliseconds.
 *
 * @param caller the function that needs them, for the message
 * @param wayOut what to do where one is not there, for the message
 * @throws SerError `bad-artefact` naming the first that is not there
 */
export function checkPlaces(caller: string, clips: readonly Pick<Clip, 'path'>[], wayOut: string): void {
  const lost = clips.find((clip) => !fs.existsSync(clip.path));
  if (!lost) return;
  throw new SerError(
    'bad-artefact',
    `${caller}: recordings must be where they were, got none at "${lost.path}"; ${wayOut}`,
  );
}
