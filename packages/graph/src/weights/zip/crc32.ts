/** The checksum of zip files (CRC-32, polynomial 0xEDB88320 reflected), sixteen bytes at a step, read as little-endian words. */

const STEP = 16;
let table: Uint32Array | null = null;

export function crc32(bytes: Uint8Array): number {
  table ??= tableOf();
  const start = Math.min(-bytes.byteOffset & 3, bytes.length);
  const steps = Math.floor((bytes.length - start) / STEP);
  const words = new Uint32Array(bytes.buffer, start === bytes.length ? 0 : bytes.byteOffset + start, 4 * steps);
  const middle = start + steps * STEP;
  const before = bytewise(table, -1, bytes.subarray(0, start));
  return ~bytewise(table, wordwise(table, before, words), bytes.subarray(middle)) >>> 0;
}

function bytewise(t: Uint32Array, crc: number, bytes: Uint8Array): number {
  let c = crc;
  for (const byte of bytes) c = (t[(c ^ byte) & 255] as number) ^ (c >>> 8);
  return c;
}

function wordwise(t: Uint32Array, crc: number, words: Uint32Array): number {
  let c = crc;
  for (let i = 0; i < words.length; i += 4) {
    c =
      word(t, 12, c ^ (words[i] as number)) ^
      word(t, 8, words[i + 1] as number) ^
      word(t, 4, words[i + 2] as number) ^
      word(t, 0, words[i + 3] as number);
  }
  return c;
}

/** What the four bytes of a word do to the checksum when `after` bytes follow them. */
function word(t: Uint32Array, after: number, w: number): number {
  const row = after << 8;
  return (
    (t[row + 768 + (w & 255)] as number) ^
    (t[row + 512 + ((w >>> 8) & 255)] as number) ^
    (t[row + 256 + ((w >>> 16) & 255)] as number) ^
    (t[row + (w >>> 24)] as number)
  );
}

/** Row k, of 256: what a byte does to the checksum when k zero bytes follow it. */
function tableOf(): Uint32Array {
  const t = new Uint32Array(STEP * 256);
  for (let byte = 0; byte < 256; byte++) {
    let c = byte;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    t[byte] = c;
  }
  for (let i = 256; i < t.length; i++) {
    const c = t[i - 256] as number;
    t[i] = (t[c & 255] as number) ^ (c >>> 8);
  }
  return t;
}
