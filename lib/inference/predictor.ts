/** A trained model, loaded once for any number of predictions. */
import type { Signal } from '../audio/signal';
import { collect, type SoundStream } from '../audio/sound-stream';
import { AUDIO } from '../config';
import { type Emotion, labelsSchema } from '../data/labels';
import { applyTemperature } from '../evaluation/calibration/calibration';
import { topClass } from '../evaluation/metrics';
import type { LoadedModel, LoadOptions } from '../models/family';
import { loadTrainedModel } from '../models/registry';
import { type ChosenModel, chooseModel, emotionFolder, type LoadPredictorOptions } from './chosen-model';
import { type Explanation, explainByOcclusion } from './occlusion';
import {
  calibrationSchema,
  GENERAL_MODEL_USED,
  longWarning,
  OTHER_SENTENCE,
  type Outcome,
  type Prediction,
  type Recording,
  type RunCalibration,
  type Scores,
  type TimelineEntry,
  withWarnings,
} from './prediction';
import { damageFaults, faultsOf, loudestLevel, QUALITY, recordingFaults, voiceFloor } from './quality';
import { openRecording, readHead } from './recording-input';
import { measured, windowsOf } from './windows';

/** The model's input from a short recording. */
type ShortInput = { clip: Signal } & Pick<Prediction, 'warnings' | 'seconds'>;

/** Recordings decoded before each forward pass of `predictEach`. */
const RECORDINGS_AT_ONCE = 16;
/** Longest input of `explain`, in seconds. */
const MOST_EXPLAINED = 60;

/**
 * Predicts the emotion of recordings; loaded once, for any number of them.
 *
 * Prediction is deterministic: the same recording always gives the same result. `dispose` frees the model.
 *
 * @example
 * const predictor = await EmotionPredictor.load();
 * (await predictor.predict('voice.mp3')).emotion // 'happy'
 */
export class EmotionPredictor {
  /** The emotions, in the order of the model's outputs. */
  readonly labels: readonly Emotion[];

  private constructor(
    /** Name of the model, such as `run first` or `the shipped model`. */
    readonly name: string,
    private readonly model: LoadedModel,
    private readonly calibration: RunCalibration,
    labels: readonly Emotion[],
    /** Predictor for out-of-domain texts. */
    private readonly others?: EmotionPredictor,
  ) {
    this.labels = labels;
  }

  /**
   * Loads a trained model: the shipped one by default.
   *
   * @param options.quick linear models read each recording at one playback speed instead of five; default false. The
   * shipped model is then twice as fast, but its published figures are those of five speeds.
   * @param options.profile of the speaker, as `speakerProfile` makes it; with one the general model is the default
   * @throws SerError `bad-artefact` if there is no trained model, or its files are damaged
   */
  static async load({ profile, ...options }: LoadPredictorOptions = {}): Promise<EmotionPredictor> {
    const isNamed = options.run !== undefined || options.root !== undefined || options.folder !== undefined;
    const chosen = chooseModel(profile && !isNamed ? { run: 'general' } : options);
    return EmotionPredictor.open(chosen, { quick: options.quick, profile });
  }

  private static async open(chosen: ChosenModel, options: LoadOptions): Promise<EmotionPredictor> {
    const artefacts = emotionFolder(chosen);
    const model = await loadTrainedModel(artefacts, options);
    try {
      const labels = artefacts.readJson('labels.json', labelsSchema(model.outputs));
      const calibration = artefacts.has('calibration.json')
        ? artefacts.readJson('calibration.json', calibrationSchema)
        : { temperature: 1, threshold: 0 };
      const others = chosen.others && (await EmotionPredictor.open(chosen.others, options));
      return new EmotionPredictor(chosen.name, model, calibration, labels, others);
    } catch (error) {
      model.dispose();
      throw error;
    }
  }

