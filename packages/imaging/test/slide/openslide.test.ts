/** Pixels of real slides against OpenSlide's, recorded by tools/oracles/openslide_regions.py. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { openSlideFile } from "../../src/node.ts";

const slides = fileURLToPath(new URL("../../../../../shared/data/slides/", import.meta.url));
const golden = JSON.parse(readFileSync(new URL("../golden/openslide_regions.json", import.meta.url), "utf8"));
const hasSlides = existsSync(slides);
if (!hasSlides) console.log(`skipped: no real slides at ${slides}`);

describe.skipIf(!hasSlides)("a real slide", () => {
  for (const [name, recorded] of Object.entries<typeof golden.slides.x>(golden.slides)) {
    it(`${name} has the pixels, the levels and the scale that OpenSlide gives`, async () => {
      const slide = unwrap(await openSlideFile(slides + name));
      const { info } = slide;
      // OpenSlide does not see the levels of an OME-TIFF
      const levels = info.levels.slice(0, recorded.levels.length);
      expect(levels.map((level) => [level.width, level.height])).toEqual(recorded.levels);
      expect(levels.map((level) => level.downsample)).toEqual(recorded.downsamples);
      // 3.4.1 knows the scale of vendors' files only
      if (recorded.mpp !== null || info.format !== "tiff")
        expect(info.mpp).toBe(recorded.mpp === null ? null : Number(recorded.mpp));
      const differing: unknown[] = [];
      for (const { sha256, ...region } of recorded.regions) {
        const { data } = unwrap(await slide.read(region));
        if (createHash("sha256").update(data).digest("hex") !== sha256) differing.push(region);
      }
      expect(differing).toEqual([]);
      slide.close();
    });
  }
});
