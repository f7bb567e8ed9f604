import { describe, expect, it } from "vitest";
import { BlockCache } from "../../src/slide/block-cache.ts";

const block = (value: number, bytes = 12) => ({ width: bytes / 3, height: 1, data: new Uint8Array(bytes).fill(value) });

describe("the blocks a slide remembers", () => {
  it("are those used last, as many as there is room for", () => {
    const cache = new BlockCache(36);
    for (let i = 0; i < 3; i++) cache.keep(i, block(i));
    cache.find(0);
    cache.keep(3, block(3));
    expect([0, 1, 2, 3].map((key) => cache.find(key)?.data[0])).toEqual([0, undefined, 2, 3]);
  });

  it("give their array to the next block of that size once they are forgotten, and never before", () => {
    const cache = new BlockCache(24);
    const blocks = [block(0), block(1), block(2)] as const;
    cache.keep(0, blocks[0]);
    cache.keep(1, blocks[1]);
    expect(blocks.map(({ data }) => data)).not.toContain(cache.room(12));
    cache.keep(2, blocks[2]);
    expect(cache.room(12)).toBe(blocks[0].data);
    expect(cache.room(12)).toHaveLength(12);
    expect(cache.find(1)?.data).toBe(blocks[1].data);
  });

  it("give room of the size that is asked for, whatever was forgotten", () => {
    const cache = new BlockCache(12);
    cache.keep(0, block(0));
    cache.keep(1, block(1));
    expect(cache.room(6)).toEqual(new Uint8Array(6));
  });
});
