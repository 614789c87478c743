/** One layer for every frame. */
import { timeDistributed } from '../../layers';
import { asKerasObject } from '../fields';
import { type InnerLayer, type LayerCodec, named, type WriteContext } from './codec';

/** Total number of frames of nested wrappers; absent if it is not fixed. */
const framesOf = (outer: number | null | undefined, frames: number | null): number | undefined =>
  frames === null || outer === null ? undefined : (outer ?? 1) * frames;

/** The shape of one frame, with the batch. */
const frameOf = ([batch, , ...frame]: WriteContext['inputShape']): WriteContext['inputShape'] => [batch, ...frame];

const distributed: LayerCodec = {
  keras: 'TimeDistributed',
  classes: ['FoldedTimeDistributed', 'TimeDistributed'],
  read(fields, { inner, inputShape, frames }) {
    if (inputShape.length < 3) throw fields.fault('layer', `given [batch, frames, …], its input is [${inputShape}]`);
    const object = asKerasObject(fields.get('layer'), `${fields.owner}: layer`);
    const layer = inner(object, { inputShape: frameOf(inputShape), frames: framesOf(frames, inputShape[1]) });
    return timeDistributed({ ...named(fields), layer });
  },
  write(config, { inner, inputShape, folds, frames: outer }) {
    const frames = folds ? framesOf(outer, inputShape[1]) : outer;
    return { layer: inner(config.layer as InnerLayer, { inputShape: frameOf(inputShape), frames }) };
  },
};

export const WRAPPER_LAYERS: readonly LayerCodec[] = [distributed];
