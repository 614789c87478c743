/** Disk errors during training. */
import { SerError } from '../../errors';

/**
 * Runs a write, and adds advice to errors of the file system.
 *
 * @param caller name of the calling function, for the message
 * @param file name of the written file
 * @throws SerError `bad-training` if the file system refuses, as on a full disk; other errors are rethrown
 */
export async function writing(caller: string, file: string, write: () => void | Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    throw named(caller, file, cause);
  }
}

/** `writing` for synchronous writes. */
export function writingSync(caller: string, file: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw named(caller, file, cause);
  }
}

function named(caller: string, file: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || (cause as NodeJS.ErrnoException).syscall === undefined) return cause;
  return new SerError(
    'bad-training',
    `${caller}: ${file} must be writable, got ${cause.message}; free space or choose another folder, then resume: ` +
      'the previous checkpoint is intact',
    { cause },
  );
}
