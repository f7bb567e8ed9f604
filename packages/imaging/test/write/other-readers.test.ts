/** Written slides in the hands of programs we did not make. Each part runs where Debian's package is installed, and says so where not. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import { beforeAll, describe, expect, it } from "vitest";
import { openSlideFile, writeSyntheticSlide } from "../../src/node.ts";
import { convert, levelOf, ownFolder } from "./converted.ts";

const at = ownFolder("other-readers");
const PYTHON = "/usr/bin/python3";
const runs = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;
const hasOpenSlide = runs(PYTHON, "-c", "import openslide");
const hasDcmtk = spawnSync("dcmftest", ["--version"]).error === undefined;
const hasDciodvfy = spawnSync("dciodvfy", ["-version"]).error === undefined;
if (!hasOpenSlide) console.log("skipped: python3-openslide is not installed");
if (!hasDcmtk) console.log("skipped: dcmtk is not installed");
if (!hasDciodvfy) console.log("skipped: dicom3tools is not installed");

beforeAll(() => writeSyntheticSlide(at("source.svs"), { seed: 3, width: 900, height: 700 }));

const source = async () => unwrap(await openSlideFile(at("source.svs"), { icc: "keep" }));

/** Writes RGB of a whole level as OpenSlide reads it, and prints what it knows of the slide. */
const READ = `
import json, sys, openslide
slide = openslide.OpenSlide(sys.argv[1])
for level, size in enumerate(slide.level_dimensions):
    open(f"{sys.argv[1]}.{level}.raw", "wb").write(slide.read_region((0, 0), level, size).convert("RGB").tobytes())
print(json.dumps({"vendor": slide.properties["openslide.vendor"], "levels": slide.level_dimensions,
    "mpp": slide.properties.get("openslide.mpp-x"), "associated": list(slide.associated_images)}))
`;

describe.skipIf(!hasOpenSlide)("OpenSlide", () => {
  for (const [name, vendor] of [
    ["copy.tif", "generic-tiff"],
    ["copy.svs", "aperio"],
  ] as const) {
    it(`opens ${name} and reads the same pixels at every level`, async () => {
      const slide = await source();
      const { copy } = await convert(slide, at(name));
      slide.close();
      const { stdout, stderr } = spawnSync(PYTHON, ["-c", READ, at(name)], { encoding: "utf8" });
      expect(stderr).toBe("");
      const told = JSON.parse(stdout);
      expect(told).toMatchObject({ vendor, levels: copy.info.levels.map(({ width, height }) => [width, height]) });
      if (vendor === "aperio") expect([Number(told.mpp), told.associated]).toEqual([copy.info.mpp, ["thumbnail"]]);
      for (const { index } of copy.info.levels) {
        expect(readFileSync(`${at(name)}.${index}.raw`).equals((await levelOf(copy, index)).data)).toBe(true);
      }
      copy.close();
    });
  }
});

describe.skipIf(!hasDcmtk)("dcmtk", () => {
  it("takes every instance for DICOM, and finds frames in it that it can decode", async () => {
    const slide = await source();
    const { report, copy } = await convert(slide, at("dcmtk.dcm"));
    slide.close();
    for (const [i] of report.levels.entries()) {
      const file = join(at("dcmtk.dcm"), `level-${i}.dcm`);
      expect(runs("dcmftest", file), file).toBe(true);
      expect(runs("dcmdjpeg", file, at(`plain-${i}.dcm`)), file).toBe(true);
    }
    copy.close();
  });
});

describe.skipIf(!hasDciodvfy)("dciodvfy", () => {
  it("finds no fault in the modules of any instance", async () => {
    const slide = await source();
    const { report, copy } = await convert(slide, at("modules.dcm"));
    slide.close();
    for (const [i] of report.levels.entries()) {
      const { stderr, stdout } = spawnSync("dciodvfy", [join(at("modules.dcm"), `level-${i}.dcm`)], {
        encoding: "utf8",
      });
      const faults = (stdout + stderr).split("\n").filter((line) => /^(Error|Warning)/.test(line));
      // days are left empty on purpose
      expect(faults.filter((line) => !line.includes("DICOMDIR"))).toEqual([]);
      expect(stderr).toContain("VLWholeSlideMicroscopyImage");
    }
    copy.close();
  });
});
