/** PackBits (TIFF 6.0, section 9): a count byte n; 0 to 127 copies n + 1 bytes, -127 to -1 repeats the next byte 1 - n times, -128 says nothing. */

/** Expands to at most `length` bytes. @throws Error when the data says more or breaks off inside a run */
export function unpackBits(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let at = 0;
  let from = 0;
  while (from < bytes.length && at < length) {
    const n = bytes[from++] as number;
    if (n === 128) continue;
    const count = n < 128 ? n + 1 : 257 - n;
    const needs = n < 128 ? count : 1;
    if (from + needs > bytes.length) throw new Error(`PackBits data that ends after ${at} of ${length} bytes`);
    if (at + count > length) throw new Error(`PackBits data that says more than ${length} bytes`);
    if (n < 128) out.set(bytes.subarray(from, from + count), at);
    else out.fill(bytes[from] as number, at, at + count);
    from += needs;
    at += count;
  }
  return out.subarray(0, at);
}
