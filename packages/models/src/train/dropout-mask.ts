/**
 * Dropout masks from a seeded stream (Srivastava 2014, inverted form). One draw of 32 bits makes four decisions: each byte
 * is compared with a threshold, all four at once, so rates are whole multiples of 1/256 (0.25 is exactly 64/256).
 */
import type { Random } from "@nacre/core";

const LANES = 0x01010101;
const LOW_BITS = 0x7f7f7f7f;

/** The rate that masks really have: the nearest multiple of 1/256. @throws RangeError outside [0, 0.99] */
export function dropoutRate(rate: number): number {
  if (!(rate >= 0 && rate <= 0.99)) throw new RangeError(`expected a dropout rate from 0 to 0.99, received ${rate}`);
  return Math.round(rate * 256) / 256;
}

/** Fills the first `count` bytes with 1 (keep) or 0 (drop). The buffer's length is a multiple of 4, at least `count`. */
export function fillMask(mask: Uint8Array, count: number, rate: number, random: Random): void {
  const drop = Math.round(dropoutRate(rate) * 256);
  const words = new Uint32Array(mask.buffer, mask.byteOffset, Math.ceil(count / 4));
  if (drop <= 128) {
    const lift = (128 - drop) * LANES;
    for (let i = 0; i < words.length; i++) {
      const bits = random.bits();
      words[i] = ((((bits & LOW_BITS) + lift) | bits) >>> 7) & LANES;
    }
    return;
  }
  const lift = (256 - drop) * LANES;
  for (let i = 0; i < words.length; i++) {
    const bits = random.bits();
    words[i] = ((((bits & LOW_BITS) + lift) & bits) >>> 7) & LANES;
  }
}
