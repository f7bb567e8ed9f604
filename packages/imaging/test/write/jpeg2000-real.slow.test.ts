/** JPEG 2000 of a real scanner passed on untouched, and read again by programs we did not make. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { unwrap } from "@nacre/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Slide } from "../../src/index.ts";
import { openSlideFile } from "../../src/node.ts";
import { convert, levelOf, ownFolder } from "./converted.ts";

const at = ownFolder("jpeg2000-real");
const real = fileURLToPath(new URL("../../../../../shared/data/slides/TCGA-CR-7395-01A-01-TS1.svs", import.meta.url));
const hasReal = existsSync(real);
if (!hasReal) console.log("skipped: shared/data/slides/TCGA-CR-7395-01A-01-TS1.svs is not here");
const PYTHON = "/usr/bin/python3";
const hasOpenSlide = spawnSync(PYTHON, ["-c", "import openslide"]).status === 0;
if (!hasOpenSlide) console.log("skipped: python3-openslide is not installed");

/** RGB of a whole level as OpenSlide reads it, into a file beside. */
const READ = `
import sys, openslide
slide = openslide.OpenSlide(sys.argv[1])
size = slide.level_dimensions[1]
open(sys.argv[1] + ".raw", "wb").write(slide.read_region((0, 0), 1, size).convert("RGB").tobytes())
`;

describe.skipIf(!hasReal)("a real SVS of JPEG 2000", () => {
  let slide: Slide;
  beforeAll(async () => {
    slide = unwrap(await openSlideFile(real, { icc: "keep", mpp: 0.5 }));
  });
  afterAll(() => slide?.close());

  for (const name of ["real.svs", "real.dcm"]) {
    it(`keeps the bytes of every block of both its levels in ${name}`, async () => {
      const { report, copy } = await convert(slide, at(name));
      expect(report.levels.slice(0, 2).map(({ how }) => how)).toEqual(["passed", "passed"]);
      expect(report.passed).toBe(18 * 14 + 9 * 7);
      for (const [level, columns, rows] of [
        [0, 18, 14],
        [1, 9, 7],
      ] as const) {
        for (let i = 0; i < columns * rows; i++) {
          const [column, row] = [i % columns, Math.floor(i / columns)];
          const [was, is] = [await slide.stored?.(level, column, row), await copy.stored?.(level, column, row)];
          // DICOM fills odd frames with one byte
          const n = was?.bytes.length ?? 0;
          expect(is?.bytes.length).toBeLessThanOrEqual(n + 1);
          expect(Buffer.compare(is?.bytes.subarray(0, n) as Uint8Array, was?.bytes as Uint8Array)).toBe(0);
        }
      }
      copy.close();
    }, 120_000);
  }

  it.skipIf(!hasOpenSlide)(
    "is read by OpenSlide out of our SVS as Nacre reads the original",
    async () => {
      const { copy } = await convert(slide, at("openslide.svs"));
      expect(spawnSync(PYTHON, ["-c", READ, at("openslide.svs")], { encoding: "utf8" }).stderr).toBe("");
      expect(readFileSync(`${at("openslide.svs")}.raw`).equals((await levelOf(slide, 1)).data)).toBe(true);
      copy.close();
    },
    120_000,
  );
});
