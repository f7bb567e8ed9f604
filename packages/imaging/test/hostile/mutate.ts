/** Changes files as damage and malice do: bytes, numbers, lengths, order, text. Seeded, so that each change can be made again. For tests only. */
import type { Random } from "@nacre/core";
import type { BaseSlide } from "./base-slides.ts";

const NUMBERS = [
  0,
  1,
  2,
  127,
  128,
  255,
  256,
  32767,
  32768,
  65535,
  65536,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 53,
];
const WORDS = ["0", "-1", "1e999", "NaN", "99999999999", "0.0000001", "null", "", "{}", "4294967296"];

/** The same slide with one to six changes in one of its files. */
export function mutate(base: BaseSlide, chance: Random): BaseSlide {
  const names = [...base.files.keys()];
  const name = names[chance.below(names.length)] as string;
  let bytes: Uint8Array = (base.files.get(name) as Uint8Array).slice();
  for (let i = 1 + chance.below(6); i > 0 && bytes.length > 0; i--) bytes = change(bytes, chance);
  return { ...base, files: new Map([...base.files, [name, bytes]]) };
}

function change(bytes: Uint8Array, chance: Random): Uint8Array {
  const at = place(bytes, chance);
  switch (chance.below(10)) {
    case 0:
    case 1:
      bytes[at] = chance.below(256);
      return bytes;
    case 2:
      bytes[at] = (bytes[at] as number) ^ (1 << chance.below(8));
      return bytes;
    case 3:
    case 4:
    case 5:
      return number(bytes, at, chance);
    case 6:
      return chance.below(4) === 0 ? bytes.slice(0, at) : bytes;
    case 7:
      return splice(bytes, at, 1 + chance.below(32), new Uint8Array());
    case 8: {
      const from = place(bytes, chance);
      return splice(bytes, at, chance.below(2) * 16, bytes.slice(from, from + 1 + chance.below(64)));
    }
    default:
      return word(bytes, chance);
  }
}

/** Heads and tables lie in front or at the end of most formats. */
function place(bytes: Uint8Array, chance: Random): number {
  const reach = chance.below(3);
  if (reach === 0) return chance.below(Math.min(bytes.length, 600));
  if (reach === 1) return bytes.length - 1 - chance.below(Math.min(bytes.length, 1200));
  return chance.below(bytes.length);
}

/** A number of one to eight bytes that readers stumble over, or a little more or less than what stands there. */
function number(bytes: Uint8Array, at: number, chance: Random): Uint8Array {
  const width = [1, 2, 4, 8][chance.below(4)] as number;
  const start = Math.min(at - (at % (chance.below(2) + 1)), bytes.length - width);
  if (start < 0) return bytes;
  const candidates = [...NUMBERS, bytes.length, bytes.length - 1, bytes.length + 1, start, chance.below(2 ** 31)];
  let value = BigInt(candidates[chance.below(candidates.length)] as number);
  const isLittle = chance.below(3) > 0;
  for (let i = 0; i < width; i++, value >>= 8n) bytes[start + (isLittle ? i : width - 1 - i)] = Number(value & 255n);
  return bytes;
}

/** Another number where one stands as text. */
function word(bytes: Uint8Array, chance: Random): Uint8Array {
  const from = place(bytes, chance);
  let at = from;
  while (at < bytes.length && !isDigit(bytes[at])) at++;
  let end = at;
  while (end < bytes.length && isDigit(bytes[end])) end++;
  if (end === at) return bytes;
  return splice(bytes, at, end - at, new TextEncoder().encode(WORDS[chance.below(WORDS.length)]));
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;

function splice(bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.max(0, bytes.length - Math.min(remove, bytes.length - at)) + insert.length);
  out.set(bytes.subarray(0, at));
  out.set(insert, at);
  out.set(bytes.subarray(Math.min(bytes.length, at + remove)), at + insert.length);
  return out;
}
