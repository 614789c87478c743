/** Clips to listen to, inside the page. */

import { encodeWav } from '../../audio/formats/write-wav';
import { resample } from '../../audio/resample/resample';
import type { Signal } from '../../audio/signal';
import { type Bundle, escapeHtml } from '../bundle';

/** Hertz; enough for speech, and a third of the bytes of 48 kHz. */
const PREVIEW_RATE = 16_000;
/** Of a long recording only the beginning is put into the page: about 2 MB. */
const PREVIEW_SECONDS = 45;

/** Options of `player`. */
export interface PlayerOptions {
  /** Above the controls, such as "with noise". */
  title?: string;
}

/** One player of a row. */
export interface PlayerEntry extends PlayerOptions {
  signal: Signal;
}

/** The controls of one clip. */
function playerHtml(entry: PlayerEntry): string {
  const { signal, title } = entry;
  const samples = signal.samples.subarray(0, Math.round(PREVIEW_SECONDS * signal.sampleRate));
  const beginning = { ...signal, samples };
  // Never upwards: it would only add bytes.
  const preview = signal.sampleRate > PREVIEW_RATE ? resample(beginning, PREVIEW_RATE) : beginning;
  const source = `data:audio/wav;base64,${Buffer.from(encodeWav(preview)).toString('base64')}`;
  const label = escapeHtml(title ?? 'clip');
  const caption = captionOf(entry);
  return (
    `<figure style="margin:0;min-width:0">` +
    (title ? `<figcaption style="font-weight:600;padding:2px 0">${label}</figcaption>` : '') +
    `<audio controls preload="metadata" aria-label="${label}" src="${source}" style="width:260px;max-width:100%"></audio>` +
    (caption ? `<div style="font-size:0.9em;opacity:0.8;padding:2px 0">${caption}</div>` : '') +
    `</figure>`
  );
}

/** A note if only the beginning can be played. */
function captionOf({ signal }: PlayerEntry): string {
  const seconds = signal.samples.length / signal.sampleRate;
  return seconds > PREVIEW_SECONDS ? `the first ${PREVIEW_SECONDS} s of ${Math.round(seconds)} s` : '';
}

/** Text shown in a terminal instead of the controls. */
function playerText(entry: PlayerEntry): string {
  const { signal, title } = entry;
  const length = `${(signal.samples.length / signal.sampleRate).toFixed(2)} s at ${signal.sampleRate} Hz`;
  const caption = captionOf(entry);
  return `[audio] ${title ? `${title}: ` : ''}${length}${caption ? ` · ${caption}` : ''}`;
}

/**
 * A player for a clip: a 16-bit WAV of at most 16 kHz inside the page, about 43 KB per second of sound; of a long
 * recording the first 45 s.
 *
 * @throws RangeError if the signal is empty
 * @example show(player(signal, { title: 'Actor 12, fearful' }))
 */
export function player(signal: Signal, options: PlayerOptions = {}): Bundle {
  return players([{ signal, ...options }]);
}

/**
 * Several players in a row, to compare clips by ear; narrow pages wrap it.
 *
 * @throws RangeError if there is none, or a signal is empty
 * @example show(players([{ title: 'original', signal }, { title: 'louder', signal: other }]))
 */
export function players(entries: readonly PlayerEntry[]): Bundle {
  if (entries.length === 0) {
    throw new RangeError('players: at least one signal is needed, got none');
  }
  const empty = entries.findIndex((entry) => entry.signal.samples.length === 0);
  if (empty >= 0) {
    throw new RangeError(`players: signals must have samples, got none in entry ${empty + 1}`);
  }
  return {
    'text/html':
      `<div class="ser-players" style="display:flex;flex-wrap:wrap;gap:12px 20px;padding:4px 0">` +
      `${entries.map(playerHtml).join('')}</div>`,
    'text/plain': entries.map(playerText).join('\n'),
  };
}
