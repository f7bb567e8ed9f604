import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { openSlideFile } from "../../src/node.ts";
import { openDicomWriter } from "../../src/write/dicom/dicom-writer.ts";
import { encodeElements } from "../../src/write/dicom/elements.ts";
import { planLevels } from "../../src/write/level-plan.ts";
import { smoothPicture } from "../jpeg-blocks.ts";
import { cut, rawPage } from "../tiff-builder.ts";
import { convert, levelOf, openBuilt, ownFolder, worst } from "./converted.ts";

const at = ownFolder("dicom-writer");

describe("data elements", () => {
  it("lie in the order of their tags, little endian, padded to an even length", () => {
    const bytes = encodeElements([
      [0x00280010, "US", [258]],
      [0x00080060, "CS", "SMX"],
      [0x00080018, "UI", "1.2"],
    ]);
    expect(Buffer.from(bytes).toString("latin1")).toBe(
      "\x08\0\x18\0UI\x04\x001.2\0\x08\0\x60\0CS\x04\0SMX \x28\0\x10\0US\x02\0\x02\x01",
    );
  });

  it("nest: an item says its own length", () => {
    const bytes = encodeElements([[0x00400555, "SQ", [[[0x00280010, "US", [1]]], []]]]);
    expect([...bytes.subarray(8, 12)]).toEqual([26, 0, 0, 0]);
    expect([...bytes.subarray(12, 20)]).toEqual([0xfe, 0xff, 0x00, 0xe0, 10, 0, 0, 0]);
  });
});

describe("a DICOM slide", () => {
  const raster = smoothPicture(200, 150);

  it("is read through its extended offset table where its levels are too long for the basic one", async () => {
    const slide = await openBuilt({ pages: [rawPage(raster, [64, 64])] }, 0.5);
    const levels = planLevels(slide.info.levels, { step: 2, until: 256, rounding: "down" });
    const facts = { width: 200, height: 150, mpp: 0.5, objective: 20, profile: null, vendor: "x", isSynthetic: false };
    const writer = await openDicomWriter({ path: at("extended"), facts, levels, tile: 64, quality: 95, slide }, 1);
    const level = await writer.begin(levels[0] as (typeof levels)[number], null);
    for (const [i, rgb] of cut(raster, 64, 64).entries()) await level.putPixels(i % 4, Math.floor(i / 4), rgb);
    await writer.finish();
    writer.close();
    const copy = unwrap(await openSlideFile(at("extended")));
    expect(worst(raster, await levelOf(copy, 0))).toBeLessThan(20);
    copy.close();
  });

  it("holds no word of its source's texts, and says anonymous where a name must stand", async () => {
    const slide = await openBuilt({
      pages: [
        rawPage(raster, [64, 64], { description: "Aperio|Filename = DOE-JANE-1961|User = 77|MPP = 0.5|AppMag = 40" }),
      ],
    });
    const { copy } = await convert(slide, at("anonymous.dcm"), { tile: 64 });
    expect(copy.info.objective).toBe(40);
    const text = readFileSync(join(at("anonymous.dcm"), "level-0.dcm")).toString("latin1");
    expect(text).not.toMatch(/DOE|1961|Filename/);
    expect(text.match(/anonymous/g)?.length).toBe(4);
    copy.close();
  });
});
