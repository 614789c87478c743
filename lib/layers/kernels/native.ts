/**
 * The door to TensorFlow's operations by name, which tfjs does not expose, and to gradients of our own. Only the files
 * of this folder know raw operations.
 */
import { tf } from '../../tensorflow';

/** A setting of an operation. */
export interface Attribute {
  name: string;
  type: number;
  value: unknown;
}
/** A TensorFlow tensor that tfjs does not manage. */
export interface RawTensor {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

type AttributeKind = 'TYPE' | 'INT' | 'FLOAT' | 'BOOL' | 'STRING';

/** The part of tfjs-node's binding that is used here. */
interface Binding extends Record<`TF_ATTR_${AttributeKind}` | 'TF_FLOAT' | 'TF_INT32' | 'TF_INT64', number> {
  createTensor(shape: number[], dtype: number, values: Int32Array): number;
  executeOp(name: string, attributes: Attribute[], inputs: number[], outputs: number): RawTensor[];
  deleteTensor(id: number): void;
}
/** The part of tfjs-node's backend that is used here. */
interface NativeBackend {
  binding: Binding;
  getInputTensorIds(tensors: tf.Tensor[]): number[];
  createOutputTensor(tensor: RawTensor): tf.Tensor;
}

/**
 * An operation with a gradient of its own.
 *
 * @param forward computes the value, and the tensors that the gradient needs
 * @param backward computes the gradients of the inputs from that of the value
 * @returns the value; the caller owns it
 */
export function withGradient<T extends tf.Tensor>(
  inputs: tf.Tensor[],
  forward: () => { value: T; saved?: tf.Tensor[] },
  backward: (dy: T, saved: tf.Tensor[]) => tf.Tensor[],
): T {
  const operation = tf.customGrad<T>((...given) => {
    const { value, saved = [] } = forward();
    (given.at(-1) as tf.GradSaveFunc)(saved);
    return { value, gradFunc: backward };
  });
  return operation(...inputs);
}

/**
 * Runs operations by name and owns what they make, until it is closed.
 *
 * An operation through here costs a fraction of what tfjs's bookkeeping costs besides the work, which is what makes a
 * loop over time affordable.
 */
export class RawScope {
  private readonly owned = new Set<number>();
  /** The attribute that most operations need: single precision. */
  readonly float: Attribute;

  constructor(private readonly native: NativeBackend) {
    this.float = this.attribute('TYPE', 'T', native.binding.TF_FLOAT);
  }

  /** Tensors of tfjs's, lent. */
  lend(...tensors: tf.Tensor[]): number[] {
    return this.native.getInputTensorIds(tensors);
  }

  /** A setting of an operation. */
  attribute(kind: AttributeKind, name: string, value: unknown): Attribute {
    return { name, type: this.native.binding[`TF_ATTR_${kind}`], value };
  }

  /** The type of a tensor of whole numbers. */
  integers(name: string): Attribute {
    return this.attribute('TYPE', name, this.native.binding.TF_INT32);
  }

  /** A whole number from 0 to 2³¹ − 1 as int64, which tfjs does not have: its low word, then its high one. */
  int64(value: number): number {
    const id = this.native.binding.createTensor([], this.native.binding.TF_INT64, Int32Array.of(value, 0));
    this.owned.add(id);
    return id;
  }

  /** Runs an operation with several results. */
  runAll(name: string, attributes: Attribute[], inputs: number[], outputs: number): RawTensor[] {
    const results = this.native.binding.executeOp(name, attributes, inputs, outputs);
    for (const { id } of results) this.owned.add(id);
    return results;
  }

  /** Runs an operation with one result. */
  run(name: string, attributes: Attribute[], inputs: number[]): number {
    return this.runAll(name, attributes, inputs, 1)[0].id;
  }

  /** Runs an operation of tfjs's tensors with one result, which becomes one of them. */
  make(name: string, attributes: Attribute[], inputs: tf.Tensor[]): tf.Tensor {
    return this.give(this.runAll(name, attributes, this.lend(...inputs), 1))[0];
  }

  /** Frees a result before the end. */
  free(...ids: number[]): void {
    for (const id of ids) {
      if (this.owned.delete(id)) this.native.binding.deleteTensor(id);
    }
  }

  /** Hands results over to tfjs. */
  give(tensors: RawTensor[]): tf.Tensor[] {
    return tensors.map((tensor) => {
      this.owned.delete(tensor.id);
      return this.native.createOutputTensor(tensor);
    });
  }

  /** Frees all that was not given away. */
  close(): void {
    this.free(...this.owned);
  }
}

/**
 * Runs `work` with a scope that is closed whatever happens.
 *
 * @throws Error if the backend is not TensorFlow's own
 */
export function inRawScope<T>(work: (scope: RawScope) => T): T {
  const backend = tf.backend() as unknown as Partial<NativeBackend>;
  if (!backend.binding) {
    throw new Error(`layers: the backend must be "tensorflow", got "${tf.getBackend()}"; call tf.setBackend`);
  }
  const scope = new RawScope(backend as NativeBackend);
  try {
    return work(scope);
  } finally {
    scope.close();
  }
}
