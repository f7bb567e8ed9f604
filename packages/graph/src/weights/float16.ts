/** IEEE 754 half precision and bfloat16 to float32, exactly. */

let table: Float32Array | null = null;

/** Widens little-endian float16 bytes to float32. */
export function widenFloat16(bytes: Uint8Array): Float32Array {
  table ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => float16(bits));
  const halves = halvesOf(bytes);
  const out = new Float32Array(halves.length);
  for (let i = 0; i < out.length; i++) out[i] = table[halves[i] as number] as number;
  return out;
}

/** Widens little-endian bfloat16 bytes, the upper half of a float32, to float32. */
export function widenBfloat16(bytes: Uint8Array): Float32Array {
  const halves = halvesOf(bytes);
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < bits.length; i++) bits[i] = (halves[i] as number) << 16;
  return new Float32Array(bits.buffer);
}

function halvesOf(bytes: Uint8Array): Uint16Array {
  // A copy by constructor: `slice` of a Node Buffer is a view on the same bytes.
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint16Array(aligned.buffer, aligned.byteOffset, bytes.length >> 1);
}

function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
