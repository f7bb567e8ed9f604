/** A span of bytes, and the one check that every source makes before it reads. */
import { raise } from "@nacre/core";
import type { ByteSource } from "./byte-source.ts";

export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** Passes when the span lies inside the source. @throws FailureError `truncated-file` */
export function checkSpan(source: Pick<ByteSource, "size" | "name">, offset: number, length: number): void {
  if (offset >= 0 && length >= 0 && offset + length <= source.size) return;
  raise("truncated-file", {
    expected: `${length} bytes at offset ${offset} of ${source.name}`,
    received: `a file that ends at ${source.size}`,
    remedy: "copy the file again and compare its size with the original",
  });
}
