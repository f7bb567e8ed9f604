import { describe, expect, it } from "vitest";
import { createBand } from "../../src/write/band.ts";
import { picture } from "../picture.ts";
import { cut } from "../tiff-builder.ts";
import { boxMean } from "./converted.ts";

describe("a band", () => {
  for (const [step, tile] of [
    [2, 16],
    [3, 12],
    [4, 16],
    [16, 16],
  ] as const) {
    it(`hands on means of ${step} x ${step} pixels, tile by tile, row by row`, async () => {
      const raster = picture(tile * step * 2, tile * step * 2);
      const small = boxMean(raster, step);
      const handed: string[] = [];
      const fill = new Uint8Array(tile * tile * 3).fill(255);
      const band = createBand(
        { width: small.width, height: small.height, tile, step, fill },
        async (column, row, rgb) => {
          handed.push(`${column},${row}`);
          expect(Buffer.from(rgb ?? []).equals(cut(small, tile, tile)[row * 2 + column] as Uint8Array)).toBe(true);
        },
      );
      const tiles = cut(raster, tile, tile);
      const columns = 2 * step;
      for (const [i, rgb] of tiles.entries()) await band.add(i % columns, Math.floor(i / columns), rgb);
      await band.flush();
      expect(handed).toEqual(["0,0", "1,0", "0,1", "1,1"]);
    });
  }

  it("refuses a step that does not divide the tile", () => {
    const spec = { width: 10, height: 10, tile: 16, step: 3, fill: new Uint8Array(768) };
    expect(() => createBand(spec, async () => {})).toThrow(RangeError);
  });
});
