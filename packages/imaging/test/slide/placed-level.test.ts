import { randomStream, unwrap } from "@nacre/core";
import { expect, it } from "vitest";
import { memorySource } from "../../src/bytes/memory-source.ts";
import type { BlockPainter } from "../../src/slide/block-level.ts";
import { type PlacedLevel, placedReader } from "../../src/slide/placed-level.ts";
import { regionSlide } from "../../src/slide/region-slide.ts";

/** Blocks of one colour, stored as three bytes. */
const painter: BlockPainter = {
  reader: "flat",
  headroom: 0,
  isCheapInParts: true,
  paint(buffer, crop, { data, offset, pitch }) {
    if (buffer[0] === 66) throw new Error("no such colour");
    for (let row = 0; row < crop.height; row++) {
      for (let i = 0; i < crop.width * 3; i++) data[offset + row * pitch + i] = buffer[i % 3] as number;
    }
  },
};

const block = (x: number, y: number, width: number, height: number, offset: number, length = 3) => ({
  ...{ x, y, width, height, offset, length },
});
const level: PlacedLevel = {
  ...{ index: 0, width: 3000, height: 2000, downsample: 1, blockWidth: 1500, blockHeight: 900 },
  blocks: [
    block(0, 0, 1500, 900, 0),
    block(1400, 50, 1500, 900, 3),
    block(0, 1500, 200, 200, 6),
    block(9, 9, 5, 5, 0, 0),
  ],
  painters: [painter],
};
const source = memorySource(Uint8Array.of(10, 20, 30, 40, 50, 60, 66, 66, 66));
const slide = regionSlide({
  info: {
    ...{ format: "mosaic", vendor: "generic", reader: "flat", width: 3000, height: 2000, levels: [level] },
    ...{ mpp: null, mppSource: null, mppInFile: null, objective: null, properties: {}, icc: false, warnings: [] },
  },
  readLevel: placedReader(source, [level]),
  close: () => source.close(),
});

/** What a pixel must be, block by block. */
function colour(x: number, y: number): number {
  if (x < 0 || y < 0 || x >= 3000 || y >= 2000) return 255;
  if (x >= 1400 && x < 2900 && y >= 50 && y < 950) return 40;
  return x < 1500 && y < 900 ? 10 : 255;
}

it("later blocks lie over earlier ones, and what none covers is background", async () => {
  const chance = randomStream(3, "placed");
  for (let i = 0; i < 60; i++) {
    const [x, y] = [chance.below(3200) - 100, chance.below(1400) - 100];
    const [width, height] = [1 + chance.below(60), 1 + chance.below(60)];
    const { data } = unwrap(await slide.read({ level: 0, x, y, width, height }));
    for (let p = 0; p < width * height; p++) {
      expect(data[p * 3]).toBe(colour(x + (p % width), y + Math.floor(p / width)));
    }
  }
});

it("a block that does not decode fails by its place, and the others can still be read", async () => {
  const broken = await slide.read({ level: 0, x: 50, y: 1550, width: 10, height: 10 });
  expect(broken.ok ? null : broken.failure).toMatchObject({ kind: "broken-tile", received: "no such colour" });
  expect((await slide.read({ level: 0, x: 50, y: 50, width: 10, height: 10 })).ok).toBe(true);
});
