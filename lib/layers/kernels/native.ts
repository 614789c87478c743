/**
 * The door to TensorFlow's operations by name, which tfjs does not expose. Only the files of this folder
 * know raw operations.
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

/** The part of tfjs-node's binding that is used here. */
interface Binding {
  TF_ATTR_TYPE: number;
  TF_ATTR_INT: number;
  TF_ATTR_FLOAT: number;
  TF_ATTR_BOOL: number;
  TF_ATTR_STRING: number;
  TF_FLOAT: number;
  TF_INT32: number;
  TF_INT64: number;
  createTensor(shape: number[], dtype: number, values: Int32Array): number;
  executeOp(name: string, attributes: Attribute[], inputs: number[], outputs: number): RawTensor[];
  deleteTensor(id: number): void;
}
/** The part of tfjs-node's backend that is used here. */
export interface NativeBackend {
  binding: Binding;
  getInputTensorIds(tensors: tf.Tensor[]): number[];
  createOutputTensor(tensor: RawTensor): tf.Tensor;
}

/** The native backend if the current one runs raw operations. */
export function nativeBackend(): NativeBackend | undefined {
  const backend = tf.backend() as unknown as Partial<NativeBackend>;
  return backend.binding && backend.createOutputTensor ? (backend as NativeBackend) : undefined;
}

/** Tests whether the current backend has TensorFlow's fused operations. */
export function hasFusedKernels(): boolean {
  return nativeBackend() !== undefined;
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
    this.float = { name: 'T', type: native.binding.TF_ATTR_TYPE, value: native.binding.TF_FLOAT };
  }

  /** A tensor of tfjs's, lent. */
  lend(tensor: tf.Tensor): number {
    return this.native.getInputTensorIds([tensor])[0];
  }

  /** A setting that is a whole number, or several. */
  integer(name: string, value: number | number[]): Attribute {
    return { name, type: this.native.binding.TF_ATTR_INT, value };
  }

  real(name: string, value: number): Attribute {
    return { name, type: this.native.binding.TF_ATTR_FLOAT, value };
  }

  flag(name: string, value: boolean): Attribute {
    return { name, type: this.native.binding.TF_ATTR_BOOL, value };
  }

  text(name: string, value: string): Attribute {
    return { name, type: this.native.binding.TF_ATTR_STRING, value };
  }

  /** The type of a tensor of whole numbers. */
  integers(name: string): Attribute {
    return { name, type: this.native.binding.TF_ATTR_TYPE, value: this.native.binding.TF_INT32 };
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
    const [{ id }] = this.native.binding.executeOp(name, attributes, inputs, 1);
    this.owned.add(id);
    return id;
  }

  /** Frees a result before the end. */
  free(...ids: number[]): void {
    for (const id of ids) {
      if (this.owned.delete(id)) this.native.binding.deleteTensor(id);
    }
  }

  /** Hands a result over to tfjs. */
  give(tensor: RawTensor): tf.Tensor {
    this.owned.delete(tensor.id);
    return this.native.createOutputTensor(tensor);
  }

  /** Frees all that was not given away. */
  close(): void {
    this.free(...this.owned);
  }
}

/** Runs `work` with a scope that is closed whatever happens. */
export function inRawScope<T>(native: NativeBackend, work: (scope: RawScope) => T): T {
  const scope = new RawScope(native);
  try {
    return work(scope);
  } finally {
    scope.close();
  }
}
