/** One family of errors, so that callers can tell a wrong file from a wrong argument by `code`. */

/** What kind of thing was wrong. */
export type SerErrorCode =
  /** A file or stream is not the audio that it should be. */
  | 'bad-audio'
  /** An archive is broken, hostile or not the expected one. */
  | 'bad-archive'
  /** A corpus is missing, incomplete or not RAVDESS. */
  | 'bad-corpus'
  /** A transfer failed or delivered the wrong bytes. */
  | 'bad-download'
  /** What an earlier notebook should have written is missing, damaged or of another version. */
  | 'bad-artefact'
  /** A model's file is damaged or foreign, or a model holds what the format has no words for. */
  | 'bad-model'
  /** Training cannot go on, such as a loss that is not a number. */
  | 'bad-training'
  /** A program or device that the machine lacks. */
  | 'missing-tool'
  /** Another process is working on the same. */
  | 'in-use'
  /** The memory or address space that this process may use is too small. */
  | 'no-memory';

/**
 * An error whose message says `<function>: <rule>, got <value>` and the way out.
 *
 * Wrong arguments are `RangeError`s; everything that depends on files, the network or devices is this.
 */
export class SerError extends Error {
  readonly code: SerErrorCode;

  constructor(code: SerErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'SerError';
    this.code = code;
  }
}
