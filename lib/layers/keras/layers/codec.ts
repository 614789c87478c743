/** Codec interface for reading and writing a layer class. */
import type { tf } from '../../../tensorflow';
import type { Shape } from '../../layer';
import type { Fields, KerasObject } from '../fields';

/** Context of a layer's reader. */
export interface ReadContext {
  /** Shape of the layer's (first) input, with the batch. */
  inputShape: Shape;
  /** True for files of Keras 2. */
  legacy: boolean;
  /** Frames that a surrounding TimeDistributed folds into the batch; absent without one. */
  frames?: number | null;
  /** A seed for a layer whose file names none: another one for each layer, the same ones each time. */
  nextSeed(): number;
  /** Reads a layer inside this one. */
  inner(object: KerasObject, context: Partial<ReadContext>): tf.layers.Layer;
}

/** Context of a layer's writer. */
export interface WriteContext {
  /** As for reading. */
  inputShape: Shape;
  /** As for reading. */
  frames?: number | null;
  /** True if the layer folds time into the batch. */
  folds?: boolean;
  /** Writes a layer inside this one, given as tfjs's config holds it. */
  inner(layer: InnerLayer, context: Partial<WriteContext>): KerasObject;
}

/** tfjs's own config of a layer, as `getConfig` returns it. */
export type LayerConfig = Record<string, unknown>;

/** A layer within another one's config. */
export interface InnerLayer {
  className: string;
  config: LayerConfig;
}

/** One kind of layer, both ways. */
export interface LayerCodec {
  /** Keras's class. */
  keras: string;
  /** The classes of tfjs, or of ours, that are written as that. */
  classes: readonly string[];
  /** Makes the layer, without weights. */
  read(fields: Fields, context: ReadContext): tf.layers.Layer;
  /** Keras's class, if it depends on more than this project's class. */
  kerasFor?(config: LayerConfig, context: WriteContext): string;
  /** Keras's options, besides the name and what all layers share. */
  write(config: LayerConfig, context: WriteContext): Record<string, unknown>;
}

/** Options common to all layers. Blanks and special characters in names, invalid in TensorFlow.js, become underscores. */
export const named = (fields: Fields): { name: string } => ({ name: plainName(fields.text('name')) });

/** A name that TensorFlow.js takes. */
export const plainName = (name: string): string =>
  name.replaceAll(/[^\w./-]/g, '_').replace(/^(?![A-Za-z0-9])/, 'layer');

/** The name that faults of writing give a layer. */
export const ownerOf = (config: LayerConfig): string => `layer "${config.name}"`;
