/** Real DICOM files and frames against DCMTK's and Pillow's pixels, recorded by tools/oracles/dicom_frames.py. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { memorySource, openSlide, type Slide } from "../../src/index.ts";
import { nodeCodecs, openSlideFile } from "../../src/node.ts";
import { buildDicom } from "./dicom-builder.ts";

const slides = fileURLToPath(new URL("../../../../../shared/data/slides/", import.meta.url));
const golden = JSON.parse(readFileSync(new URL("../golden/dicom_frames.json", import.meta.url), "utf8"));
const hasSlides = existsSync(slides);
if (!hasSlides) console.log(`skipped: no real DICOM files at ${slides}`);

const pixels = async (slide: Slide): Promise<Uint8Array> =>
  unwrap(await slide.read({ level: 0, x: 0, y: 0, width: slide.info.width, height: slide.info.height })).data;
const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe.skipIf(!hasSlides)("a real DICOM file", () => {
  it("boxes_0.dcm has its scale, objective, profile and the pixels of DCMTK inside its matrix", async () => {
    const slide = unwrap(
      await openSlideFile(`${slides}boxes_0.dcm`, { neighbours: { list: async () => [], open: async () => null } }),
    );
    const { info } = slide;
    expect(info).toMatchObject({
      format: "dicom",
      vendor: "Leica Biosystems",
      width: 16,
      height: 16,
      objective: 20,
      icc: true,
    });
    expect(info.mpp).toBeCloseTo(0.499, 9);
    expect(info.warnings).toEqual([]);
    const data = await pixels(slide);
    expect([...data.slice(0, 12)]).toEqual(golden.boxes.first);
    expect(hash(data)).toBe(golden.boxes.sha256);
    slide.close();
  });

  it("boxes_0.dcm is turned into sRGB by its own profile when that is asked for, and says so", async () => {
    const plain = unwrap(await openSlideFile(`${slides}boxes_0.dcm`));
    const slide = unwrap(await openSlideFile(`${slides}boxes_0.dcm`, { icc: "apply" }));
    expect(slide.info.iccApplied).toContain("sRGB");
    expect(plain.info.iccApplied).toBeUndefined();
    const [before, after] = [await pixels(plain), await pixels(slide)];
    const worst = Math.max(...before.map((value, i) => Math.abs(value - (after[i] as number))));
    expect(worst).toBeLessThan(12);
    slide.close();
  });

  it("finds the series of boxes_0.dcm among the other files of its folder", async () => {
    const slide = unwrap(await openSlideFile(`${slides}boxes_0.dcm`));
    expect(slide.info.levels.length).toBe(1);
    slide.close();
  });

  it("of nuclear medicine is refused as no slide, and nothing of the patient is said", async () => {
    const outcome = await openSlideFile(`${slides}vips_dicom_test.dcm`);
    if (outcome.ok) expect.fail("opened");
    expect(outcome.failure.kind).toBe("unsupported-format");
    expect(JSON.stringify(outcome.failure)).not.toContain("SPECT");
  });
});

describe.skipIf(!hasSlides)("a real frame, whatever the header says of its colours,", () => {
  for (const [name, facts] of Object.entries<typeof golden.boxes>(golden.frames)) {
    for (const photometric of ["RGB", "YBR_FULL_422"]) {
      const isJpeg = name.endsWith(".jpg");
      // without a component transform of its own, a JPEG 2000 stream cannot say that the header lies
      if (name.includes("2000_Image_Compression-RGB") && photometric !== "RGB") continue;
      it(`${name} under ${photometric} has the pixels of Pillow`, async () => {
        const bytes = new Uint8Array(readFileSync(slides + name));
        const syntax = isJpeg ? "1.2.840.10008.1.2.4.50" : "1.2.840.10008.1.2.4.91";
        const { width, height } = facts;
        const file = buildDicom({
          width,
          height,
          block: [width, height],
          frames: [bytes],
          syntax,
          photometric,
          table: "basic",
        });
        const data = await pixels(unwrap(await openSlide(memorySource(file, "a.dcm"), nodeCodecs)));
        expect(hash(data)).toBe(facts.sha256);
      });
    }
  }
});
