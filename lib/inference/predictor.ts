/** A trained model, loaded once and asked many times. */
import { loadAudio, padTo } from '../audio/load';
import { loudestLevel, recordingFaults, voiceFloor } from '../audio/quality';
import { resample } from '../audio/resample';
import type { Signal } from '../audio/signal';
import { AUDIO, SPECTRUM } from '../config';
import type { Emotion } from '../data/labels';
import { applyTemperature, topClass } from '../evaluation/calibration';
import { melSpectrogram, powerToDb } from '../features/mfcc';
import { featuresOfMel, modelMel } from '../features/model-features';
import { QUICK_SPEEDS } from '../features/utterance/settings';
import { chooseModel, emotionSection, type PredictorOptions } from './chosen-model';
import { type LoadedModel, loadSection, NetworkListener } from './loaded-model';
import { type Explanation, importanceOf, momentWindows, mute, occlude, occlusionWindows } from './occlusion';
import type { Outcome, Prediction, Recording, RunCalibration, TimelineEntry, Warning } from './prediction';

/** A recording as the model hears it. */
interface Heard extends Pick<Prediction, 'warnings' | 'seconds'> {
  clip: Signal;
}

/** Where the sounds of a sentence cannot be compared with how others said it. */
const OTHER_SENTENCE: Warning = {
  kind: 'other-sentence',
  message:
    'another sentence: the model knows “Kids are talking by the door” and “Dogs are sitting by the door” best; ' +
    'it judges others by the voice as a whole, and was not tested on any',
};

/** Recordings decoded before each forward pass of `predictEach`. */
const RECORDINGS_AT_ONCE = 16;
/** Windows per forward pass: bounds the memory of an hour-long recording. */
const WINDOWS_AT_ONCE = 64;

/**
 * Says which emotion a recording sounds like; loaded once, for any number of recordings.
 *
 * The same recording always gives the same answer: nothing random happens to it. `dispose` frees the model.
 *
 * @example
 * const predictor = await EmotionPredictor.load();
 * (await predictor.predict('voice.mp3')).emotion // 'happy'
 */
export class EmotionPredictor {
  /** The emotions, in the order of the model's outputs. */
  readonly labels: readonly Emotion[];

  private constructor(
    /** What answers, in words, such as `run first` or `the shipped model`. */
    readonly name: string,
    private readonly model: LoadedModel,
    private readonly calibration: RunCalibration,
    labels: readonly Emotion[],
  ) {
    this.labels = labels;
  }

  /**
   * @param options.quick linear models hear each recording once instead of at five speeds: the shipped model answers
   * twice as fast, and as its evaluation did not; default false
   * @throws SerError `bad-artefact` without a trained model, or if its files are damaged
   */
  static async load({
    quick = false,
    ...options
  }: PredictorOptions & { quick?: boolean } = {}): Promise<EmotionPredictor> {
    const chosen = chooseModel(options);
    const section = emotionSection(chosen);
    const model = await loadSection(section, quick ? QUICK_SPEEDS : undefined);
    try {
      const labels = section.readJson<Emotion[]>('labels.json');
      const calibration = section.has('calibration.json')
        ? section.readJson<RunCalibration>('calibration.json')
        : { temperature: 1, threshold: 0 };
      return new EmotionPredictor(chosen.name, model, calibration, labels);
    } catch (error) {
      model.dispose();
      throw error;
    }
  }

  /**
   * The emotion of a recording. Networks on notebook 2's features hear 2.4 s from 0.6 s on (from the start, where the
   * recording ends before 1.8 s), padded with silence; convolutional ones the first 3 s after leading silence; linear
   * ones the whole utterance. What is beyond is in the `timeline`.
   *
   * @throws SerError `bad-audio` for an unusable file
   */
  async predict(recording: Recording): Promise<Prediction> {
    const [prediction] = await this.predictMany([recording]);
    return prediction;
  }

