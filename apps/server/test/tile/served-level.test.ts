import type { Level } from "@nacre/imaging";
import { describe, expect, it } from "vitest";
import { CUT_SIDE, servedLevels } from "../../src/tile/served-level.ts";

function slide(
  width: number,
  height: number,
  levels: readonly (readonly [downsample: number, blockWidth: number, blockHeight: number])[],
) {
  return {
    width,
    height,
    levels: levels.map(
      ([downsample, blockWidth, blockHeight], index): Level => ({
        index,
        width: Math.round(width / downsample),
        height: Math.round(height / downsample),
        downsample,
        blockWidth,
        blockHeight,
      }),
    ),
  };
}

describe("servedLevels", () => {
  it("serves stored blocks as they are, at every level of a usual pyramid", () => {
    const levels = servedLevels(
      slide(46000, 32914, [
        [1, 240, 240],
        [4, 240, 240],
        [16, 240, 240],
        [32, 240, 240],
      ]),
    );
    expect(levels.map(({ stored }) => stored)).toEqual([0, 1, 2, 3]);
    expect(levels[1]).toMatchObject({ width: 11500, blockWidth: 240, downsample: 4 });
  });

  it("cuts squares where stored blocks are strips, tiny, or the whole picture", () => {
    for (const block of [
      [46000, 8],
      [64, 64],
      [4000, 4000],
    ] as const) {
      const [level] = servedLevels(slide(2000, 2000, [[1, ...block]]));
      expect(level).toMatchObject({ stored: null, blockWidth: CUT_SIDE, blockHeight: CUT_SIDE });
    }
  });

  it("adds coarser levels until a first view needs few blocks", () => {
    const levels = servedLevels(slide(100_000, 80_000, [[1, 256, 256]]));
    expect(levels.map(({ downsample }) => downsample)).toEqual([1, 4, 16, 64]);
    expect(levels.at(-1)).toMatchObject({ width: 1563, height: 1250, stored: null });
  });

  it("fills a gap between levels that would make a view between them read hundreds of blocks", () => {
    const levels = servedLevels(
      slide(60_000, 60_000, [
        [1, 256, 256],
        [64, 256, 256],
      ]),
    );
    expect(levels.map(({ downsample }) => downsample)).toEqual([1, 4, 16, 64]);
    expect(levels.map(({ stored }) => stored)).toEqual([0, null, null, 1]);
    expect(
      servedLevels(
        slide(60_000, 60_000, [
          [1, 256, 256],
          [8, 256, 256],
          [32, 256, 256],
        ]),
      ),
    ).toHaveLength(3);
  });

  it("never serves a level without pixels, and always one", () => {
    for (const side of [1, 2, 17, 2049, 262_144]) {
      const levels = servedLevels(slide(side, 1, [[1, 256, 256]]));
      expect(levels.length).toBeGreaterThan(0);
      for (const { width, height } of levels) expect(Math.min(width, height)).toBeGreaterThan(0);
    }
  });
});
