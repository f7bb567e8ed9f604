/** What every cleaner of coded pixels can do. */

/** Takes the bytes of one block in order, in one or several pieces. */
export interface BlockCleaner {
  /** Overwrites what is no pixel. Gives the number of bytes that changed. */
  clean(piece: Uint8Array): number;
  /** Whether a block may come in several pieces. */
  readonly isStreaming: boolean;
}
