/** Text where a file says that numbers, codes or pixels are: what the fuzzer found to pass into copies, one law each. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unwrap } from "@nacre/core";
import { afterAll, describe, expect, it } from "vitest";
import { checkSlide, type DeidOptions, deidentifySlide, openSlideFile } from "../../src/node.ts";
import { buildDicom, type Entry, type InstanceSpec } from "../format/dicom-builder.ts";
import { picture } from "../picture.ts";
import { buildTiff, cut, rawPage } from "../tiff-builder.ts";
import { bifSize, buildBif, buildScn } from "../vendor-builder.ts";
import { everySecret, SECRETS, secretsIn, withText } from "./planted.ts";

const folder = mkdtempSync(join(tmpdir(), "nacre-deid-hidden-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
async function clean(bytes: Uint8Array, name: string, options: DeidOptions = { allowUnknown: true }) {
  const [input, output] = ["in", "out"].map((word) => join(folder, `${word}-${made}-${name}`)) as [string, string];
  made++;
  writeFileSync(input, bytes);
  const outcome = await deidentifySlide(input, output, options);
  return { outcome, input, output };
}

const refused = (received: RegExp) => ({
  ok: false,
  failure: { kind: "refused", received: expect.stringMatching(received) },
});
/** A value of the first directory under another type, its bytes as they are. */
function retyped(tiff: Uint8Array, tag: number, type: number, size: number): Uint8Array {
  const bytes = Buffer.from(tiff);
  const at = bytes.readUInt32LE(4);
  const i = Array.from({ length: bytes.readUInt16LE(at) }, (_, k) => bytes.readUInt16LE(at + 2 + k * 12)).indexOf(tag);
  const entry = at + 2 + i * 12;
  bytes.writeUInt16LE(type, entry + 2);
  bytes.writeUInt32LE(Math.floor(bytes.readUInt32LE(entry + 4) / size), entry + 4);
  return new Uint8Array(bytes);
}

describe("text under a tag of numbers", () => {
  const raster = picture(64, 48);
  const tagged = (tag: number, type: number, size: number, value: Buffer): Uint8Array =>
    retyped(buildTiff({ pages: [rawPage(raster, [32, 16], { tags: [[tag, 7, [...value]]] })] }), tag, type, size);

  it("goes, whatever numbers it says it is", async () => {
    const text = SECRETS[5];
    for (const tag of [280, 282, 283, 318, 319, 340]) {
      for (const [type, size] of [1, 2, 4, 8, 4, 4, 8].map((each, i) => [[1, 3, 4, 5, 9, 11, 12][i] as number, each])) {
        const bytes = tagged(tag, type as number, size as number, Buffer.from(text));
        const { outcome, output } = await clean(bytes, "a.tif");
        const where = `tag ${tag} of type ${type}`;
        expect(secretsIn(bytes), where).toEqual([text]);
        unwrap(outcome);
        expect(secretsIn(readFileSync(output)), where).toEqual([]);
      }
    }
  });

  it("is refused where pixels hang on the number, even where unknown tags may go", async () => {
    for (const tag of [274, 317, 320, 532]) {
      const bytes = tagged(tag, 3, 2, Buffer.from(everySecret));
      expect((await clean(bytes, "a.tif")).outcome, `tag ${tag}`).toMatchObject(refused(new RegExp(`tag ${tag} `)));
    }
  });

  it("is told from the whole numbers that Hamamatsu writes for fractions", async () => {
    const bytes = Buffer.from(Uint32Array.of(0, 255, 128, 255, 128, 255).buffer);
    const { outcome, output } = await clean(tagged(532, 4, 4, bytes), "a.tif", {});
    unwrap(outcome);
    expect(readFileSync(output).includes(bytes)).toBe(true);
  });

  it("is told from fractions as writers write them: those of one denominator stay, others are rounded", async () => {
    const fractions = (...values: readonly number[]): Buffer => {
      const bytes = Buffer.alloc(values.length * 4);
      for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, i * 4);
      return bytes;
    };
    const one = fractions(6400, 10_000, 3300, 10_000, 3000, 10_000);
    const mixed = fractions(299, 1000, 1, 3, 3_999_999_999, 4_000_000_000);
    for (const [before, after] of [
      [one, one],
      [mixed, fractions(299_000, 1e6, 333_333, 1e6, 1e6, 1e6)],
    ] as const) {
      const { outcome, output } = await clean(tagged(319, 5, 8, before), "a.tif");
      unwrap(outcome);
      expect(readFileSync(output).includes(after)).toBe(true);
      expect(unwrap(await checkSlide(output)).isClean).toBe(true);
    }
  });
});

