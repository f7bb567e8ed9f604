/** Grey samples through a window of values, little-endian: what has more than 8 bits, or what the user wants brighter. No picture is stretched on its own. */
import { viewOf } from "./tiff-directory.ts";

/** Sample values that become 0 and 255. */
export type Window = readonly [black: number, white: number];

/** What each value of `bits` bits becomes: black and below 0, white and above 255. */
export function windowTable(bits: 8 | 16, [black, white]: Window): Uint8Array {
  return Uint8Array.from({ length: 2 ** bits }, (_, value) => {
    const share = (value - black) / (white - black);
    return Math.round(255 * Math.min(1, Math.max(0, share)));
  });
}

/** The first `n` samples of 16 bits by a table of all their values. @throws Error where there are fewer */
export function narrowWords(bytes: Uint8Array, n: number, table: Uint8Array): Uint8Array {
  if (bytes.length < n * 2) throw new Error(`${bytes.length} bytes that are cut off`);
  const view = viewOf(bytes);
  const data = new Uint8Array(n);
  for (let i = 0; i < n; i++) data[i] = table[view.getUint16(i * 2, true)] as number;
  return data;
}
