/** Bytes that are already in memory, as a source. The array is not copied: do not change it while the source is open. */
import type { ByteSource } from "./byte-source.ts";
import { checkSpan } from "./span.ts";

export function memorySource(bytes: Uint8Array, name = "memory"): ByteSource {
  const source: ByteSource = {
    size: bytes.length,
    name,
    readSync(offset, length) {
      checkSpan(source, offset, length);
      return bytes.subarray(offset, offset + length);
    },
    readInto(offset, target) {
      checkSpan(source, offset, target.length);
      target.set(bytes.subarray(offset, offset + target.length));
    },
    async read(offset, length) {
      checkSpan(source, offset, length);
      return bytes.subarray(offset, offset + length);
    },
    close() {},
  };
  return source;
}