describe("text in place of what a layout hangs on", () => {
  it("is refused where blocks are shorter than the pixels that they say they are", async () => {
    const coded = buildTiff({
      pages: [{ width: 32, height: 32, block: [32, 32], blocks: [Buffer.from(everySecret)], compression: 1 }],
    });
    expect((await clean(coded, "a.tif")).outcome).toMatchObject(refused(/one of \d+ bytes/));
  });

  it("is refused where a level of an SCN names no directory", async () => {
    const scn = buildScn(200, 150, [{ raster: picture(96, 64), x: 20, y: 30 }], picture(20, 15));
    const start = Buffer.from(scn).indexOf("<?xml");
    const xml = Buffer.from(scn).toString("latin1", start, Buffer.from(scn).indexOf(0, start));
    const planted = withText(scn, 0, 270, xml.replace('r="1" ifd="2"', `r="1" ifd="2 ${SECRETS[3]}"`));
    expect((await clean(planted, "a.scn")).outcome).toMatchObject(refused(/names none/));
  });

  it("goes from behind the number of a level of a BIF, which stays a level", async () => {
    const facts = { tile: 32, overlapX: 4, overlapY: 4 };
    const size = bifSize(2, 2, facts);
    const bif = buildBif([{ raster: picture(size.width, size.height), columns: 2, rows: 2, x: 10, y: 20 }], facts);
    const planted = withText(bif, 1, 270, `level=0 mag=40 quality=95 ${everySecret}`);
    const { outcome, output } = await clean(planted, "a.bif");
    unwrap(outcome);
    expect(secretsIn(readFileSync(output))).toEqual([]);
    expect(readFileSync(output).includes("level=0 mag=40 quality=95\0")).toBe(true);
  });
});

