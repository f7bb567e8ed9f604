import { describe, expect, it } from "vitest";
import { BlockCache } from "../../src/slide/block-cache.ts";

const block = (value: number, bytes = 12) => ({ width: bytes / 3, height: 1, data: new Uint8Array(bytes).fill(value) });

describe("the blocks a slide remembers", () => {
  it("are those used last, as many as there is room for", () => {
    const cache = new BlockCache({ capacity: 36 });
    for (let i = 0; i < 3; i++) cache.keep(i, block(i));
    cache.find(0);
    cache.keep(3, block(3));
    expect([0, 1, 2, 3].map((key) => cache.find(key)?.data[0])).toEqual([0, undefined, 2, 3]);
  });

  it("give up their pixels once they are forgotten, and never before", () => {
    const forgotten: Uint8Array[] = [];
    const cache = new BlockCache({ capacity: 24, forget: (data) => void forgotten.push(data) });
    const blocks = [block(0), block(1), block(2)] as const;
    cache.keep(0, blocks[0]);
    cache.keep(1, blocks[1]);
    expect(forgotten).toEqual([]);
    cache.keep(2, blocks[2]);
    expect(forgotten).toEqual([blocks[0].data]);
    expect(cache.find(1)?.data).toBe(blocks[1].data);
    cache.clear();
    expect(new Set(forgotten)).toEqual(new Set(blocks.map(({ data }) => data)));
    expect(cache.find(1)).toBeUndefined();
  });
});
