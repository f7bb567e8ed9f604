/** Clean copies of CZI: secrets in metadata, attachments, subblocks, identifiers, entries and between the segments. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unwrap } from "@nacre/core";
import Zstd from "numcodecs/zstd";
import { afterAll, describe, expect, it } from "vitest";
import { checkSlide, deidentifySlide } from "../../src/node.ts";
import { bgr, buildCzi, type CziSpec, metadataXml } from "../format/czi-builder.ts";
import { smoothPicture, wholeJpegs } from "../jpeg-blocks.ts";
import { picture } from "../picture.ts";
import { cut } from "../tiff-builder.ts";
import { pixelsOf } from "./clean-copy.ts";
import { everySecret, expectGone, jpegWithSecrets, SECRETS, secretsIn } from "./planted.ts";

const folder = mkdtempSync(join(tmpdir(), "nacre-deid-czi-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const nuclei = fileURLToPath(new URL("../../../../../shared/data/slides/nuc_small.czi", import.meta.url));
const hasNuclei = existsSync(nuclei);
if (!hasNuclei) console.log("skipped: shared/data/slides/nuc_small.czi is not here");

let made = 0;
const place = (): { input: string; output: string } => ({
  input: join(folder, `in-${++made}.czi`),
  output: join(folder, `out-${made}.czi`),
});

const raster = picture(128, 96);
const plainBlocks = cut(raster, 64, 96).map((data, i) => ({
  ...{ x: i * 64 - 500, y: 70, width: 64, height: 96, at: { C: 0, S: i, M: i } },
  data: bgr(data),
}));

const xml = metadataXml(0.25, ["DAPI"])
  .replace(
    "<Metadata>",
    `<Metadata><Experiment>${everySecret}</Experiment><CustomAttributes>${SECRETS[0]}</CustomAttributes>`,
  )
  .replace(
    "<Information>",
    `<Information><User><Name>${SECRETS[1]}</Name></User><Document><CreationDate>${SECRETS[2]}</CreationDate><Title>${SECRETS[3]}</Title></Document>`,
  )
  .replace("<Objective Id", `<Microscopes><Microscope Name="${SECRETS[5]}"/></Microscopes><Objective Id`);

/** A CZI with secrets in every corner. */
async function planted(spec: Partial<CziSpec> = {}): Promise<Uint8Array> {
  const jpegs = await wholeJpegs(smoothPicture(64, 48), 64, 48);
  const label = jpegWithSecrets(jpegs[0] as Uint8Array);
  const bytes = buildCzi({
    subblocks: plainBlocks,
    xml,
    attachments: [
      { name: "Label", type: "JPG", data: label },
      { name: "TimeStamps", type: "CZTIMS", data: Buffer.from(everySecret) },
    ],
    ...spec,
  });
  // identifiers of the file, and bytes behind the last segment
  Buffer.from(bytes.buffer).write(SECRETS[4].slice(0, 32), 32 + 16, "latin1");
  return Buffer.concat([bytes, Buffer.from(everySecret)]);
}

async function expectClean(bytes: Uint8Array) {
  const { input, output } = place();
  writeFileSync(input, bytes);
  const report = unwrap(await deidentifySlide(input, output));
  const after = new Uint8Array(readFileSync(output));
  expectGone(bytes, after);
  expect(Buffer.from(after).includes("<META>")).toBe(false);
  expect(Buffer.from(after).includes(SECRETS[4].slice(0, 8))).toBe(false);
  expect(secretsIn(Buffer.from(JSON.stringify(report)))).toEqual([]);
  expect(unwrap(await checkSlide(input)).isClean).toBe(false);
  expect(unwrap(await checkSlide(output))).toMatchObject({ isClean: true, findings: [] });
  const [before, now] = [await pixelsOf(input), await pixelsOf(output)];
  expect(now.data.equals(before.data)).toBe(true);
  const { format, mpp, objective, levels } = before.info;
  expect(now.info).toMatchObject({ format, mpp, objective, levels });
  expect(now.info.associated ?? []).toEqual([]);
  return { report, output, after };
}

