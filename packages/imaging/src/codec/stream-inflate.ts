/** zlib and gzip through the platform's DecompressionStream: for browsers, which have no other. It is stopped as soon as it says too much. */

/** Inflates a zlib stream ("deflate") or a gzip one to at most `length` bytes. @throws Error when broken, cut off or longer */
export async function streamInflate(
  bytes: Uint8Array,
  length: number,
  format: "deflate" | "gzip" = "deflate",
): Promise<Uint8Array> {
  const stream = new DecompressionStream(format);
  const writer = stream.writable.getWriter();
  const written = writer.write(bytes.slice()).then(() => writer.close());
  // a broken stream also rejects the writer; the reader is the one that tells
  written.catch(() => {});
  const reader = stream.readable.getReader();
  const out = new Uint8Array(length);
  let at = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return out.subarray(0, at);
    const part: Uint8Array = value;
    if (at + part.length > length) {
      await reader.cancel();
      throw new Error(`deflate data that says more than ${length} bytes`);
    }
    out.set(part, at);
    at += part.length;
  }
}
