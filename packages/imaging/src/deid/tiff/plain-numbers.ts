/**
 * Numbers of a tag that stays, as they may be written: few, of the types that TIFF 6.0 gives such tags, and none that could be letters of
 * one or two bytes in a row. Text under the tag of a number has no way into a copy, whatever type the file says it has.
 */
import { type TiffEntry, viewOf } from "../../format/tiff-directory.ts";
import { TAG } from "../../format/tiff-tags.ts";
import { areInOrder } from "../places-in-order.ts";

/** Room for one rational or one 64-bit number: too short to name anybody. */
const SHORT_ENOUGH = 8;
const MAX_VALUES = 8;
/** Above it the upper byte of a 16-bit, and of a 32-bit number could be a letter. */
const [MAX_SHORT, MAX_LONG] = [0x8ff, 0x8ffffff];
const TYPE = { short: 3, long: 4, rational: 5 } as const;

export interface NumberFacts {
  readonly tag: number;
  readonly entry: TiffEntry;
  readonly isLittleEndian: boolean;
  /** Bits of a sample of the picture. */
  readonly bits: number;
  /** Bytes of the file. */
  readonly size: number;
}

/** The bytes as they are or, of fractions, rounded; null where they are not plain numbers. */
export function plainNumbers(bytes: Uint8Array, facts: NumberFacts): Uint8Array | null {
  const { tag, entry, isLittleEndian, bits, size } = facts;
  const view = viewOf(bytes);
  const isAllowed = (isPlain: boolean): Uint8Array | null => (isPlain ? bytes : null);
  if (tag === TAG.colorMap) return isAllowed(entry.type === TYPE.short && entry.count === 3 * 2 ** bits);
  if (bytes.length <= SHORT_ENOUGH) return bytes;
  const words = (step: 2 | 4): number[] =>
    Array.from({ length: bytes.length / step }, (_, i) =>
      step === 2 ? view.getUint16(i * 2, isLittleEndian) : view.getUint32(i * 4, isLittleEndian),
    );
  if (tag === TAG.ndpiMcuStarts) return isAllowed(entry.type === TYPE.long && areInOrder(words(4), size));
  if (tag === TAG.ndpiMcuStartsHigh) return isAllowed(entry.type === TYPE.long && isUpperHalf(words(4), size));
  const isFew = entry.count <= MAX_VALUES;
  if (entry.type === TYPE.short)
    return isAllowed(isFew && words(2).every((word) => word <= MAX_SHORT || word === 0xffff));
  // Hamamatsu's black and white
  if (entry.type === TYPE.long) return isAllowed(isFew && words(4).every((word) => word <= MAX_SHORT));
  return entry.type === TYPE.rational && isFew ? rounded(words(4), isLittleEndian) : null;
}

const isUpperHalf = (words: readonly number[], size: number): boolean => words.every((word) => word <= size / 2 ** 32);

/** Fractions of one denominator pass; others are written in millionths, or in thousandths where they are large. */
function rounded(words: readonly number[], isLittleEndian: boolean): Uint8Array | null {
  const isOne = words.every((word, i) => word <= MAX_LONG && (i % 2 === 0 || word === words[1]));
  const out = new DataView(new ArrayBuffer(words.length * 4));
  for (let i = 0; i < words.length; i += 2) {
    const [above, below] = [words[i] as number, words[i + 1] as number];
    const value = above / below;
    if (!(value < 2 ** 16)) return null;
    const unit = value < 16 ? 1e6 : 1e3;
    out.setUint32(i * 4, isOne ? above : Math.round(value * unit), isLittleEndian);
    out.setUint32(i * 4 + 4, isOne ? below : unit, isLittleEndian);
  }
  return new Uint8Array(out.buffer);
}
