/** The stain of a whole slide, the fixed references, and grey levels without a power a pixel. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mpp, unwrap } from "@nacre/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  blankRaster,
  fitSlideStain,
  rasterSlide,
  type Slide,
  stainReference,
  wholeImageTiles,
} from "../../src/index.ts";
import { openSlideFile, writeSyntheticSlide } from "../../src/node.ts";
import { greyTable } from "../../src/stain/grey-table.ts";
import { greyOf } from "../../src/stain/optical-density.ts";

const METHODS = ["macenko", "vahadane", "reinhard"] as const;
const SPEC = { mpp: mpp(0.5), size: 128, minTissue: 0 };

describe("the stain of a slide", () => {
  const home = mkdtempSync(join(tmpdir(), "nacre-stain-"));
  let slide: Slide;
  beforeAll(async () => {
    await writeSyntheticSlide(join(home, "s.svs"), { seed: 5, width: 1024, height: 1024, pieces: 1, tissueShare: 0.5 });
    slide = unwrap(await openSlideFile(join(home, "s.svs")));
  });
  afterAll(() => {
    slide.close();
    rmSync(home, { recursive: true });
  });

  it.each(METHODS)("by %s is the same whenever it is asked, from at most 32 tiles", async (method) => {
    const tiles = unwrap(wholeImageTiles(slide, SPEC));
    expect(tiles.n).toBe(64);
    const once = unwrap(await fitSlideStain(slide, tiles, method));
    expect(once.tiles).toBe(32);
    expect(unwrap(await fitSlideStain(slide, tiles, method))).toEqual(once);
    expect(once.profile.method).toBe(method);
  });

  it("is near the dyes it was drawn with, which are those of the reference", async () => {
    const { profile } = unwrap(await fitSlideStain(slide, unwrap(wholeImageTiles(slide, SPEC)), "vahadane"));
    const { profile: reference } = stainReference("vahadane");
    if (profile.method === "reinhard" || reference.method === "reinhard") throw new TypeError("expected two dyes");
    const cosine = profile.haematoxylin.reduce((sum, v, c) => sum + v * reference.haematoxylin[c as 0], 0);
    expect(cosine).toBeGreaterThan(0.995);
  });

  it.each(METHODS)("by %s is a named failure on glass", async (method) => {
    const glass = rasterSlide(blankRaster(256, 256), { mpp: mpp(0.5) });
    const failed = await fitSlideStain(glass, unwrap(wholeImageTiles(glass, SPEC)), method);
    expect(failed).toMatchObject({ ok: false, failure: { kind: "no-tissue" } });
  });
});

it("references are named, of their method, and of unit directions", () => {
  for (const method of METHODS) {
    const { name, profile } = stainReference(method);
    expect([name, profile.method]).toEqual([method === "reinhard" ? "amgad-2019" : "veta-2013", method]);
    if (profile.method === "reinhard") expect(profile.mean[0]).toBeCloseTo(-0.3752, 3);
    else for (const dye of [profile.haematoxylin, profile.eosin]) expect(Math.hypot(...dye)).toBeCloseTo(1, 12);
  }
});

it("grey levels from the table are those of the power, for every density and white", () => {
  for (const white of [255, 240, 200]) {
    const grey = greyTable(white);
    for (let d = -0.2; d < 4; d += 0.00037) expect(grey(d)).toBe(greyOf(d, white));
  }
});
