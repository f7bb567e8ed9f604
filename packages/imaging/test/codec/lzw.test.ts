import { describe, expect, it } from "vitest";
import { lzwDecode } from "../../src/codec/lzw.ts";

/** Codes of nine bits, most significant first. */
function pack(codes: readonly number[]): Uint8Array {
  const bits = codes.map((code) => code.toString(2).padStart(9, "0")).join("");
  return Uint8Array.from(bits.match(/.{1,8}/g) ?? [], (byte) => Number.parseInt(byte.padEnd(8, "0"), 2));
}

describe("lzwDecode(bytes, length)", () => {
  it("expands strings that were seen before, and the one being made", () => {
    expect([...lzwDecode(pack([256, 7, 258, 258, 257]), 5)]).toEqual([7, 7, 7, 7, 7]);
    expect([...lzwDecode(pack([256, 1, 2, 258, 260, 257]), 7)]).toEqual([1, 2, 1, 2, 1, 2, 1]);
  });

  it("gives fewer bytes where the end code comes first, as in a low last strip", () => {
    expect([...lzwDecode(pack([256, 7, 258, 257]), 5)]).toEqual([7, 7, 7]);
  });

  it("fails on data that is cut off, says more, or names a string that does not exist", () => {
    expect(() => lzwDecode(pack([256, 7]), 5)).toThrow(/ends after/);
    expect(() => lzwDecode(pack([256, 7, 258, 258]), 4)).toThrow(/more than 4/);
    expect(() => lzwDecode(pack([256, 7, 300]), 5)).toThrow(/300/);
  });
});
