/**
 * LZW as TIFF 6.0 (section 13) defines it: codes of 9 to 12 bits, most significant bit first, growing one code early.
 * A string is kept as its last byte and the code of what comes before it.
 */
const CLEAR = 256;
const END = 257;
const FIRST = 258;
const MOST = 4096;

/** Expands to `length` bytes, or fewer where the end code comes first (a low last strip). @throws Error when the stream is broken, cut off or says more */
export function lzwDecode(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  // where in `out` the string of a code was last written, and how long it is: no chains to walk
  const start = new Int32Array(MOST);
  const size = new Int32Array(MOST);
  let next = FIRST;
  let width = 9;
  let at = 0;
  let previous = -1;
  let previousAt = 0;
  let previousSize = 0;
  let hold = 0;
  let held = 0;
  let position = 0;
  while (at < length) {
    while (held < width) {
      if (position >= bytes.length) throw new Error(`LZW data that ends after ${at} of ${length} bytes`);
      hold = ((hold << 8) | (bytes[position++] as number)) & 0xffffff;
      held += 8;
    }
    const code = (hold >> (held - width)) & ((1 << width) - 1);
    held -= width;
    if (code === END) return out.subarray(0, at);
    if (code === CLEAR) {
      next = FIRST;
      width = 9;
      previous = -1;
      continue;
    }
    const isNew = code === next && previous >= 0;
    if (code > 257 && code >= next && !isNew) throw new Error(`LZW code ${code} before it was made`);
    const n = code < 256 ? 1 : isNew ? previousSize + 1 : (size[code] as number);
    if (at + n > length) throw new Error(`LZW data that says more than ${length} bytes`);
    const from = isNew ? previousAt : (start[code] as number);
    if (code < 256) out[at] = code;
    else for (let i = 0; i < n; i++) out[at + i] = out[from + i] as number;
    if (previous >= 0 && next < MOST) {
      start[next] = previousAt;
      size[next] = previousSize + 1;
      next++;
      if (next + 1 >= 1 << width && width < 12) width++;
    }
    previous = code;
    previousAt = at;
    previousSize = n;
    at += n;
  }
  return out;
}
