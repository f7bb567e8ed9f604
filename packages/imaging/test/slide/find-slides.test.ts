/** A folder of slides of every kind that is more than one file: each is found once, and opens. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { unwrap } from "@nacre/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findSlides, openSlideFile } from "../../src/node.ts";
import { buildDicom } from "../format/dicom-builder.ts";
import { type BaseSlide, baseSlides } from "../hostile/base-slides.ts";
import { picture } from "../picture.ts";
import { cut } from "../tiff-builder.ts";

const folder = mkdtempSync(join(tmpdir(), "nacre-find-slides-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string | Uint8Array): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function place({ files }: BaseSlide, rename: (name: string) => string): void {
  for (const [name, bytes] of files) write(rename(name), bytes);
}

/** An instance of one level of a series. */
function instance(series: string, side: number): Uint8Array {
  const frames = cut(picture(side, side), side, side);
  return buildDicom({
    width: side,
    height: side,
    block: [side, side],
    frames,
    series,
    uid: `${series}.${side}`,
    mpp: 1,
  });
}

beforeAll(async () => {
  const bases = new Map((await baseSlides()).map((base) => [base.name, base]));
  const base = (name: string): BaseSlide => bases.get(name) as BaseSlide;
  place(base("svs"), () => "site a/plain.svs");
  place(base("czi"), () => "site a/one.czi");
  place(base("vsi"), (name) => `site a/${name}`);
  place(base("dzi"), (name) => `site b/${name.replace(/^a/, "deep")}`);
  place(base("zarr-0.4"), (name) => `site b/four.zarr/${name}`);
  place(base("zarr-0.5"), (name) => `site b/five.ome.zarr/${name}`);
  // a folder of one series, a folder of two, a series beside a file
  for (const side of [64, 32]) write(`series/${side}.dcm`, instance("1.5", side));
  for (const series of ["1.6", "1.7"])
    for (const side of [64, 32]) write(`two/${series}.${side}`, instance(series, side));
  for (const side of [64, 32]) write(`mixed/${side}.dcm`, instance("1.8", side));
  place(base("tiff"), () => "mixed/flat.tiff");
  write("mirax/m.mrxs", "MIRAX");
  write("mirax/m/Slidedat.ini", "[GENERAL]");
  write("mirax/m/Data0001.dat", "pixels");
  write("cohort.csv", "slide,label");
  write("empty/notes.txt", "nothing");
  symlinkSync(folder, join(folder, "site a", "back"));
});

const FOUND = [
  "mirax/m.mrxs",
  "mixed/32.dcm",
  "mixed/flat.tiff",
  "series",
  "site a/a.vsi",
  "site a/one.czi",
  "site a/plain.svs",
  "site b/deep.dzi",
  "site b/five.ome.zarr",
  "site b/four.zarr",
  "two/1.6.32",
  "two/1.7.32",
];

describe("the slides of a folder", () => {
  it("are each found once, and nothing that lies inside them", async () => {
    const found = await findSlides(folder);
    expect(found.map((path) => relative(folder, path)).sort()).toEqual(FOUND);
  });

  it("all open, but for MIRAX, which needs OpenSlide", async () => {
    for (const path of await findSlides(folder)) {
      if (path.endsWith(".mrxs")) continue;
      const slide = unwrap(await openSlideFile(path));
      expect(slide.info.width, path).toBeGreaterThanOrEqual(64);
      slide.close();
    }
  });

  it("are the folder itself where it is one slide, the file where it is one, and none where there is none", async () => {
    for (const name of ["series", "site b/four.zarr", "site a/one.czi"]) {
      expect(await findSlides(join(folder, name))).toEqual([join(folder, name)]);
    }
    expect(await findSlides(join(folder, "empty"))).toEqual([]);
  });
});
