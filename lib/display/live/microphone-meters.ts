/** Live output below a cell while the microphone records: level, countdown and predictions. */
import type { RecordingMoment } from '../../audio/microphone/record';
import type { LiveAnswer } from '../../inference/listen';
import { type Bundle, escapeHtml } from '../bundle';
import { labelColour } from '../colours';
import { StatusLine } from '../show';

/** Decibels of full scale at the left end of the level meter. */
const QUIETEST = -60;
/** Decibels from which speech is loud enough, and from which it is close to clipping. */
const GOOD = [-40, -3] as const;

/** Replaces the bundle in a notebook, and its first line in a terminal. */
function replace(place: StatusLine, bundle: Bundle): void {
  place.show(bundle['text/plain'].split('\n')[0], () => bundle);
}

/** Amplitude in decibels of full scale, at least −60, with advice in words. */
function rated(level: number): { decibels: number; word: string } {
  const decibels = Math.max(QUIETEST, 20 * Math.log10(Math.max(level, 1e-6)));
  const word = decibels < GOOD[0] ? 'quiet: move closer' : decibels > GOOD[1] ? 'too loud: move away' : 'good level';
  return { decibels, word };
}

/** Level meter with a word for quiet, good or too loud; the browser adds its colours. */
function levelBar(level: number): string {
  const { decibels, word } = rated(level);
  return (
    `<meter min="${QUIETEST}" max="0" low="${GOOD[0]}" high="${GOOD[1]}" optimum="-20" value="${decibels.toFixed(1)}" ` +
    `style="width:16em" aria-label="level"></meter> ${decibels.toFixed(0)} dB, ${word}`
  );
}

/**
 * Shows the countdown, the level and the seconds left of a recording; pass `update` to `voiceRecorder` as `onMoment`.
 *
 * @example await voiceRecorder(4, file, { countdown: 3, onMoment: recordingMeter().update })
 */
export function recordingMeter(): { update(moment: RecordingMoment): void } {
  const place = new StatusLine();
  return {
    update({ startsIn, seconds, left, level }) {
      const { decibels, word } = rated(level);
      const state =
        startsIn > 0
          ? `recording starts in ${startsIn} …`
          : left > 0
            ? `speak now: ${left.toFixed(1)} s left`
            : `recorded ${seconds.toFixed(1)} s`;
      replace(place, {
        'text/html': `<div class="ser-recording"><b>${state}</b>${startsIn > 0 ? '' : `<br>${levelBar(level)}`}</div>`,
        'text/plain': startsIn > 0 ? state : `${state}, ${decibels.toFixed(0)} dB, ${word}`,
      });
    },
  };
}

/** Display of live predictions. */
export interface LiveEmotions {
  update(moment: LiveAnswer): void;
  /** Shows predictions until the source ends; cells of tslab do not support `for await` at the top level. */
  follow(moments: AsyncIterable<LiveAnswer> | Iterable<LiveAnswer>): Promise<void>;
}

/**
 * Shows the latest probabilities as bars, with the level, for the predictions of `listen`.
 *
 * @example await liveEmotions().follow(listen(predictor, { seconds: 20 }))
 */
export function liveEmotions(): LiveEmotions {
  const place = new StatusLine();
  return {
    async follow(moments) {
      for await (const moment of moments) this.update(moment);
    },
    update({ seconds, level, answer }) {
      const name = answer ? `${answer.emotion}${answer.sure ? '' : ' (not sure)'}` : 'nobody speaks';
      const head = `${seconds.toFixed(1)} s: ${name}`;
      const emotions = Object.entries(answer?.probabilities ?? {}).map(([label, value], position) => ({
        text: `${label} ${(100 * value).toFixed(0)} %`,
        row:
          `<tr><th scope="row" style="text-align:left;font-weight:normal">${escapeHtml(label)}</th><td style="text-align:left">` +
          `<span style="display:inline-block;height:0.8em;width:${(12 * value).toFixed(2)}em;` +
          `background:${labelColour(label, position)};border:1px solid #333"></span> ${(100 * value).toFixed(0)} %</td></tr>`,
      }));
      const rows = emotions.map(({ row }) => row).join('');
      const texts = emotions.map(({ text }) => text).join(', ');
      replace(place, {
        'text/html': `<div class="ser-listening"><b>${escapeHtml(head)}</b><br>${levelBar(level)}<table>${rows}</table></div>`,
        'text/plain': texts ? `${head}\n${texts}` : head,
      });
    },
  };
}
