import { deflateSync } from "node:zlib";
import Zstd from "numcodecs/zstd";
import { describe, expect, it } from "vitest";
import { unpackBits } from "../../src/codec/packbits.ts";
import { streamInflate } from "../../src/codec/stream-inflate.ts";
import { frameOf, zstdUnpacker } from "../../src/codec/zstd.ts";
import { picture } from "../picture.ts";

const { data } = picture(70, 45);

describe("unpackBits(bytes, length)", () => {
  it("expands the example of Apple's technical note", () => {
    const packed = [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7, 0xaa];
    const plain = "aaaaaa80002aaaaaaaaa80002a22aaaaaaaaaaaaaaaaaaaa";
    expect(Buffer.from(unpackBits(Uint8Array.from(packed), 24)).toString("hex")).toBe(plain);
  });

  it("passes over the byte that says nothing, and gives fewer bytes where the data ends", () => {
    expect([...unpackBits(Uint8Array.from([128, 0, 7, 255, 9]), 10)]).toEqual([7, 9, 9]);
  });

  it("fails on runs that say more or break off", () => {
    expect(() => unpackBits(Uint8Array.from([129, 5]), 100)).toThrow(/more than 100/);
    expect(() => unpackBits(Uint8Array.from([5, 1, 2]), 100)).toThrow(/ends after 0/);
  });
});

describe("Zstandard", () => {
  const later = "later" in zstdUnpacker ? zstdUnpacker.later : () => Promise.reject(new Error("not later"));

  it("is expanded, and its headers tell at most how far", async () => {
    const packed = await new Zstd().encode(data);
    expect(await later(packed, data.length)).toEqual(data);
    expect(frameOf(packed).most).toBeGreaterThanOrEqual(data.length);
  });

  it("that says more than the block holds is refused, a bomb before it is expanded", async () => {
    const packed = await new Zstd().encode(data);
    await expect(later(packed, data.length - 1)).rejects.toThrow(/not 9449/);
    // 100,000 blocks that each repeat one byte 2^17 times: 12 GiB out of 400 kB
    const bomb = new Uint8Array(6 + 400_000);
    bomb.set([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58]);
    for (let i = 0; i < 100_000; i++) bomb.set([i === 99_999 ? 3 : 2, 0, 0x10, 7], 6 + i * 4);
    expect(frameOf(bomb).most).toBe(100_000 * 2 ** 17);
    await expect(later(bomb, 1000)).rejects.toThrow(/up to 13107200000 bytes/);
  });

  it("is expanded though bytes follow it, which the library alone would wait behind for ever", async () => {
    const packed = await new Zstd().encode(data);
    expect(frameOf(packed).end).toBe(packed.length);
    for (const tail of [[0], [0, 0], [0x28, 0xb5, 0x2f], [...packed.subarray(0, 9)], [...packed]])
      expect(await later(Uint8Array.from([...packed, ...tail]), data.length)).toEqual(data);
  });

  it("cut off anywhere fails", async () => {
    const packed = await new Zstd().encode(data);
    for (let n = 0; n < packed.length; n += 7)
      await expect(later(packed.subarray(0, n), data.length)).rejects.toThrow(Error);
  });
});

describe("streamInflate(bytes, length)", () => {
  it("gives what the zlib of Node gives", async () => {
    expect(await streamInflate(deflateSync(data), data.length)).toEqual(data);
  });

  it("stops a stream that says too much, and fails on broken or cut-off ones", async () => {
    await expect(streamInflate(deflateSync(new Uint8Array(2 ** 24)), 1000)).rejects.toThrow(/more than 1000/);
    await expect(streamInflate(deflateSync(data).subarray(0, 50), data.length)).rejects.toThrow(Error);
    await expect(streamInflate(Uint8Array.from([1, 2, 3, 4]), 10)).rejects.toThrow(Error);
  });
});
