/** Written slides in the hands of programs we did not make. Each part runs where Debian's package is installed, and says so where not. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import { beforeAll, describe, expect, it } from "vitest";
import { deidentifySlide, openSlideFile, writeSyntheticSlide } from "../../src/node.ts";
import { convert, levelOf, ownFolder, worst } from "./converted.ts";

const at = ownFolder("other-readers");
const PYTHON = "/usr/bin/python3";
const runs = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;
const hasOpenSlide = runs(PYTHON, "-c", "import openslide");
const hasDcmtk = spawnSync("dcmftest", ["--version"]).error === undefined;
const hasDciodvfy = spawnSync("dciodvfy", ["-version"]).error === undefined;
const hasVips = spawnSync("vips", ["--version"]).error === undefined;
const hasGdal = spawnSync("gdal_translate", ["--version"]).error === undefined;
const hasTifffile = runs(PYTHON, "-c", "import tifffile");
const hasNumcodecs = runs(PYTHON, "-c", "import numcodecs, numpy");
if (!hasOpenSlide) console.log("skipped: python3-openslide is not installed");
if (!hasDcmtk) console.log("skipped: dcmtk is not installed");
if (!hasVips) console.log("skipped: libvips-tools is not installed");
if (!hasGdal) console.log("skipped: gdal-bin is not installed");
if (!hasTifffile) console.log("skipped: python3-tifffile is not installed");
if (!hasNumcodecs) console.log("skipped: python3-numcodecs is not installed");
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

describe.skipIf(!hasVips)("libvips", () => {
  for (const [name, option] of [
    ["vips.tif", "page"],
    ["vips.ome.tif", "subifd"],
  ] as const) {
    it(`reads the same pixels out of every level of ${name}`, async () => {
      const slide = await source();
      const { copy } = await convert(slide, at(name));
      slide.close();
      for (const { index } of copy.info.levels) {
        // SubIFDs are counted from the first coarser level on
        const n = option === "page" ? index : index - 1;
        const raw = at(`${name}.${index}.raw`);
        const { stderr } = spawnSync("vips", ["rawsave", `${at(name)}[${option}=${n}]`, raw], { encoding: "utf8" });
        expect(stderr).toBe("");
        expect(readFileSync(raw).equals((await levelOf(copy, index)).data), `level ${index}`).toBe(true);
      }
      copy.close();
    });
  }
});

describe.skipIf(!hasGdal)("GDAL", () => {
  for (const name of ["gdal.tif", "gdal.svs", "gdal.ome.tif"]) {
    it(`reads the same pixels out of level 0 of ${name}`, async () => {
      const slide = await source();
      const { copy } = await convert(slide, at(name));
      slide.close();
      const raw = at(`${name}.raw`);
      const { status, stderr } = spawnSync(
        "gdal_translate",
        ["-q", "-of", "ENVI", "-co", "INTERLEAVE=BIP", at(name), raw],
        { encoding: "utf8" },
      );
      expect(status, stderr).toBe(0);
      expect(readFileSync(raw).equals((await levelOf(copy, 0)).data)).toBe(true);
      copy.close();
    });
  }
});

const SERIES = `
import json, sys, tifffile
with tifffile.TiffFile(sys.argv[1]) as tiff:
    series = tiff.series[0]
    image = tifffile.xml2dict(tiff.ome_metadata)["OME"]["Image"]
    print(json.dumps({"ome": tiff.is_ome, "series": len(tiff.series), "axes": series.axes,
        "levels": [level.shape for level in series.levels], "mpp": image["Pixels"].get("PhysicalSizeX")}))
`;

describe.skipIf(!hasTifffile)("tifffile", () => {
  const told = (file: string): unknown => {
    const { stdout, stderr } = spawnSync(PYTHON, ["-c", SERIES, file], { encoding: "utf8" });
    expect(stderr).toBe("");
    return JSON.parse(stdout);
  };

  it("takes an OME-TIFF for one image with its levels and its scale, and so its clean copy", async () => {
    const slide = await source();
    const { copy } = await convert(slide, at("series.ome.tif"));
    slide.close();
    unwrap(await deidentifySlide(at("series.ome.tif"), at("clean.ome.tif")));
    const levels = copy.info.levels.map(({ width, height }) => [height, width, 3]);
    const wanted = { ome: true, series: 1, axes: "YXS", levels, mpp: copy.info.mpp };
    expect(told(at("series.ome.tif"))).toEqual(wanted);
    expect(told(at("clean.ome.tif"))).toEqual(wanted);
    copy.close();
  });
});

/** Zarr 3 by the letter of its specification: Debian's zarr-python knows Zarr 2 alone, but its codecs are those of Zarr 3. */
const ZARR = `
import json, os, sys, numpy, numcodecs
root = sys.argv[1]
group = json.load(open(os.path.join(root, "zarr.json")))
for entry in group["attributes"]["ome"]["multiscales"][0]["datasets"]:
    folder = os.path.join(root, entry["path"])
    meta = json.load(open(os.path.join(folder, "zarr.json")))
    assert meta["data_type"] == "uint8" and [c["name"] for c in meta["codecs"]] == ["bytes", "zstd"]
    shape, chunk = meta["shape"], meta["chunk_grid"]["configuration"]["chunk_shape"]
    grid = [-(-s // c) for s, c in zip(shape, chunk)]
    whole = numpy.full([g * c for g, c in zip(grid, chunk)], meta["fill_value"], numpy.uint8)
    for at in numpy.ndindex(*grid):
        path = os.path.join(folder, "c", *map(str, at))
        part = numpy.frombuffer(numcodecs.Zstd().decode(open(path, "rb").read()), numpy.uint8).reshape(chunk)
        whole[tuple(slice(a * c, (a + 1) * c) for a, c in zip(at, chunk))] = part
    pixels = whole[:, :shape[1], :shape[2]].transpose(1, 2, 0)
    open(root + "." + entry["path"] + ".raw", "wb").write(numpy.ascontiguousarray(pixels).tobytes())
`;

