/** Clean copies of OME-TIFF: secrets in every corner of the OME-XML, a label as an image of its own, SubIFDs, channels. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import { afterAll, describe, expect, it } from "vitest";
import { checkSlide, deidentifySlide, openSlideFile } from "../../src/node.ts";
import { picture } from "../picture.ts";
import { withSubIfds } from "../sub-ifds.ts";
import { buildTiff, type PageSpec, rawPage } from "../tiff-builder.ts";
import { everySecond } from "../vendor-builder.ts";
import { pixelsOf } from "./clean-copy.ts";
import { everySecret, expectGone, SECRETS, secretsIn } from "./planted.ts";

const folder = mkdtempSync(join(tmpdir(), "nacre-deid-ome-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sizes = (width: number, height: number, channels = 3): string =>
  `DimensionOrder="XYCZT" Type="uint8" SizeX="${width}" SizeY="${height}" SizeC="${channels}" SizeZ="1" SizeT="1"`;
const rgb = '<Channel ID="Channel:0:0" SamplesPerPixel="3"';

/** Label first, then the scan in directory 1, so that directories and images must be counted anew. */
const description =
  `<?xml version="1.0"?><!-- ${everySecret} --><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" Creator="${SECRETS[1]}" UUID="urn:uuid:${SECRETS[4]}">` +
  `<Experimenter ID="Experimenter:0" FirstName="Quincy" LastName="${SECRETS[1]}" Institution="${everySecret}"/>` +
  `<Instrument ID="Instrument:0"><Microscope SerialNumber="${SECRETS[5]}" Model="${SECRETS[3]}"/>` +
  `<Objective ID="Objective:7" NominalMagnification="20" LensNA="0.75" SerialNumber="${SECRETS[5]}" Immersion="Air"/>` +
  `<Detector ID="Detector:0" SerialNumber="${SECRETS[5]}"/></Instrument>` +
  `<Image ID="Image:0" Name="label image"><AcquisitionDate>${SECRETS[2]}</AcquisitionDate>` +
  `<Pixels ID="Pixels:0" ${sizes(20, 30)}>${rgb}/><TiffData IFD="0" PlaneCount="1"/></Pixels></Image>` +
  `<Image ID="Image:1" Name="${SECRETS[3]}"><AcquisitionDate>${SECRETS[2]}</AcquisitionDate><Description>${everySecret}</Description>` +
  '<InstrumentRef ID="Instrument:0"/><ObjectiveSettings ID="Objective:7"/><StageLabel Name="' +
  `${SECRETS[0]}" X="1"/><Pixels ID="Pixels:1" ${sizes(150, 110)} PhysicalSizeX="0.24999999999999998" PhysicalSizeXUnit="&#181;m" PhysicalSizeY="0.25">` +
  `${rgb} Name="${SECRETS[0]}" Color="-1"/><BinData>${Buffer.from(everySecret).toString("base64")}</BinData>` +
  `<TiffData IFD="1" PlaneCount="1"><UUID FileName="${SECRETS[3]}">urn:uuid:${SECRETS[4]}</UUID></TiffData>` +
  `<Plane TheC="0" TheZ="0" TheT="0" PositionX="1"><HashSHA1>${SECRETS[0]}</HashSHA1></Plane></Pixels></Image>` +
  `<StructuredAnnotations><XMLAnnotation ID="Annotation:0"><Value><Barcode>${everySecret}</Barcode></Value></XMLAnnotation></StructuredAnnotations></OME>`;

const raster = picture(150, 110);

async function pyramid(text = description): Promise<Uint8Array> {
  const pages = [
    rawPage(picture(20, 30), [32, 32], { description: text }),
    rawPage(raster, [32, 32], { tags: [[305, 2, [...Buffer.from(`${SECRETS[5]}\0`)]]] }),
    rawPage(everySecond(raster), [32, 32]),
  ];
  return withSubIfds({ pages, isLittleEndian: false, isBig: true }, [2], 1);
}

let made = 0;
function place(bytes: Uint8Array): { input: string; output: string } {
  const input = join(folder, `in-${++made}.ome.tif`);
  writeFileSync(input, bytes);
  return { input, output: join(folder, `out-${made}.ome.tif`) };
}

async function wholeLevel(path: string, level: number): Promise<string> {
  const slide = unwrap(await openSlideFile(path));
  const { width, height } = slide.info.levels[level] as (typeof slide.info.levels)[number];
  const { data } = unwrap(await slide.read({ level, x: 0, y: 0, width, height }));
  slide.close();
  return createHash("sha256").update(data).digest("hex");
}

