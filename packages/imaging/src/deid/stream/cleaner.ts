/** What every cleaner of coded pixels can do. */

/** Takes the bytes of one block in order, in one or several pieces. */
export interface BlockCleaner {
  /** Overwrites what is no pixel. Gives the number of bytes that changed. */
  clean(piece: Uint8Array): number;
  /** Called behind the last piece. @throws FailureError refused where the block ends inside its pixels: what of it are pixels cannot be told */
  finish?(): void;
  /** Whether a block may come in several pieces. */
  readonly isStreaming: boolean;
}
