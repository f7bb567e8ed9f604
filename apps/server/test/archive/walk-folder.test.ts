import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { insideOf, realInside } from "../../src/archive/inside.ts";
import { type FoundFolder, walkFolder } from "../../src/archive/walk-folder.ts";
import { emptyProject } from "./small-project.ts";

const project = emptyProject();
const outside = mkdtempSync(join(tmpdir(), "nacre-outside-"));
let found: FoundFolder;

beforeAll(async () => {
  const { write, folder } = project;
  write("a.svs", "x");
  write("deep/er/b.NDPI", "x");
  write(".hidden/c.svs", "x");
  write("node_modules/d.svs", "x");
  write("cells.zarr/.zattrs", "{}");
  write("cells.zarr/0/0.0.tiff", "x");
  write("pyramid.dzi", "x");
  write("pyramid_files/0/0_0.jpg", "x");
  write("scan.mrxs", "x");
  write("scan/Data0001.dat", "x");
  write("scan/preview.jpg", "x");
  write("olympus.vsi", "x");
  write("_olympus_/stack1/frame_t.ets", "x");
  write("_olympus_/preview.tif", "x");
  write("series/1.dcm", "x");
  write("series/2.dcm", "xx");
  write("photos/p.jpg", "x");
  write("mixed/s.tiff", "x");
  write("mixed/preview.png", "x");
  write("run/study.yaml", "name: r");
  write("run/predictions.csv", "x");
  write("run/cohort.csv", "x");
  write("run/heatmaps/a.png", "x");
  write("run/slides/r.svs", "x");
  write("plan/study.yaml", "a study that nobody ran");
  writeFileSync(join(outside, "secret.svs"), "x");
  symlinkSync(outside, join(folder, "way-out"));
  symlinkSync(join(outside, "secret.svs"), join(folder, "secret.svs"));
  symlinkSync(join(folder, "deep"), join(folder, "way-in"));
  symlinkSync(folder, join(folder, "deep", "loop"));
  found = await walkFolder(folder);
});

afterAll(() => {
  project.remove();
  rmSync(outside, { recursive: true, force: true });
});

describe("walkFolder", () => {
  it("finds each slide once, of a file, a folder or a file with its folder, and none of the insides", () => {
    const paths = found.slides.map(({ path }) => path).filter((path) => !path.startsWith("way-in/"));
    expect(paths).toEqual([
      "a.svs",
      "cells.zarr",
      "deep/er/b.NDPI",
      "mixed/s.tiff",
      "olympus.vsi",
      "photos/p.jpg",
      "pyramid.dzi",
      "run/slides/r.svs",
      "scan.mrxs",
      "series",
    ]);
  });

  it("follows links that stay inside, and no link that leads outside or in a circle", () => {
    expect(found.slides.some(({ path }) => path.includes("secret"))).toBe(false);
    expect(found.slides.filter(({ path }) => path.startsWith("way-in/")).map(({ path }) => path)).toEqual([
      "way-in/er/b.NDPI",
    ]);
    expect(found.left).toEqual(
      expect.arrayContaining(["secret.svs: a link that leads outside", "way-out: a link that leads outside"]),
    );
  });

  it("calls a folder a run only where something was run", () => {
    expect(found.runs).toEqual(["run"]);
    expect(found.tables).toEqual(["run/cohort.csv"]);
  });

  it("gives another stamp to a file that changed", async () => {
    const before = found.slides.find(({ path }) => path === "a.svs")?.stamp;
    writeFileSync(join(project.folder, "a.svs"), "longer");
    const again = await walkFolder(project.folder);
    expect(again.slides.find(({ path }) => path === "a.svs")?.stamp).not.toBe(before);
    expect(again.slides.find(({ path }) => path === "series")?.stamp).toBe(
      found.slides.find(({ path }) => path === "series")?.stamp,
    );
  });
});

describe("realInside", () => {
  it.each(["../x", "/etc/passwd", "way-out/secret.svs", "secret.svs", "a.svs/..//../..", "a\0.svs", "nothing"])(
    "leads nowhere for %j",
    (path) => {
      expect(realInside(project.folder, path)).toBeNull();
    },
  );

  it("gives the path of what is inside", () => {
    mkdirSync(join(project.folder, "deep", "more"), { recursive: true });
    expect(realInside(project.folder, "deep/../a.svs")).toBe(join(project.folder, "a.svs"));
    expect(realInside(project.folder, "")).toBe(project.folder);
    expect(insideOf(project.folder, join(project.folder, "x", "y"))).toBe("x/y");
    expect(insideOf(project.folder, `${project.folder}-beside`)).toBeNull();
  });
});
