/** A Blob or a File of the browser as a source. It can only be read by waiting: there is no `readSync`. */
import { raise } from "@nacre/core";
import type { ByteSource } from "./byte-source.ts";
import { checkSpan } from "./span.ts";

/** The part of a Blob that is needed; both the browser's and Node's fit. */
export interface BlobLike {
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

export function blobSource(blob: BlobLike, name = "blob"): ByteSource {
  const source: ByteSource = {
    size: blob.size,
    name,
    async read(offset, length, signal) {
      signal?.throwIfAborted();
      checkSpan(source, offset, length);
      const bytes = new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      if (bytes.length === length) return bytes;
      return raise("truncated-file", {
        expected: `${length} bytes at offset ${offset} of ${name}`,
        received: `${bytes.length} bytes: the file changed while it was open`,
        remedy: "open the file again",
      });
    },
    close() {},
  };
  return source;
}