  /**
   * The emotion of a recording of up to 8 s. Networks on notebook 2's features read 2.4 s from 0.6 s on (from the start,
   * if the recording ends before 1.8 s), padded with silence; convolutional ones the first 3 s after leading silence;
   * linear ones the whole utterance. Longer recordings are read in windows of 2.4 s, one after the other: the prediction
   * is the mean over those with a voice, and `windows` has their number. Memory does not grow with the length.
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
    const predictions: Prediction[] = [];
    for await (const { prediction, error } of this.predictEach(recordings)) {
      if (!prediction) throw error;
      predictions.push(prediction);
    }
    return predictions;
  }

  /**
   * The emotions of many recordings, yielded one by one; an unusable recording does not stop the rest.
   *
   * @example for await (const { recording, prediction } of predictor.predictEach(files)) console.log(recording, prediction)
   */
  async *predictEach(recordings: Iterable<Recording>): AsyncGenerator<Outcome> {
    const waiting = [...recordings];
    for (let first = 0; first < waiting.length; first += RECORDINGS_AT_ONCE) {
      const group = waiting.slice(first, first + RECORDINGS_AT_ONCE);
      const inputs = await Promise.allSettled(group.map((recording) => this.read(recording)));
      const short = inputs.flatMap((input) =>
        input.status === 'fulfilled' && 'clip' in input.value ? [input.value] : [],
      );
      // If the model fails on one recording, the others are predicted alone.
      const together = short.length > 0 ? await this.predictShort(short).catch(() => undefined) : undefined;
      for (const [index, input] of inputs.entries()) {
        const recording = group[index];
        try {
          if (input.status === 'rejected') throw input.reason;
          const { value } = input;
          if ('long' in value) {
            yield { recording, prediction: await this.predictLong(value.long) };
          } else {
            const prediction = together?.[short.indexOf(value)] ?? (await this.predictShort([value]))[0];
            yield { recording, prediction };
          }
        } catch (error) {
          yield { recording, error };
        }
      }
    }
  }

  /**
   * The predictions as a window of 2.4 s slides over a recording; the last window ends with the recording.
   *
   * @param options.hop seconds from one window to the next, > 0; default 0.6
   * @throws SerError `bad-audio` for an unusable file
   */
  async timeline(recording: Recording, options: { hop?: number } = {}): Promise<TimelineEntry[]> {
    const entries: TimelineEntry[] = [];
    for await (const entry of this.timelineEach(recording, options)) entries.push(entry);
    return entries;
  }

  /**
   * `timeline`, entry by entry while the recording is decoded; memory does not grow with its length.
   *
   * @returns entries, of which the last one has the warnings about the whole recording
   */
  async *timelineEach(recording: Recording, { hop = 0.6 }: { hop?: number } = {}): AsyncGenerator<TimelineEntry> {
    if (!(hop > 0)) throw new RangeError(`timeline: hop must be above 0 s, got ${hop}`);
    const stream = await openRecording(recording);
    const sound = measured(stream);
    let last: TimelineEntry | undefined;
    for await (const { entry, level } of this.windowScores(sound.blocks, hop)) {
      if (last) yield last;
      const floor = voiceFloor(sound.measures()?.loudest ?? level);
      last = { ...entry, sure: entry.sure && level >= floor };
    }
    const measures = sound.measures();
    if (!last || !measures) return;
    const faults = [...damageFaults(stream.damage()), ...faultsOf(measures)];
    // A timeline is the right tool for long recordings, so their length is no fault.
    yield { ...last, warnings: faults.filter(({ kind }) => kind !== 'too-long') };
  }

  /** Each window's prediction, and the level of its loudest moment. */
  private async *windowScores(
    blocks: AsyncGenerator<Float32Array, void>,
    hop: number,
  ): AsyncGenerator<{ entry: TimelineEntry; level: number }> {
    const step = Math.max(1, Math.round(hop * AUDIO.sampleRate));
    for await (const { windows, starts, ends } of windowsOf(blocks, step)) {
      for (const [index, scores] of (await this.score(windows)).scores.entries()) {
        const [start, end] = [starts[index], ends[index]].map((samples) => samples / AUDIO.sampleRate);
        yield { entry: { start, end, ...scores }, level: loudestLevel(windows[index]) };
      }
    }
  }

