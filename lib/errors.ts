/** The error family of the library; `code` tells a bad file from a bad argument. */

/** Kinds of errors. */
export type SerErrorCode =
  /** A file or stream is not valid audio. */
  | 'bad-audio'
  /** An archive is broken, hostile or not the expected one. */
  | 'bad-archive'
  /** A corpus is missing, incomplete or not RAVDESS. */
  | 'bad-corpus'
  /** A transfer failed or delivered the wrong bytes. */
  | 'bad-download'
  /** A file that an earlier notebook writes is missing, damaged or of another version. */
  | 'bad-artefact'
  /** A model file is damaged or foreign, or a model cannot be represented in the format. */
  | 'bad-model'
  /** Training cannot continue, such as with a loss that is not a number. */
  | 'bad-training'
  /** A program or device is missing on this machine. */
  | 'missing-tool'
  /** Another process is using the same resource. */
  | 'in-use'
  /** The memory or address space that this process may use is too small. */
  | 'no-memory';

/**
 * An error whose message has the form `<function>: <rule>, got <value>`, followed by what to do.
 *
 * Invalid arguments are `RangeError`s; failures that depend on files, the network or devices are `SerError`s.
 * @example try { await loadAudio('x.txt') } catch (error) { if (error instanceof SerError) console.log(error.code) } // 'bad-audio'
 */
export class SerError extends Error {
  readonly code: SerErrorCode;

  constructor(code: SerErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'SerError';
    this.code = code;
  }
}
