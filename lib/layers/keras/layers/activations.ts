/** Activation functions under Keras's names and tfjs's. */
import { ModelFault } from '../fault';
import { type Fields, isRecord, shown } from '../fields';

/** tfjs's name of an activation. */
export type Activation = 'linear' | 'relu' | 'relu6' | 'sigmoid' | 'tanh' | 'softmax' | 'softplus' | 'softsign' | 'elu';

/** tfjs's equivalents of Keras's activations, by Keras's names. */
const SAME: Record<string, string> = {
  linear: 'linear',
  relu: 'relu',
  relu6: 'relu6',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  softmax: 'softmax',
  log_softmax: 'logSoftmax',
  softplus: 'softplus',
  softsign: 'softsign',
  elu: 'elu',
  selu: 'selu',
  silu: 'swish',
  swish: 'swish',
  mish: 'mish',
  gelu: 'gelu',
};

/**
 * tfjs's activation for an option of a layer.
 *
 * `hard_sigmoid` means clip(0.2 x + 0.5, 0, 1) in Keras 2 and here, but relu6(x + 3) / 6 in Keras 3.
 */
export function readActivation(fields: Fields, key: string, fallback: string, legacy: boolean): Activation {
  const value = fields.get(key) ?? fallback;
  const name = isRecord(value) && typeof value.config === 'string' ? value.config : value;
  if (name === 'hard_sigmoid' && legacy) return 'hardSigmoid' as Activation;
  if (typeof name !== 'string' || !Object.hasOwn(SAME, name)) {
    const known = Object.keys(SAME).join(', ');
    throw new ModelFault(`${fields.owner}: ${key} must be one of ${known}, got ${shown(value)}`);
  }
  return SAME[name] as Activation;
}

/** Keras's name for tfjs's activation, as `getConfig` gives it. */
export function writeActivation(owner: string, name: unknown): string {
  const found = Object.entries(SAME).find(([, ours]) => ours === name);
  if (!found) {
    throw new ModelFault(`${owner}: the activation ${shown(name)} has no equal in Keras 3; use another`);
  }
  return found[0];
}
