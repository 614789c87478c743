/** Loaded into each kernel: tslab prints whole errors, most of whose stack is its own; this prints what helps. */
import { isMainThread } from 'node:worker_threads';
import { describeError } from '../errors.mjs';

/** The errors of an interrupted cell, by message or code, and what is printed instead. */
const INTERRUPTS = {
  'Interrupted asynchronously': 'Interrupted. What the cell had begun may continue; restart the kernel to stop it.',
  ERR_SCRIPT_EXECUTION_INTERRUPTED: 'Interrupted.',
};

/** @param {Error & { code?: string }} error */
function describe(error) {
  const [, sentence] = Object.entries(INTERRUPTS).find(([key]) => key === error.message || key === error.code) ?? [];
  return sentence ?? describeError(error);
}

if (isMainThread) {
  const print = console.error;
  console.error = (...values) => print(...values.map((value) => (value instanceof Error ? describe(value) : value)));
}