describe("a clean copy of an OME-TIFF", () => {
  it("holds no secret and no label, and has the pixels, levels, scale and objective of the original", async () => {
    const bytes = await pyramid();
    const { input, output } = place(bytes);
    const report = unwrap(await deidentifySlide(input, output));
    expectGone(bytes, new Uint8Array(readFileSync(output)));
    expect(secretsIn(Buffer.from(JSON.stringify(report)))).toEqual([]);
    expect(unwrap(await checkSlide(input)).isClean).toBe(false);
    expect(unwrap(await checkSlide(output))).toMatchObject({ isClean: true, findings: [] });
    const [before, now] = [await pixelsOf(input), await pixelsOf(output)];
    expect(now.data.equals(before.data)).toBe(true);
    const { format, objective, levels } = before.info;
    expect(now.info).toMatchObject({ format, objective, levels, mpp: 0.25 });
    expect(now.info.associated ?? []).toEqual([]);
    expect(levels).toHaveLength(2);
    const removed = report.findings.map(({ what }) => what);
    for (const name of ["Experimenter", "StructuredAnnotations", "BinData", "UUID", "Plane", "AcquisitionDate"])
      expect(removed).toContain(`elements ${name}`);
    expect(removed).toContain("label of 20 x 30 px");
    expect(report.pictures.map(({ width, height }) => [width, height])).toEqual([
      [150, 110],
      [75, 55],
    ]);
  });

  it("keeps every channel, names of dyes alone, and finds each plane in its new directory", async () => {
    const channel = (name: string): string => `<Channel SamplesPerPixel="1" Name="${name}"/>`;
    const plane = (c: number, ifd: number): string => `<TiffData FirstC="${c}" IFD="${ifd}" PlaneCount="1"/>`;
    const text =
      `<OME UUID="${everySecret}"><Image Name="a"><Pixels ${sizes(64, 48, 3)}>${channel("DAPI")}${channel(SECRETS[0])}${channel("Cy5")}` +
      `${plane(0, 3)}${plane(1, 1)}${plane(2, 2)}</Pixels></Image></OME>`;
    const grey = (seed: number, more: Partial<PageSpec> = {}): PageSpec => ({
      ...{ width: 64, height: 48, block: [64, 48], samples: 1, photometric: 1 },
      blocks: [Uint8Array.from({ length: 64 * 48 }, (_, i) => (i * seed) % 251)],
      ...more,
    });
    const bytes = buildTiff({ pages: [grey(2, { description: text }), grey(3), grey(5), grey(7)] });
    const { input, output } = place(bytes);
    const report = unwrap(await deidentifySlide(input, output));
    expectGone(bytes, new Uint8Array(readFileSync(output)));
    expect(report.findings).toContainEqual({ where: "directory 0", what: "picture of 64 x 48 px", action: "removed" });
    for (const c of [0, 1, 2]) {
      const plane = { channel: c, focalPlane: 0, time: 0 };
      const [before, now] = [await pixelsOf(input, { plane }), await pixelsOf(output, { plane })];
      expect(now.data.equals(before.data)).toBe(true);
      expect(now.info.planes?.channels).toEqual(["DAPI", "channel 1", "Cy5"]);
    }
    expect(unwrap(await checkSlide(output)).isClean).toBe(true);
  });

  it("keeps levels that are images of their own, and no other image, with every stored block", async () => {
    const image = (i: number, name: string, width: number, height: number, mpp: number): string =>
      `<Image ID="Image:${i}" Name="${name}"><Pixels ${sizes(width, height)} PhysicalSizeX="${mpp}" PhysicalSizeY="${mpp}">` +
      `${rgb}/><TiffData IFD="${i}" PlaneCount="1"/></Pixels></Image>`;
    const text = `<OME>${image(0, "macro", 20, 30, 8)}${image(1, SECRETS[1], 150, 110, 0.25)}${image(2, everySecret, 40, 40, 0.25)}${image(3, "", 75, 55, 0.5)}</OME>`;
    const half = everySecond(raster);
    const pages = [picture(20, 30), raster, picture(40, 40), half].map((each, i) =>
      rawPage(each, [32, 32], i === 0 ? { description: text } : {}),
    );
    const bytes = buildTiff({ pages });
    const { input, output } = place(bytes);
    const report = unwrap(await deidentifySlide(input, output));
    expectGone(bytes, new Uint8Array(readFileSync(output)));
    expect(report.pictures.map(({ where, width, blocks }) => [where, width, blocks])).toEqual([
      ["directory 1", 150, 20],
      ["directory 3", 75, 6],
    ]);
    const again = unwrap(await checkSlide(output));
    expect(again).toMatchObject({ isClean: true, findings: [] });
    expect(again.pictures.map(({ sha256 }) => sha256)).toEqual(report.pictures.map(({ sha256 }) => sha256));
    const before = await pixelsOf(input);
    expect((await pixelsOf(output)).info.levels).toEqual(before.info.levels);
    expect(before.info.levels).toHaveLength(2);
    for (const level of [0, 1]) expect(await wholeLevel(output, level)).toEqual(await wholeLevel(input, level));
  });

  it("is refused where planes lie in other files, and where the largest image is a label", async () => {
    const lost = place(await pyramid(description.replace('IFD="1"', 'IFD="9"')));
    const label = place(await pyramid(description.replace(`Name="${SECRETS[3]}"`, 'Name="Label"')));
    for (const { input, output } of [lost, label]) {
      expect(await deidentifySlide(input, output)).toMatchObject({ ok: false });
      expect(await checkSlide(input)).toMatchObject({ ok: false, failure: { kind: "refused" } });
    }
  });
});
