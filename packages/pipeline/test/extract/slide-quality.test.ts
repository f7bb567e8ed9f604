/** Quality control and cells of slide files, as the commands and the runs use them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import { openSlideFile, writeSyntheticSlide } from "@nacre/imaging/node";
import { beforeAll, describe, expect, it } from "vitest";
import { findCellsInFile } from "../../src/cells.ts";
import { qualityText, slideQuality } from "../../src/extract/slide-quality.ts";
import { emptyFolder } from "../small-cohort.ts";

const folder = emptyFolder();
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  await writeSyntheticSlide(at("clean.svs"), { seed: 3, width: 2048, height: 2048 });
  await writeSyntheticSlide(at("pen.svs"), { seed: 3, width: 3072, height: 3072, pen: ["blue", "green", "black"] });
  await writeSyntheticSlide(at("blank.svs"), { seed: 2, width: 1024, height: 1024, kind: "blank" });
});

describe("slideQuality", () => {
  it("passes a clean slide, flags pen and a blank one", async () => {
    const text = async (name: string): Promise<string> =>
      qualityText(unwrap(await slideQuality(at(name), { given: null, squares: 8 })));
    expect(await text("clean.svs")).toBe("pass");
    expect(await text("pen.svs")).toBe("pen");
    expect(await text("blank.svs")).toBe("blank");
  });

  it("draws a picture with a legend below the thumbnail", async () => {
    unwrap(await slideQuality(at("pen.svs"), { given: null, squares: 4, overlay: at("pen.png") }));
    const picture = unwrap(await openSlideFile(at("pen.png")));
    expect(picture.info.width).toBe(1200);
    expect(picture.info.height).toBeGreaterThan(1200);
    picture.close();
  });

  it("fails as the reader does", async () => {
    expect(await slideQuality(at("none.svs"), { given: null })).toMatchObject({ failure: { kind: "missing-file" } });
  });
});

describe("findCellsInFile", () => {
  const signal = new AbortController().signal;

  it("writes what it counts: outlines, and a picture of each nucleus that is not cut", async () => {
    const region = { x: 700, y: 700, width: 500, height: 500 };
    const options = { kind: "nuclei", fill: null, region, out: folder, crops: 32, signal } as const;
    const found = unwrap(await findCellsInFile(at("clean.svs"), options));
    const { features } = JSON.parse(readFileSync(found.written as string, "utf8")) as { features: unknown[] };
    expect(found.counts.nucleus).toBeGreaterThan(10);
    expect(features.length).toBe(found.counts.nucleus);
    expect(readdirSync(at("clean")).length).toBe(found.crops);
    expect(found.crops).toBeLessThanOrEqual(features.length);
  });

  it("without a folder writes nothing", async () => {
    const region = { x: 0, y: 0, width: 200, height: 200 };
    const options = { kind: "nuclei", fill: null, region, out: null, crops: null, signal } as const;
    expect(unwrap(await findCellsInFile(at("pen.svs"), options)).written).toBeNull();
    expect(existsSync(at("pen.cells.geojson"))).toBe(false);
  });
});
