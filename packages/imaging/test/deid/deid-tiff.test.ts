/** Clean copies of the TIFF family: secrets in every shape are planted, and must be nowhere in the bytes of the copy. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import { afterAll, describe, expect, it } from "vitest";
import { isLossyCodestream } from "../../src/codec/jpeg2000.ts";
import { checkSlide, type DeidOptions, deidentifySlide } from "../../src/node.ts";
import { jpegBlocks, smoothPicture, wholeJpegs } from "../jpeg-blocks.ts";
import { buildNdpi, stripWithRestarts } from "../ndpi-builder.ts";
import { picture } from "../picture.ts";
import { buildTiff, type PageSpec, rawPage } from "../tiff-builder.ts";
import { bifSize, buildBif, buildPhilips, buildScn } from "../vendor-builder.ts";
import { pixelsOf } from "./clean-copy.ts";
import { everySecret, expectGone, jpegWithSecrets, SECRETS, secretsIn, withText } from "./planted.ts";

const folder = mkdtempSync(join(tmpdir(), "nacre-deid-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
function place(bytes: Uint8Array): { input: string; output: string } {
  const input = join(folder, `in-${++made}.tif`);
  writeFileSync(input, bytes);
  return { input, output: join(folder, `out-${made}.tif`) };
}

async function clean(bytes: Uint8Array, options: DeidOptions = {}) {
  const { input, output } = place(bytes);
  const outcome = await deidentifySlide(input, output, options);
  return { input, output, outcome };
}

const text = (value: string): number[] => [...Buffer.from(`${value}\0`)];
const base64 = (value: string): string => Buffer.from(value).toString("base64");
const wide = (value: string): number[] => [...Buffer.from(value, "utf16le")];

const smooth = smoothPicture(128, 96);

/** Level, thumbnail, label, macro, as Aperio writes them, with secrets wherever there is room. */
async function svs(): Promise<Uint8Array> {
  const { tables, blocks } = await jpegBlocks(smooth, 64, 64);
  const jpegs = await wholeJpegs(smoothPicture(64, 48), 64, 48);
  const description =
    `Aperio Image Library v11.2.1 ${SECRETS[1]}\r\n128x96 [0,0 128x96] (64x64) JPEG/RGB Q=30|AppMag = 20|MPP = 0.4990|` +
    `Filename = ${SECRETS[3]}|User = ${SECRETS[1]}|Date = 12/29/09|ScanScope ID = ${SECRETS[5]}|Title = ${SECRETS[0]}|Left = ${SECRETS[2]}|` +
    `ImageID = ${SECRETS[4]}|Gamma = 2.2`;
  const level: PageSpec = {
    ...{ width: 128, height: 96, block: [64, 64], compression: 7, photometric: 6, description },
    blocks: blocks.map((block, i) => (i === 1 ? jpegWithSecrets(block) : block)),
    tags: [
      [254, 4, [0]],
      [305, 2, text(SECRETS[5])],
      [306, 2, text("2019:07:23 11:58:00")],
      [315, 2, text(SECRETS[1])],
      [316, 2, text(base64(everySecret))],
      [347, 7, [...tables]],
      [700, 7, wide(everySecret)],
      [33432, 2, text(everySecret)],
    ],
  };
  const small = (more: Partial<PageSpec>): PageSpec => ({
    ...{ width: 64, height: 48, block: [64, 48] as const, compression: 7, photometric: 6, isTiled: false },
    blocks: jpegs.map(jpegWithSecrets),
    ...more,
  });
  return buildTiff({
    pages: [
      level,
      small({ description: `Aperio Image Library\r\n128x96 -> 64x48 - ${SECRETS[3]}`, tags: [[254, 4, [0]]] }),
      small({ description: `label 64x48 ${SECRETS[0]}`, tags: [[254, 4, [1]]] }),
      small({ description: "macro 64x48", tags: [[254, 4, [9]]] }),
    ],
  });
}

/** The laws of every clean copy. */
async function expectClean(bytes: Uint8Array, options: DeidOptions = {}) {
  const { input, output, outcome } = await clean(bytes, options);
  const report = unwrap(outcome);
  const after = new Uint8Array(readFileSync(output));
  expectGone(bytes, after);
  expect(secretsIn(Buffer.from(JSON.stringify(report)))).toEqual([]);
  expect(unwrap(await checkSlide(input)).isClean).toBe(false);
  expect(unwrap(await checkSlide(output))).toMatchObject({ isClean: true, findings: [] });
  const [before, now] = [await pixelsOf(input), await pixelsOf(output, { identifiers: true })];
  expect(now.data.equals(before.data)).toBe(true);
  const { format, mpp, objective, levels } = before.info;
  expect(now.info).toMatchObject({ format, mpp, objective, levels });
  return { report, info: now.info, after };
}

