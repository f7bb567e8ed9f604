/** Where bytes come from: a file, a Blob, memory, later an HTTP range server. Readers know nothing else about the world. */

export interface ByteSource {
  /** Total length in bytes. */
  readonly size: number;
  /** For messages: a path or a name. */
  readonly name: string;
  /** Each read costs a round trip over a network: readers leave for later what can be left. */
  readonly isRemote?: boolean;
  /** Positioned read without waiting, where the source can. Throws a `truncated-file` FailureError beyond the end. */
  readSync?(offset: number, length: number): Uint8Array;
  /** As `readSync`, filling `target` instead of making an array: the inner loop of a scan allocates nothing. */
  readInto?(offset: number, target: Uint8Array): void;
  /** Positioned read. Rejects with a `truncated-file` FailureError beyond the end. */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
  close(): void;
}