describe("a clean copy of a CZI", () => {
  it("holds no secret, no label, no metadata of subblocks and no identifier", async () => {
    const { report } = await expectClean(await planted());
    expect(report.findings).toEqual([
      { where: "attachments", what: "label of 64 x 48 px", action: "removed" },
      { where: "attachments", what: "1 attached files", action: "removed" },
      { where: "subblocks", what: "metadata of 2 subblocks", action: "removed" },
      { where: "metadata", what: "XML", action: "reduced" },
      { where: "file header", what: "GUIDs", action: "emptied" },
    ]);
    expect(report.pictures).toMatchObject([{ width: 128, height: 96, blocks: 2, blanked: 0 }]);
  });

  it("has text inside its JPEG and Zstandard blocks overwritten", async () => {
    const jpegs = await wholeJpegs(smoothPicture(64, 96), 64, 96);
    const codec = new Zstd(1);
    const zstd = async (bytes: Uint8Array): Promise<Uint8Array> => {
      const hidden = Buffer.from(everySecret);
      const skippable = Buffer.alloc(8);
      skippable.writeUInt32LE(0x184d2a5e, 0);
      skippable.writeUInt32LE(hidden.length, 4);
      return Buffer.concat([await codec.encode(bytes), skippable, hidden]);
    };
    const [left, right] = plainBlocks as [(typeof plainBlocks)[0], (typeof plainBlocks)[0]];
    const subblocks = [
      { ...left, compression: 1, data: jpegWithSecrets(jpegs[0] as Uint8Array) },
      { ...right, compression: 6, data: Buffer.concat([Uint8Array.of(3, 1, 0), await zstd(right.data)]) },
      { ...right, at: { C: 0, S: 1, M: 9 }, compression: 5, data: await zstd(right.data) },
    ];
    const { report } = await expectClean(await planted({ subblocks }));
    expect(report.findings).toContainEqual({ where: "subblocks", what: "text inside 3 blocks", action: "blanked" });
  });

  it("is told apart from one byte more, wherever it stands", async () => {
    const { after } = await expectClean(await planted());
    // between the fields of the header, in an entry's coordinate, in the padding of a segment, behind the end
    for (const at of [32 + 100, 32 + 512 + 32 + 16 + 32 + 12, 32 + 512 + 32 + 200, after.length]) {
      const dirty = new Uint8Array(Math.max(after.length, at + 1));
      dirty.set(after);
      dirty[at] = 65;
      const { input } = place();
      writeFileSync(input, dirty);
      expect(unwrap(await checkSlide(input)).isClean, `byte ${at}`).toBe(false);
    }
  });

  it("is refused where the coding of the pixels is not known", async () => {
    const { input, output } = place();
    writeFileSync(input, buildCzi({ subblocks: plainBlocks.map((each) => ({ ...each, compression: 4 })), xml }));
    expect(await deidentifySlide(input, output)).toMatchObject({ ok: false, failure: { kind: "unsupported-codec" } });
    expect(await checkSlide(input)).toMatchObject({ ok: false, failure: { kind: "refused" } });
    expect(existsSync(output)).toBe(false);
  });

  it.skipIf(!hasNuclei)("of a real file has its pixels and its scale, and none of its words", async () => {
    const { output } = place();
    const report = unwrap(await deidentifySlide(nuclei, output));
    const [before, now] = [await pixelsOf(nuclei), await pixelsOf(output)];
    expect(now.data.equals(before.data)).toBe(true);
    expect(now.info.mpp).toBeCloseTo(before.info.mpp as number, 8);
    expect(now.info.objective).toBe(before.info.objective);
    const after = readFileSync(output).toString("latin1");
    for (const word of ["M1SRH", "2016-07-04", "2018-03-02", "Axiocam", "66071726"])
      expect(after.includes(word)).toBe(false);
    expect(report.isWritten).toBe(true);
    expect(unwrap(await checkSlide(output)).isClean).toBe(true);
  });
});