describe("a clean copy", () => {
  it("of an Aperio SVS holds no secret, no label and no macro, and keeps the thumbnail and the scale", async () => {
    const { report, info, after } = await expectClean(await svs());
    expect(info.associated).toEqual([{ name: "thumbnail", width: 64, height: 48 }]);
    expect(info.properties["aperio.MPP"]).toBe("0.4990");
    const told = Object.keys(info.properties).filter((key) => key.startsWith("aperio."));
    expect(told.sort()).toEqual(["aperio.AppMag", "aperio.Gamma", "aperio.MPP"]);
    expect(report.findings.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        "label of 64 x 48 px",
        "macro of 64 x 48 px",
        "tag 306 DateTime",
        "tag 316 HostComputer",
        "tag 270 ImageDescription",
      ]),
    );
    expect(report.pictures.map(({ blanked }) => blanked)).toEqual([1, 1]);
    expect(after.length).toBeLessThan((await svs()).length);
  });

  it("of a big-endian BigTIFF keeps its byte order, its levels and their stored blocks byte for byte", async () => {
    const raster = picture(150, 110);
    const pages = [
      rawPage(raster, [32, 16], {
        description: everySecret,
        tags: [
          [270, 2, text(everySecret)],
          [285, 2, text("page")],
        ],
      }),
      rawPage(picture(75, 55), [32, 16]),
      rawPage(picture(40, 90), [40, 90], { isTiled: false }),
    ];
    const { report } = await expectClean(buildTiff({ pages, isLittleEndian: false, isBig: true }));
    expect(report.pictures.map(({ blocks, blanked }) => [blocks, blanked])).toEqual([
      [35, 0],
      [12, 0],
    ]);
    expect(report.findings).toContainEqual({ where: "directory 2", what: "picture of 40 x 90 px", action: "removed" });
  });

  it("of a Hamamatsu NDPI holds no macro, no map and no private text, though directories share values", async () => {
    const strip = await stripWithRestarts(smooth);
    const page = (lens: number, more: NdpiTags = []) => ({
      ...{ width: 128, height: 96, strip: strip.bytes },
      tags: [
        [65421, 11, [lens]],
        [65426, 4, strip.starts],
        [305, 2, text("NDP.scan")],
        [65427, 2, text(SECRETS[0])],
        ...more,
      ] as NdpiTags,
    });
    const more: NdpiTags = [
      [65442, 2, text(SECRETS[5])],
      [65449, 2, text(`Created=${everySecret}`)],
      [306, 2, text("2019:07:23 11:58:00")],
    ];
    const macro = { ...page(-1), strip: jpegWithSecrets(strip.bytes) };
    const { info, report } = await expectClean(buildNdpi([page(20, more), page(5), macro, page(-2)]));
    expect(info.format).toBe("hamamatsu-ndpi");
    expect(info.associated ?? []).toEqual([]);
    expect(report.findings.map(({ what }) => what)).toEqual(
      expect.arrayContaining(["macro of 128 x 96 px", "map of 128 x 96 px", "tag 65442 NDPI SerialNumber"]),
    );
  });

  it("of a Leica SCN has its XML written anew, without barcode, names, dates and the macro", async () => {
    const scn = buildScn(
      340,
      260,
      [
        { raster: picture(120, 90), x: 20, y: 30 },
        { raster: picture(120, 90), x: 180, y: 100 },
      ],
      picture(34, 26),
    );
    const start = Buffer.from(scn).indexOf("<?xml");
    const xml = Buffer.from(scn).toString("latin1", start, Buffer.from(scn).indexOf(0, start));
    const planted = xml
      .replace("MTIz", base64(SECRETS[0]))
      .replaceAll('uuid="u"', `uuid="${SECRETS[4]}"`)
      .replaceAll("2020-01-01", SECRETS[2])
      .replace('name="area"', `name="${everySecret}"`)
      .replace("<numericalAperture>0.6", `<numericalAperture>${SECRETS[0]}`);
    const { after } = await expectClean(withText(scn, 0, 270, planted));
    expect(Buffer.from(after).includes("barcode")).toBe(false);
  });

  it("of a Philips TIFF keeps the spacings alone of its description, though pictures lie in it as text", async () => {
    const philips = buildPhilips(picture(192, 128), [5]);
    const start = Buffer.from(philips).indexOf("<?xml");
    const xml = Buffer.from(philips).toString("latin1", start, Buffer.from(philips).indexOf(0, start));
    const label = `<Attribute Name="PIM_DP_IMAGE_DATA">${base64(everySecret)}</Attribute>`;
    const planted = xml
      .replace("LABELIMAGE</Attribute>", `LABELIMAGE</Attribute>${label}`)
      .replace(
        '<Attribute Name="PIM_DP_SCANNED',
        `<Attribute Name="PIM_DP_UFS_BARCODE">${everySecret}</Attribute><Attribute Name="PIM_DP_SCANNED`,
      );
    await expectClean(withText(philips, 0, 270, planted));
  });

  it("of a Ventana BIF has an empty picture in place of the label, and the overlaps of the frames", async () => {
    const facts = { tile: 64, overlapX: 4, overlapY: 8 };
    const size = bifSize(3, 2, facts);
    const bif = buildBif([{ raster: picture(size.width, size.height), columns: 3, rows: 2, x: 100, y: 40 }], facts);
    const scan = `<iScan Magnification="40" ScanRes="0.25" UnitNumber="${SECRETS[5]}" UserName="${everySecret}" Z-layers="1"></iScan>`;
    const { info } = await expectClean(withText(bif, 0, 700, scan));
    expect(info.associated?.some(({ name }) => name === "label") ?? false).toBe(false);
  });

  it("of JPEG 2000 that a named writer stored as RGB is not taken for the YCbCr of an unnamed one", async () => {
    const golden = readFileSync(new URL("../hostile/jpeg2000.json", import.meta.url), "utf8");
    const stream = new Uint8Array(Buffer.from(JSON.parse(golden).lossy, "base64"));
    expect(isLossyCodestream(stream)).toBe(true);
    const page: PageSpec = {
      ...{ width: 64, height: 32, block: [32, 32], blocks: [stream, stream], compression: 33004, photometric: 2 },
      tags: [[305, 2, text(`OME Bio-Formats ${everySecret}`)]],
    };
    const { info } = await expectClean(buildTiff({ pages: [page] }));
    expect(info.warnings).toEqual([]);
  });
});