describe.skipIf(!hasNumcodecs)("numcodecs and NumPy", () => {
  it("read the same pixels out of every level of an OME-Zarr", async () => {
    const slide = await source();
    const { copy } = await convert(slide, at("copy.ome.zarr"));
    slide.close();
    expect(spawnSync(PYTHON, ["-c", ZARR, at("copy.ome.zarr")], { encoding: "utf8" }).stderr).toBe("");
    for (const { index } of copy.info.levels)
      expect(readFileSync(`${at("copy.ome.zarr")}.${index}.raw`).equals((await levelOf(copy, index)).data)).toBe(true);
    copy.close();
  });
});

describe.skipIf(!hasDcmtk)("dcmtk", () => {
  for (const name of ["converted", "deidentified"]) {
    it(`takes every ${name} instance for DICOM, and decodes its frames to the pixels of the slide`, async () => {
      const slide = await source();
      const { report, copy } = await convert(slide, at(`${name}.dcm`));
      slide.close();
      let folder = at(`${name}.dcm`);
      if (name === "deidentified") {
        folder = at("clean.dcm");
        unwrap(await deidentifySlide(at(`${name}.dcm`), folder));
      }
      mkdirSync(at(`${name} plain`));
      const files = readdirSync(folder);
      expect(files).toHaveLength(report.levels.length);
      for (const file of files) {
        const path = join(folder, file);
        expect(runs("dcmftest", path), path).toBe(true);
        const { stdout, stderr } = spawnSync("dcmdump", [path], { encoding: "utf8" });
        expect(stderr).toBe("");
        expect(stdout).toMatch(/\(0008,0016\) UI =VLWholeSlideMicroscopyImageStorage/);
        expect(runs("dcm2xml", path, at("told.xml")), path).toBe(true);
        expect(runs("dcmdjpeg", path, join(at(`${name} plain`), file)), path).toBe(true);
      }
      const plain = unwrap(await openSlideFile(at(`${name} plain`), { icc: "keep" }));
      expect(plain.info.levels.length).toBe(report.levels.length);
      for (const { index } of copy.info.levels)
        expect(worst(await levelOf(copy, index), await levelOf(plain, index)), `level ${index}`).toBe(0);
      plain.close();
      copy.close();
    });
  }
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
