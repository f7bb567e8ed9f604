/** The laws every encoder keeps. A new encoder runs them with one line. */
import { isFailureError } from "@nacre/core";
import { expect, it } from "vitest";
import type { Encoder } from "../../src/encoder/encoder.ts";
import { flatTile, tissueTile } from "../tiles.ts";

export function encoderContract(withEncoder: (body: (encoder: Encoder) => Promise<void>) => Promise<void>): void {
  it("gives [n, dim] finite features and a space that names it", () =>
    withEncoder(async (encoder) => {
      const { size, dim, name } = encoder.card;
      const features = await encoder.encode([
        tissueTile(size, 1),
        tissueTile(size, 2),
        flatTile(size, [255, 255, 255]),
      ]);
      expect(features.length).toBe(3 * dim);
      expect(features.every(Number.isFinite)).toBe(true);
      expect(encoder.space).toMatch(new RegExp(`^${name}@[0-9a-f]{12}$`));
    }));

  it("gives a tile the same features whatever tiles stand beside it", () =>
    withEncoder(async (encoder) => {
      const { size, dim } = encoder.card;
      const tiles = Array.from({ length: 11 }, (_, i) => tissueTile(size, i));
      const together = await encoder.encode(tiles);
      const reversed = await encoder.encode([...tiles].reverse());
      for (let i = 0; i < tiles.length; i++) {
        const here = together.subarray(i * dim, (i + 1) * dim);
        const there = reversed.subarray((10 - i) * dim, (11 - i) * dim);
        for (let j = 0; j < dim; j++) expect(there[j]).toBeCloseTo(here[j] as number, 4);
      }
    }));

  it("gives the same bytes twice", () =>
    withEncoder(async (encoder) => {
      const tiles = Array.from({ length: 9 }, (_, i) => tissueTile(encoder.card.size, i));
      expect(await encoder.encode(tiles)).toEqual(await encoder.encode(tiles));
    }));

  it("gives nothing for no tiles", () =>
    withEncoder(async (encoder) => {
      expect(await encoder.encode([])).toEqual(new Float32Array(0));
    }));

  it("tells tiles apart", () =>
    withEncoder(async (encoder) => {
      const { size, dim } = encoder.card;
      const features = await encoder.encode([tissueTile(size, 1), flatTile(size, [255, 255, 255])]);
      expect(features.subarray(0, dim)).not.toEqual(features.subarray(dim));
    }));

  it("refuses a tile of another size by name", () =>
    withEncoder(async (encoder) => {
      const error = await encoder.encode([tissueTile(encoder.card.size + 32, 1)]).catch((e: unknown) => e);
      expect(isFailureError(error, "encoder-mismatch")).toBe(true);
    }));
}