type NdpiTags = readonly (readonly [number, number, readonly number[]])[];

describe("what nobody can vouch for", () => {
  const plain = (tags: PageSpec["tags"] = []): Uint8Array =>
    buildTiff({ pages: [rawPage(picture(64, 64), [32, 32], { tags })] });

  it("refuses a tag that nobody knows, by its number, and leaves it out where it is told to", async () => {
    const bytes = plain([[60123, 2, text(everySecret)]]);
    const refused = await clean(bytes);
    expect(refused.outcome).toMatchObject({
      ok: false,
      failure: { kind: "refused", received: expect.stringContaining("tag 60123") },
    });
    expect(readdirSync(folder).filter((name) => name.includes("part"))).toEqual([]);
    const told = await clean(bytes, { allowUnknown: true });
    expect(unwrap(told.outcome).findings).toContainEqual({
      where: "directory 0",
      what: "tag 60123 unknown",
      action: "removed",
    });
    expectGone(bytes, new Uint8Array(readFileSync(told.output)));
  });

  it("refuses text that hides in a tag of numbers", async () => {
    const { outcome } = await clean(plain([[274, 2, text(everySecret)]]));
    expect(outcome).toMatchObject({ ok: false, failure: { kind: "refused" } });
  });

  it("refuses a label that stands alone", async () => {
    const label = rawPage(picture(64, 64), [32, 32], { description: "label" });
    expect((await clean(buildTiff({ pages: [label] }))).outcome).toMatchObject({
      ok: false,
      failure: { kind: "refused" },
    });
  });

  it("refuses an Olympus VSI by name, though it begins like a TIFF", async () => {
    const vsi = join(folder, "slide.vsi");
    writeFileSync(vsi, plain());
    for (const outcome of [await checkSlide(vsi), await deidentifySlide(vsi, join(folder, "clean.vsi"))]) {
      expect(outcome).toMatchObject({
        ok: false,
        failure: { kind: "refused", received: expect.stringContaining("Olympus VSI") },
      });
    }
  });

  it("is never cleaned in place, nor over a file that exists", async () => {
    const { input, output } = place(plain());
    expect(await deidentifySlide(input, input)).toMatchObject({ ok: false, failure: { kind: "bad-usage" } });
    writeFileSync(output, "mine");
    expect(await deidentifySlide(input, output)).toMatchObject({ ok: false, failure: { kind: "bad-usage" } });
    expect(readFileSync(output, "utf8")).toBe("mine");
  });

  it("is told where bytes lie between the pictures, though no tag points at them", async () => {
    const clear = plain();
    const { input, output } = place(clear);
    unwrap(await deidentifySlide(input, output));
    const bytes = readFileSync(output);
    const dirty = join(folder, "appended.tif");
    writeFileSync(dirty, Buffer.concat([bytes, Buffer.from(everySecret)]));
    expect(unwrap(await checkSlide(dirty)).findings).toEqual([
      { where: "file", what: `${Buffer.from(everySecret).length} bytes outside of what stays`, action: "removed" },
    ]);
    expect(statSync(output).mode & 0o077).toBe(0);
  });
});