describe("text in an element of DICOM that may stay", () => {
  const raster = picture(64, 48);
  const instance = (more: readonly Entry[], spec: Partial<InstanceSpec> = {}): Uint8Array =>
    buildDicom({ width: 64, height: 48, block: [32, 24], frames: cut(raster, 32, 24), mpp: 0.5, more, ...spec });
  const item = (...entries: Entry[]): Entry => [0x00220016, "SQ", [entries]];
  const code = (value: string, scheme: string, meaning: string): Entry =>
    item([0x00080100, "SH", value], [0x00080102, "SH", scheme], [0x00080104, "LO", meaning]);
  const kept = async (entry: Entry): Promise<Buffer> => {
    const { outcome, output } = await clean(instance([entry]), "a.dcm");
    unwrap(outcome);
    expect(unwrap(await checkSlide(output))).toMatchObject({ isClean: true, findings: [] });
    return readFileSync(output);
  };

  it("goes unless it is a known word of makers, a defined term, or numbers", async () => {
    const entries: readonly Entry[] = [
      [0x00080070, "LO", SECRETS[1]],
      [0x00081090, "LO", SECRETS[0]],
      [0x00181020, "LO", `1.2.3\\${SECRETS[3]}`],
      [0x00282110, "CS", "01 44110077"],
      [0x00282112, "DS", "2019-07-23"],
      [0x00480001, "FL", [...Buffer.from(SECRETS[5])]],
      [0x00209157, "UL", [...Buffer.from(SECRETS[5])]],
      [0x0020000d, "UI", `1.2.840.10008.${SECRETS[1]}`],
    ];
    for (const entry of entries) {
      const after = await kept(entry);
      expect(secretsIn(after), String(entry[0])).toEqual([]);
      expect(after.includes("44110077") || after.includes("2019-07-23")).toBe(false);
    }
    expect((await kept([0x00081090, "LO", "Aperio GT450 DX"])).includes("Aperio GT450 DX")).toBe(true);
  });

  it("goes from coded words: those of a standard stay, with their own words or the code for a meaning", async () => {
    expect((await kept(code("111744", "DCM", "Brightfield illumination"))).includes("Brightfield")).toBe(true);
    const named = await kept(code("111744", "DCM", SECRETS[1]));
    expect([secretsIn(named), named.includes("111744")]).toEqual([[], true]);
    for (const entry of [code("SS1382CNTLR-9001", "DCM", "Glass"), code("4411", "99LAB", SECRETS[1])])
      expect(secretsIn(await kept(entry))).toEqual([]);
  });

  it("is refused where the pixels hang on it, and where the table of frames is none", async () => {
    const bits: Entry = [0x00280100, "US", [...Buffer.from(everySecret)]];
    expect((await clean(instance([bits]), "a.dcm")).outcome.ok).toBe(false);
    const syntax = "1.2.840.10008.1.2.5";
    const coded = instance([], { syntax, table: "basic", frames: cut(raster, 32, 24).map(runLengths) });
    const at = Buffer.from(coded).indexOf(Buffer.from([0xfe, 0xff, 0x00, 0xe0, 16, 0, 0, 0])) + 8;
    const planted = Buffer.from(coded);
    planted.write("SS1382CNTLR-9001", at);
    expect((await clean(planted, "a.dcm")).outcome.ok).toBe(false);
    const { outcome, output } = await clean(coded, "a.dcm");
    unwrap(outcome);
    unwrap(await openSlideFile(output)).close();
    expect(existsSync(output)).toBe(true);
  });

  it("goes from between the run lengths of a frame", async () => {
    const frames = cut(raster, 32, 24).map(runLengths);
    const hidden = Buffer.from(everySecret);
    const planted = frames.map((frame) =>
      Buffer.concat([frame, hidden, Buffer.alloc((frame.length + hidden.length) % 2)]),
    );
    const { outcome, output } = await clean(instance([], { syntax: "1.2.840.10008.1.2.5", frames: planted }), "a.dcm");
    expect(unwrap(outcome).findings).toContainEqual(
      expect.objectContaining({ what: "text inside 4 frames", action: "blanked" }),
    );
    expect(secretsIn(readFileSync(output))).toEqual([]);
  });
});

const SLIDES = fileURLToPath(new URL("../../../../../shared/data/slides/", import.meta.url));
const REAL = ["CMU-1-Small-Region.svs", "boxes.tiff", "boxes_0.dcm", "test3-DAPI-2-387.ndpi"];
const isHere = REAL.every((name) => existsSync(join(SLIDES, name)));
if (!isHere) console.log("skipped: the slides of shared/data are not here");

describe.skipIf(!isHere)("what scanners really write", () => {
  it.each(REAL)("is refused by none of this: %s", async (name) => {
    const output = join(folder, `real-${name}`);
    const report = unwrap(await deidentifySlide(join(SLIDES, name), output));
    expect(report.isWritten).toBe(true);
    rmSync(output, { recursive: true });
  });
});

/** PS3.5, annex G, with literal runs alone. */
function runLengths(rgb: Uint8Array): Buffer {
  const segments = [0, 1, 2].map((c) => {
    const plane = rgb.filter((_, i) => i % 3 === c);
    const parts: Buffer[] = [];
    for (let at = 0; at < plane.length; at += 128) {
      const run = plane.subarray(at, at + 128);
      parts.push(Buffer.from([run.length - 1]), Buffer.from(run));
    }
    const all = Buffer.concat(parts);
    return Buffer.concat([all, Buffer.alloc(all.length % 2)]);
  });
  const head = Buffer.alloc(64);
  head.writeUInt32LE(3, 0);
  let at = 64;
  for (const [i, segment] of segments.entries()) {
    head.writeUInt32LE(at, 4 + i * 4);
    at += segment.length;
  }
  return Buffer.concat([head, ...segments]);
}
