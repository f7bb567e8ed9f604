/** Where a copy is written, front to back: memory for small things, a file for slides. Places behind can be patched. */

export interface ByteSink {
  /** Bytes written so far. */
  readonly position: number;
  append(bytes: Uint8Array): void;
  patch(at: number, bytes: Uint8Array): void;
}
