/** Slides that are folders: a study whose slide column names DICOM series. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unwrap } from "@nacre/core";
import { openSlideFile } from "@nacre/imaging/node";
import { describe, expect, it } from "vitest";
import { buildDicom } from "../../imaging/test/format/dicom-builder.ts";
import { cut } from "../../imaging/test/tiff-builder.ts";
import { surveySlide } from "../src/extract/survey-slide.ts";
import { Fingerprints } from "../src/run/fingerprint.ts";
import { emptyFolder, StudyFolder } from "./small-cohort.ts";

/** A file at a path, in folders that are made. */
function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

describe("the hash of a slide", () => {
  const folder = emptyFolder();
  const hash = (name: string): string =>
    unwrap(new Fingerprints(join(folder, "fingerprints.json")).of(join(folder, name)));

  it("that is a folder is that of its files, whatever they are called, and changes with each", () => {
    for (const [name, content] of Object.entries({
      "a/1": "x",
      "a/deep/2": "y",
      "b/other": "y",
      "b/names": "x",
      "c/1": "x",
      "c/2": "z",
    })) {
      write(join(folder, name), content);
    }
    expect(hash("a")).toBe(hash("b"));
    expect(hash("c")).not.toBe(hash("a"));
    const before = hash("a");
    write(join(folder, "a", ".DS_Store"), "litter");
    expect(hash("a")).toBe(before);
    write(join(folder, "a", "3"), "more");
    expect(hash("a")).not.toBe(before);
  });

  it("that is a file with a folder of pictures is that of both", () => {
    write(join(folder, "s.vsi"), "tags");
    const alone = hash("s.vsi");
    write(join(folder, "_s_", "stack1", "frame_t.ets"), "pixels");
    expect(hash("s.vsi")).not.toBe(alone);
  });

  it("of Deep Zoom is that of its tiles too: pictures of one size are no copies of each other", () => {
    for (const name of ["one", "two"]) {
      write(join(folder, `${name}.dzi`), "<Image/>");
      write(join(folder, `${name}_files`, "0", "0_0.png"), `pixels of ${name}`);
    }
    expect(hash("one.dzi")).not.toBe(hash("two.dzi"));
  });

  it("that is an empty folder, or nothing, is a failure by name", () => {
    mkdirSync(join(folder, "empty"));
    const of = (name: string) => new Fingerprints(join(folder, "f.json")).of(join(folder, name));
    expect(of("empty")).toMatchObject({ ok: false, failure: { kind: "empty-file" } });
    expect(of("nothing")).toMatchObject({ ok: false, failure: { kind: "missing-file" } });
  });
});

/** The same pixels and scale as a DICOM series of one level, in a folder. */
async function asDicom(svs: string, folder: string): Promise<void> {
  const slide = unwrap(await openSlideFile(svs));
  const { width, height, mpp } = slide.info;
  const raster = unwrap(await slide.read({ level: 0, x: 0, y: 0, width, height }));
  slide.close();
  const block = [256, 256] as const;
  const spec = { width, height, block, frames: cut(raster, ...block), mpp: mpp ?? 0, series: folder, uid: folder };
  write(join(folder, "1.dcm"), buildDicom(spec));
}

it("a study runs on DICOM folders as on files, with the same tiles", async () => {
  const study = await StudyFolder.make();
  const tiles = { mpp: 0.5, size: 224, overlap: 0, minTissue: 0.3, minTiles: 1 };
  const counts = new Map<string, number>();
  for (const row of study.rows.slice(0, 5)) {
    const path = study.file("slides", row.slide);
    const survey = unwrap(await surveySlide(path, { given: null, tiles }));
    row.slide = row.slide.replace(".svs", "");
    counts.set(row.slide, survey.tiles.n);
    await asDicom(path, study.file("slides", row.slide));
    rmSync(path);
  }
  study.writeCohort();
  const run = await study.run();
  expect(run.code, run.stderr).toBe(0);
  const rows = study.table("run", "slides.csv");
  for (const [slide, n] of counts) {
    const row = rows.find((each) => each.slide === slide);
    expect(row, slide).toMatchObject({ state: "ready", tiles: String(n) });
  }
});