  /**
   * The emotions of several recordings, in one pass of the model.
   *
   * @throws SerError `bad-audio` for the first unusable file
   */
  async predictMany(recordings: readonly Recording[]): Promise<Prediction[]> {
    const heard = await Promise.all(recordings.map((recording) => this.hear(recording)));
    return this.judge(heard);
  }

  /**
   * The emotions of many recordings, one after the other as they come; an unusable one doesn't stop the rest.
   *
   * @example for await (const { recording, prediction } of predictor.predictEach(files)) console.log(recording, prediction)
   */
  async *predictEach(recordings: Iterable<Recording>): AsyncGenerator<Outcome> {
    const waiting = [...recordings];
    for (let first = 0; first < waiting.length; first += RECORDINGS_AT_ONCE) {
      const group = waiting.slice(first, first + RECORDINGS_AT_ONCE);
      const heard = await Promise.allSettled(group.map((recording) => this.hear(recording)));
      const usable = heard.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      const predictions = usable.length > 0 ? await this.judge(usable) : [];
      for (const [index, result] of heard.entries()) {
        const recording = group[index];
        if (result.status === 'rejected') {
          yield { recording, error: result.reason };
          continue;
        }
        yield { recording, prediction: predictions[usable.indexOf(result.value)] };
      }
    }
  }

  /**
   * What the model hears as a window of 2.4 s slides over a recording; the last window ends with the recording.
   *
   * @param options.hop seconds from one window to the next, > 0; default 0.6
   * @throws SerError `bad-audio` for an unusable file
   */
  async timeline(recording: Recording, options: { hop?: number } = {}): Promise<TimelineEntry[]> {
    const entries: TimelineEntry[] = [];
    for await (const entry of this.timelineEach(recording, options)) entries.push(entry);
    return entries;
  }

  /** `timeline`, entry by entry as they come: of a long recording the first ones are there within seconds. */
  async *timelineEach(recording: Recording, { hop = 0.6 }: { hop?: number } = {}): AsyncGenerator<TimelineEntry> {
    if (!(hop > 0)) throw new RangeError(`timeline: hop must be above 0 s, got ${hop}`);
    const signal = resample(await open(recording), AUDIO.sampleRate);
    const step = Math.max(1, Math.round(hop * AUDIO.sampleRate));
    const last = Math.max(0, signal.samples.length - AUDIO.samples);
    const starts = Array.from({ length: Math.ceil(last / step) }, (_, index) => index * step);
    starts.push(last);
    const floor = voiceFloor(loudestLevel(signal));
    for (let first = 0; first < starts.length; first += WINDOWS_AT_ONCE) {
      const group = starts.slice(first, first + WINDOWS_AT_ONCE);
      const windows = group.map((start) => windowAt(signal, start));
      const answers = await this.answer(windows);
      for (const [index, answer] of answers.entries()) {
        const start = group[index] / AUDIO.sampleRate;
        const end = Math.min(signal.samples.length, group[index] + AUDIO.samples) / AUDIO.sampleRate;
        yield { start, end, ...answer, sure: answer.sure && loudestLevel(windows[index]) >= floor };
      }
    }
  }

