/** The pretrained encoder with a classifier on top: the network that is fine-tuned. */
import { EMOTIONS } from '../../data/labels';
import { lstmSequence } from '../../layers/kernels/lstm';
import {
  glorotUniform,
  type LayerOptions,
  type LayerVariable,
  onlyShape,
  read,
  registered,
  type Shape,
  WeightedLayer,
} from '../../layers/layer';
import { batchNormalization, dropout } from '../../layers/layers';
import { Random } from '../../random';
import { number } from '../../schema';
import { tf } from '../../tensorflow';
import { ENCODER } from '../encoder/settings';
import type { EncoderWeights } from '../encoder/weights';

/** Columns of a frame: the mel bands, 1 for a frame of the recording and 0 for padding, and the recording's level. */
export const ENCODER_COLUMNS = ENCODER.bands + 2;

/** Output of the encoder: mean, deviation and attentive mean of the last two layers, and the level. */
const OUTPUTS = 3 * 2 * ENCODER.units + 1;
/** Units of the layer that scores frames. */
const ATTENTION = 64;
/** Least variance, which keeps the root's slope finite. */
const LEAST_VARIANCE = 1e-6;

interface RecurrentVariables {
  kernel: LayerVariable;
  recurrent: LayerVariable;
  bias: LayerVariable;
}

interface EncoderVariables {
  lstm: RecurrentVariables[];
  hidden: LayerVariable;
  bias: LayerVariable;
  scores: LayerVariable;
}

class SpeechEncoder extends WeightedLayer<{ seed: number }, EncoderVariables> {
  static readonly className = 'SpeechEncoder';

  constructor(options: LayerOptions & { seed?: number } = {}) {
    super(options, 'speechEncoder', { seed: options.seed ?? 0 }, { seed: number() });
  }

  protected override makeVariables(): EncoderVariables {
    const { units, bands, layers } = ENCODER;
    const random = new Random(this.settings.seed, 'speech encoder');
    const channels = 2 * units;
    const zeros = (name: string, ...shape: number[]): LayerVariable => this.constant(name, shape, 0);
    const drawn = (name: string, rows: number, columns: number): LayerVariable =>
      this.fill(name, [rows, columns], () => glorotUniform(random, rows * columns, rows, columns));
    return {
      lstm: Array.from({ length: layers }, (_, layer) => ({
        kernel: zeros(`lstm_${layer}/kernel`, layer === 0 ? bands : units, 4 * units),
        recurrent: zeros(`lstm_${layer}/recurrent_kernel`, units, 4 * units),
        bias: zeros(`lstm_${layer}/bias`, 4 * units),
      })),
      hidden: drawn('attention_kernel', channels, ATTENTION),
      bias: zeros('attention_bias', ATTENTION),
      scores: drawn('attention_scores', ATTENTION, 1),
    };
  }

  /** Replaces the weights of the LSTM layers. */
  load(weights: EncoderWeights): void {
    for (const [layer, values] of weights.entries()) {
      for (const [name, variable] of Object.entries(this.variables.lstm[layer])) {
        tf.tidy(() => {
          variable.write(tf.tensor(values[name as keyof RecurrentVariables], variable.shape as number[]));
        });
      }
    }
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return [onlyShape(inputShape)[0], OUTPUTS];
  }

  protected override compute(input: tf.Tensor): tf.Tensor {
    const { lstm, hidden, bias, scores } = this.variables;
    const clips = input.shape[0];
    const padded = tf.reshape(input, [clips, -1, ENCODER_COLUMNS]);
    // Frames that are padding in every clip change nothing.
    const [longest] = tf.max(tf.sum(tf.slice(padded, [0, 0, ENCODER.bands], [-1, -1, 1]), 1), 0).dataSync();
    const frames = Math.max(1, longest); // nothing but padding stands for one silent frame
    const columns = tf.slice(padded, [0, 0, 0], [-1, frames, -1]);
    const [bands, mask, level] = tf.split(columns, [ENCODER.bands, 1, 1], 2);
    // Time first, as the recurrent kernel needs it, through all layers.
    let sequence = tf.transpose(bands, [1, 0, 2]) as tf.Tensor3D;
    const states = lstm.map(({ kernel, recurrent, bias: offset }) => {
      sequence = lstmSequence({
        ...{ input: sequence, kernel: read<tf.Tensor2D>(kernel), recurrent: read<tf.Tensor2D>(recurrent) },
        bias: read<tf.Tensor1D>(offset),
      });
      return sequence;
    });
    const upper = tf.transpose(tf.concat(states.slice(-2), 2), [1, 0, 2]);
    const rows = tf.reshape(upper, [clips * frames, -1]) as tf.Tensor2D;
    const seen = tf.tanh(tf.add(tf.matMul(rows, read<tf.Tensor2D>(hidden)), read(bias))) as tf.Tensor2D;
    const scored = tf.reshape(tf.matMul(seen, read<tf.Tensor2D>(scores)), [clips, 1, frames]);
    const present = tf.reshape(mask, [clips, 1, frames]);
    const attended = tf.softmax(tf.sub(scored, tf.mul(tf.sub(1, present), 1e9)));
    const even = tf.div(present, tf.maximum(tf.sum(present, 2, true), 1));
    // Sums over time as one product per clip: [clips, 2, frames] · [clips, frames, channels].
    const [attentive, mean] = tf.unstack(tf.matMul(tf.concat([attended, even], 1), upper), 1);
    const squares = tf.squeeze(tf.matMul(even, tf.square(upper)), [1]);
    const deviation = tf.sqrt(tf.maximum(tf.sub(squares, tf.square(mean)), LEAST_VARIANCE));
    const levels = tf.reshape(tf.slice(level, [0, 0, 0], [-1, 1, 1]), [clips, 1]);
    return tf.concat([mean, deviation, attentive, levels], 1);
  }
}

/**
 * Three LSTM layers over mel bands; mean, standard deviation and attentive mean over time of the last two.
 *
 * [clips, frames, 42, 1] → [clips, 1537]
 *
 * @see Wan et al. (2018), Generalized end-to-end loss for speaker verification; Okabe et al. (2018)
 */
const speechEncoder = registered(SpeechEncoder);

/** Options of `encoderNetwork`. */
export interface EncoderNetworkOptions {
  /** Frames of the input, int > 0. */
  frames: number;
  /** Pretrained weights; zeros without them. */
  weights?: EncoderWeights;
  /** Seed of all other initial weights and of dropout; default 11. */
  seed?: number;
}

/** [clips, frames, 42, 1] → encoder → batch normalisation → dropout → softmax over the eight emotions. */
export function encoderNetwork({ frames, weights, seed = 11 }: EncoderNetworkOptions): tf.LayersModel {
  const input = tf.input({ shape: [frames, ENCODER_COLUMNS, 1], name: 'recording' });
  const encoder = speechEncoder({ name: 'encoder', seed }) as SpeechEncoder;
  const layers = [
    encoder,
    batchNormalization({ momentum: 0.9, epsilon: 1e-5 }),
    dropout({ rate: 0.4, seed }),
    // From zeros, so that the first steps do not push random directions into the pretrained layers.
    tf.layers.dense({ units: EMOTIONS.length, activation: 'softmax', kernelInitializer: 'zeros' }),
  ];
  const output = layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input);
  if (weights) encoder.load(weights);
  return tf.model({ name: 'encoder-network', inputs: input, outputs: output });
}
