/** JPEG 2000 blocks passed on untouched into SVS and DICOM, and said where they could not be. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import type { Slide } from "../../src/index.ts";
import { openSlideFile } from "../../src/node.ts";
import { jpeg2000Frame } from "../../src/write/jpeg2000-frame.ts";
import { buildDicom } from "../format/dicom-builder.ts";
import { convert, levelOf, openBuilt, ownFolder, worst } from "./converted.ts";

const at = ownFolder("jpeg2000");
const golden = JSON.parse(readFileSync(new URL("../hostile/jpeg2000.json", import.meta.url), "utf8"));
const stream = new Uint8Array(Buffer.from(golden.stream, "base64"));
const lossy = new Uint8Array(Buffer.from(golden.lossy, "base64"));
const frame = jpeg2000Frame(stream);
/** Six blocks of 32 px; Aperio's number says whether their components are RGB (33005) or YCbCr (33003). */
const made = (compression: number, blocks = 6, block = stream): Promise<Slide> =>
  openBuilt(
    {
      pages: [
        {
          ...{ width: 96, height: 64, block: [32, 32] as const, compression, photometric: 2 },
          blocks: Array.from({ length: 6 }, (_, i) => (i < blocks ? block : new Uint8Array())),
          description: "Aperio Image Library\r\n96x64 (32x32) J2K/KDU Q=70|AppMag = 20|MPP = 0.5",
        },
      ],
    },
    0.5,
  );

describe("jpeg2000Frame(bytes)", () => {
  it("reads sizes, components, transform and wavelet, and gives null for anything else", () => {
    expect(frame).toMatchObject({ width: 32, height: 32, components: 3, isPlain: true });
    for (const bytes of [new Uint8Array(), stream.subarray(0, 50), Uint8Array.from(stream, (b) => b ^ 255)])
      expect(jpeg2000Frame(bytes)).toBeNull();
  });
});

describe("JPEG 2000 blocks", () => {
  for (const compression of [33003, 33005]) {
    for (const name of [`${compression}.svs`, `${compression}.dcm`]) {
      const isPossible = compression === 33005 || frame?.isTransformed === false;
      it(`of ${compression} are ${isPossible ? "passed on" : "encoded, and that is said,"} into ${name.slice(6)}`, async () => {
        const slide = await made(compression);
        const { report, copy } = await convert(slide, at(name));
        expect(report.levels[0]?.how).toBe(isPossible ? "passed" : "encoded");
        expect(report.warnings.some((warning) => warning.startsWith("JPEG 2000 was decoded"))).toBe(!isPossible);
        const difference = worst(await levelOf(slide, 0), await levelOf(copy, 0));
        if (isPossible) expect(difference).toBe(0);
        else expect(difference).toBeLessThan(40);
        if (isPossible) {
          const stored = await copy.stored?.(0, 1, 1);
          expect(stored?.codec).toBe("jpeg2000");
          expect(Buffer.compare(stored?.bytes.subarray(0, stream.length) as Uint8Array, stream)).toBe(0);
        }
        copy.close();
        slide.close();
      });
    }
  }

  it("say in DICOM which transform of their components they have", async () => {
    for (const [name, block, photometric] of [
      ["plain.dcm", stream, "RGB "],
      ["lossy.dcm", lossy, "YBR_ICT "],
    ] as const) {
      const slide = await made(33005, 6, block);
      const { report, copy } = await convert(slide, at(name));
      expect(report.levels[0]?.how).toBe("passed");
      const head = readFileSync(join(at(name), "level-0.dcm")).toString("latin1", 0, 20_000);
      expect(head).toContain(`(\0\x04\0CS${String.fromCharCode(photometric.length)}\0${photometric}`);
      expect(head).toContain("1.2.840.10008.1.2.4.91");
      expect(head).toContain("ISO_15444_1");
      expect(worst(await levelOf(slide, 0), await levelOf(copy, 0))).toBe(0);
      copy.close();
      slide.close();
    }
  });

  it("that are transformed and yet not RGB have no name, and are encoded", async () => {
    const slide = await made(33003, 6, lossy);
    const { report, copy } = await convert(slide, at("named.svs"));
    expect(report.levels[0]?.how).toBe("encoded");
    copy.close();
  });

  it("are encoded where one is missing, for there is no encoder that could fill its place", async () => {
    const slide = await made(33005, 5);
    const { report, copy } = await convert(slide, at("missing.svs"));
    expect(report.levels[0]?.how).toBe("encoded");
    expect(report.warnings.join()).toMatch(/JPEG 2000 was decoded.*one is missing/);
    copy.close();
  });

  it("are encoded into formats whose readers seldom know them, and the report says so", async () => {
    for (const name of ["plain.tif", "a.ome.tif"]) {
      const slide = await made(33005);
      const { report, copy } = await convert(slide, at(name));
      expect(report.passed).toBe(0);
      expect(report.warnings.join()).toContain("svs and dicom take it as it is");
      copy.close();
    }
  });

  it("of DICOM go to SVS and back without a bit changed", async () => {
    const spec = {
      ...{ width: 96, height: 64, block: [32, 32] as const, mpp: 0.5, frames: Array<Uint8Array>(6).fill(stream) },
      ...{
        syntax: "1.2.840.10008.1.2.4.91",
        photometric: frame?.isTransformed ? "YBR_RCT" : "RGB",
        table: "basic" as const,
      },
    };
    mkdirSync(at("in"));
    writeFileSync(join(at("in"), "a.dcm"), buildDicom(spec));
    const slide = unwrap(await openSlideFile(at("in")));
    const there = await convert(slide, at("there.svs"));
    const back = await convert(there.copy, at("back.dcm"));
    expect([there.report.levels[0]?.how, back.report.levels[0]?.how]).toEqual(["passed", "passed"]);
    expect(worst(await levelOf(slide, 0), await levelOf(back.copy, 0))).toBe(0);
    for (const each of [slide, there.copy, back.copy]) each.close();
  });
});