  /**
   * Which moments and frequencies carried the answer: each in turn is made as loud as its band is on average, and what
   * the answer's probability then loses is its weight. From models of whole utterances only moments are taken, by
   * silence, and their weight is the same at all frequencies; silence is a sound of its own, which such a model hears.
   *
   * @throws SerError `bad-audio` for an unusable file
   * @see Zeiler & Fergus (2014), Visualizing and understanding convolutional networks: occlusion
   */
  async explain(recording: Recording): Promise<Explanation> {
    const { model } = this;
    const { clip } = await this.hear(recording);
    const network = model instanceof NetworkListener ? model : undefined;
    const mel = network ? modelMel(clip, network.features) : melSpectrogram(resample(clip, AUDIO.sampleRate));
    const { frames, coefficients: bands } = mel;
    const { probabilities: outputs, known } = await model.ask([clip]);
    const [{ emotion, probability }] = this.calibrated(outputs);
    const windows = network ? occlusionWindows(frames, bands) : momentWindows(frames, bands);
    const seconds = SPECTRUM.hopLength / AUDIO.sampleRate;
    // Without a part it may no longer sound like its sentence: the same parts of the model must answer nevertheless.
    const silenced = async (group: typeof windows): Promise<Float32Array> => {
      const sounds = group.map(({ frames: [from, to] }) => mute(clip, from * seconds, to * seconds));
      return (await model.ask(sounds, { known: known?.[0] })).probabilities;
    };
    const drops: number[] = [];
    // Without a spectrogram to read, each window is a copy of the whole recording.
    const atOnce = network ? WINDOWS_AT_ONCE : RECORDINGS_AT_ONCE;
    for (let first = 0; first < windows.length; first += atOnce) {
      const group = windows.slice(first, first + atOnce);
      const changed = network
        ? network.askFeatures(group.map((window) => featuresOfMel(occlude(mel, window), network.features)))
        : await silenced(group);
      const answers = this.calibrated(changed);
      drops.push(...answers.map(({ probabilities }) => probability - probabilities[emotion]));
    }
    const importance = { frames, coefficients: bands, values: importanceOf(windows, drops, frames, bands) };
    const heard = network ? clip : resample(clip, AUDIO.sampleRate);
    return { emotion, probability, clip: heard, decibels: powerToDb(mel), importance };
  }

  /** Frees the model; the predictor is of no use afterwards. */
  dispose(): void {
    this.model.dispose();
  }

  /** What the model hears of a recording, and what is wrong with the recording. */
  private async hear(recording: Recording): Promise<Heard> {
    const whole = await open(recording);
    const seconds = whole.samples.length / whole.sampleRate;
    return { clip: this.model.hear(whole), warnings: recordingFaults(whole), seconds };
  }

  /** The predictions of recordings. */
  private async judge(recordings: readonly Heard[]): Promise<Prediction[]> {
    const { probabilities, known } = await this.model.ask(recordings.map(({ clip }) => clip));
    return this.calibrated(probabilities).map((answer, index) => {
      const { warnings, seconds } = recordings[index];
      const sure = answer.sure && !warnings.some(({ kind }) => kind === 'silent');
      const told = known?.[index] === false ? [...warnings, OTHER_SENTENCE] : warnings;
      return { ...answer, sure, warnings: told, seconds };
    });
  }

  private async answer(sounds: readonly Signal[]): Promise<Omit<Prediction, 'warnings' | 'seconds'>[]> {
    return this.calibrated((await this.model.ask(sounds)).probabilities);
  }

  /** Answers from a model's own probabilities, [sounds × emotions]. */
  private calibrated(outputs: Float32Array): Omit<Prediction, 'warnings' | 'seconds'>[] {
    const { labels, calibration } = this;
    return Array.from({ length: outputs.length / labels.length }, (_, index) => {
      const row = outputs.subarray(index * labels.length, (index + 1) * labels.length);
      const calibrated = applyTemperature(row, calibration.temperature);
      const top = topClass(row);
      const probabilities = Object.fromEntries(labels.map((label, place) => [label, calibrated[place]]));
      return {
        emotion: labels[top],
        probability: calibrated[top],
        sure: calibrated[top] >= calibration.threshold,
        probabilities: probabilities as Record<Emotion, number>,
      };
    });
  }
}

/** A recording at its own sample rate. */
async function open(recording: Recording): Promise<Signal> {
  const signal = typeof recording === 'string' ? await loadAudio(recording, { sampleRate: 'native' }) : recording;
  if (signal.samples.length === 0) throw new RangeError('predict: the signal must not be empty, got 0 samples');
  return signal;
}

function windowAt(signal: Signal, start: number): Signal {
  return padTo({ ...signal, samples: signal.samples.subarray(start, start + AUDIO.samples) }, AUDIO.samples);
}
