/** Fused operations with their gradients. On a backend without them the same results come from stock operations. */
export { addBias } from './add-bias';
export { type BatchNormaliseOptions, batchNormalise, type OnStatistics } from './batch-normalise';
export { type GruRecurrenceOptions, gruRecurrence } from './gru';
export { type LstmSequenceOptions, lstmSequence } from './lstm';
export { hasFusedKernels } from './native';
export { normaliseRows } from './normalise-rows';
export { relu } from './relu';
export { softmaxOverTime } from './softmax-over-time';