  /**
   * Occlusion map of a prediction: the moments and frequencies that carried it.
   *
   * Each part in turn is set to the mean level of its band; the drop in the predicted emotion's probability is the
   * part's importance. For models of whole utterances, moments are silenced instead, so the importance is the same at
   * all frequencies, and the silence itself can affect the prediction. Recordings above 60 s are cut to the first 60 s.
   *
   * @throws SerError `bad-audio` for an unusable file
   * @see Zeiler & Fergus (2014), Visualizing and understanding convolutional networks: occlusion
   */
  async explain(recording: Recording): Promise<Explanation> {
    const sound = await collect(await openRecording(recording), { duration: MOST_EXPLAINED });
    const input = this.model.inputOf(sound);
    if (this.others && (await this.model.predict([input])).known?.[0] === false) return this.others.explain(sound);
    return explainByOcclusion(this.model, input, (outputs) => this.calibrated(outputs));
  }

  /** Frees the model; the predictor cannot be used afterwards. */
  dispose(): void {
    this.model.dispose();
    this.others?.dispose();
  }

  /** Scores of sounds; those of out-of-domain texts are the general model's, if there is one. */
  private async score(sounds: readonly Signal[]): Promise<{ scores: Scores[]; known?: readonly boolean[] }> {
    const { probabilities, known } = await this.model.predict(sounds);
    const scores = this.calibrated(probabilities);
    const foreign = this.others ? [...sounds.keys()].filter((index) => known?.[index] === false) : [];
    if (this.others && foreign.length > 0) {
      const general = await this.others.score(foreign.map((index) => sounds[index]));
      for (const [place, index] of foreign.entries()) scores[index] = general.scores[place];
    }
    return { scores, known };
  }

  /** Reads all of a short recording, and the beginning of a long one. */
  private async read(recording: Recording): Promise<ShortInput | { long: SoundStream }> {
    const stream = await openRecording(recording);
    const { head, rest } = await readHead(stream, QUALITY.longest);
    if (rest) return { long: rest };
    const seconds = head.samples.length / head.sampleRate;
    return { clip: this.model.inputOf(head), warnings: recordingFaults(head), seconds };
  }

  private async predictShort(inputs: readonly ShortInput[]): Promise<Prediction[]> {
    const { scores, known } = await this.score(inputs.map(({ clip }) => clip));
    const warning = this.others ? GENERAL_MODEL_USED : OTHER_SENTENCE;
    return scores.map((own, index) => {
      const { warnings, seconds } = inputs[index];
      const isOther = known?.[index] === false;
      return withWarnings({ ...own, seconds }, isOther ? [...warnings, warning] : warnings);
    });
  }

  /** Mean prediction over the windows of a long recording that contain a voice. */
  private async predictLong(stream: SoundStream): Promise<Prediction> {
    const hop = AUDIO.duration;
    const sound = measured(stream);
    const scored: { entry: TimelineEntry; level: number }[] = [];
    for await (const window of this.windowScores(sound.blocks, hop)) scored.push(window);
    const measures = sound.measures();
    if (!measures) throw new RangeError('predict: the signal must not be empty, got 0 samples');
    const floor = voiceFloor(measures.loudest);
    const voiced = scored.filter(({ level }) => level >= floor);
    const used = voiced.length > 0 ? voiced : scored;
    const mean = Float32Array.from(this.labels, (label) => {
      return used.reduce((sum, { entry }) => sum + entry.probabilities[label], 0) / used.length;
    });
    const windows = { count: scored.length, used: used.length, seconds: hop };
    const faults = [...damageFaults(stream.damage()), ...faultsOf(measures)];
    const warnings = faults.map((fault) =>
      fault.kind === 'too-long' ? longWarning(measures.seconds, windows) : fault,
    );
    return withWarnings({ ...this.scores(mean), seconds: measures.seconds, windows }, warnings);
  }

  /** Scores from a model's uncalibrated probabilities, [sounds × emotions]. */
  private calibrated(outputs: Float32Array): Scores[] {
    const { length } = this.labels;
    return Array.from({ length: outputs.length / length }, (_, index) => {
      const row = outputs.subarray(index * length, (index + 1) * length);
      return this.scores(applyTemperature(row, this.calibration.temperature));
    });
  }

  /** Scores from calibrated probabilities. */
  private scores(probabilities: ArrayLike<number>): Scores {
    const top = topClass(probabilities);
    const named = Object.fromEntries(this.labels.map((label, place) => [label, probabilities[place]]));
    return {
      emotion: this.labels[top],
      probability: probabilities[top],
      sure: probabilities[top] >= this.calibration.threshold,
      probabilities: named as Record<Emotion, number>,
    };
  }
}
