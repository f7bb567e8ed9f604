/**
 * DICOM slides of ours in Debian's Orthanc: what `convert` and what `deid` wrote is taken in, its tags are read back, and the frames that DICOMweb hands
 * out decode to the pixels of the slide.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Slide } from "../../src/index.ts";
import { convertSlide, deidentifySlide, openSlideFile, writeSyntheticSlide } from "../../src/node.ts";
import { convert, levelOf, openBuilt, ownFolder } from "./converted.ts";
import { type Orthanc, orthancAbsence, partsOf, startOrthanc } from "./orthanc.ts";

const absence = orthancAbsence();
if (absence) console.log(`skipped: ${absence}`);
const at = ownFolder("orthanc");

/** Keys of DICOM JSON that the tests look at. */
const TAG = {
  sopClass: "00080016",
  instance: "00080018",
  patientName: "00100010",
  patientId: "00100020",
  identityRemoved: "00120062",
  study: "0020000D",
  series: "0020000E",
  organisation: "00209311",
  frames: "00280008",
  rows: "00280010",
  columns: "00280011",
  width: "00480006",
  height: "00480007",
} as const;
type Json = Readonly<Record<string, { readonly Value?: readonly unknown[] }>>;

describe.skipIf(absence !== null)("in Orthanc", () => {
  let archive: Orthanc;

  beforeAll(async () => {
    await writeSyntheticSlide(at("source.svs"), { seed: 11, width: 700, height: 520 });
    const slide = unwrap(await openSlideFile(at("source.svs"), { icc: "keep" }));
    unwrap(await convertSlide(slide, at("converted.dcm")));
    slide.close();
    unwrap(await deidentifySlide(at("converted.dcm"), at("clean.dcm")));
    archive = await startOrthanc();
  }, 60_000);
  afterAll(() => archive?.stop());

  const bytesIn = (folder: string): Buffer[] =>
    readdirSync(folder)
      .sort()
      .map((name) => readFileSync(join(folder, name)));
  const json = async (path: string): Promise<Json[]> => {
    const answer = await fetch(archive.url(path), { headers: { Accept: "application/dicom+json" } });
    expect(answer.status, path).toBe(200);
    return (await answer.json()) as Json[];
  };
  const value = (tags: Json, tag: string): unknown => tags[tag]?.Value?.[0];

  /** One POST for each instance, as the REST interface wants it. */
  async function upload(folder: string): Promise<void> {
    for (const bytes of bytesIn(folder)) {
      const answer = await fetch(archive.url("instances"), { method: "POST", body: new Uint8Array(bytes) });
      expect(await answer.json()).toMatchObject({ Status: "Success" });
    }
  }

  /** All instances in one request, as DICOMweb wants it (PS3.18, 10.5). */
  async function store(folder: string): Promise<void> {
    const parts = bytesIn(folder).flatMap((bytes) => [
      Buffer.from("--cut\r\nContent-Type: application/dicom\r\n\r\n"),
      bytes,
      Buffer.from("\r\n"),
    ]);
    const answer = await fetch(archive.url("dicom-web/studies"), {
      method: "POST",
      headers: {
        "Content-Type": 'multipart/related; type="application/dicom"; boundary=cut',
        Accept: "application/dicom+json",
      },
      body: new Uint8Array(Buffer.concat([...parts, Buffer.from("--cut--\r\n")])),
    });
    const told = (await answer.json()) as Json;
    expect(answer.status).toBe(200);
    // ReferencedSOPSequence has all, FailedSOPSequence none
    expect(told["00081199"]?.Value).toHaveLength(readdirSync(folder).length);
    expect(told["00081198"]?.Value ?? []).toEqual([]);
  }

  /** Levels of the series as the archive tells them, finest first. */
  async function told(slide: Slide, folder: string): Promise<Json[]> {
    const own = slide.info.levels.length;
    const studies = await json("dicom-web/studies");
    for (const study of studies) {
      const instances = await json(`dicom-web/studies/${value(study, TAG.study)}/metadata`);
      const names = new Set(instances.map((tags) => value(tags, TAG.instance)));
      const isHere = bytesIn(folder).some((bytes) => [...names].some((name) => bytes.includes(String(name))));
      if (!isHere) continue;
      expect(instances).toHaveLength(own);
      expect(new Set(instances.map((tags) => value(tags, TAG.series))).size).toBe(1);
      return instances.sort((a, b) => Number(value(b, TAG.width)) - Number(value(a, TAG.width)));
    }
    throw new Error("expected a study of the archive with these instances, received none");
  }

  async function framesOf(tags: Json, type = "image/jpeg", syntax = "1.2.840.10008.1.2.4.50"): Promise<Buffer[]> {
    const of = (tag: string): unknown => value(tags, tag);
    const n = Number(of(TAG.frames));
    const list = Array.from({ length: n }, (_, i) => i + 1).join();
    const path = `dicom-web/studies/${of(TAG.study)}/series/${of(TAG.series)}/instances/${of(TAG.instance)}/frames/${list}`;
    const answer = await fetch(archive.url(path), {
      headers: { Accept: `multipart/related; type="${type}"; transfer-syntax=${syntax}` },
    });
    expect(answer.status).toBe(200);
    const parts = partsOf(Buffer.from(await answer.arrayBuffer()), answer.headers.get("content-type") ?? "");
    expect(parts).toHaveLength(n);
    return parts;
  }

  /** Every frame, decoded by a decoder that is not the slide's, against the pixels that the slide shows there. */
  async function expectFrames(slide: Slide, level: number, tags: Json): Promise<void> {
    const whole = await levelOf(slide, level);
    const [rows, columns] = [Number(value(tags, TAG.rows)), Number(value(tags, TAG.columns))];
    const across = Math.ceil(whole.width / columns);
    for (const [i, frame] of (await framesOf(tags)).entries()) {
      const [left, top] = [(i % across) * columns, Math.floor(i / across) * rows];
      const [width, height] = [Math.min(columns, whole.width - left), Math.min(rows, whole.height - top)];
      const { data } = await sharp(frame)
        .extract({ left: 0, top: 0, width, height })
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      const wanted = await sharp(whole.data, { raw: { width: whole.width, height: whole.height, channels: 3 } })
        .extract({ left, top, width, height })
        .raw()
        .toBuffer();
      expect(data.equals(wanted), `frame ${i} of level ${level}`).toBe(true);
    }
  }

  for (const [name, folder, put] of [
    ["what convert wrote is stored over REST", "converted.dcm", upload],
    ["what deid wrote is stored over DICOMweb", "clean.dcm", store],
  ] as const) {
    it(`${name}, told as it was written, and its frames are the pixels of the slide`, async () => {
      await put(at(folder));
      const slide = unwrap(await openSlideFile(at(folder), { icc: "keep" }));
      const levels = await told(slide, at(folder));
      for (const [level, tags] of levels.entries()) {
        const { width, height, blockWidth } = slide.info.levels[level] as Slide["info"]["levels"][number];
        expect(value(tags, TAG.sopClass)).toBe("1.2.840.10008.5.1.4.1.1.77.1.6");
        expect([value(tags, TAG.width), value(tags, TAG.height)]).toEqual([width, height]);
        expect(value(tags, TAG.frames)).toBe(Math.ceil(width / blockWidth) * Math.ceil(height / blockWidth));
        expect(value(tags, TAG.organisation)).toBe("TILED_FULL");
        expect(value(tags, TAG.identityRemoved)).toBe("YES");
        if (folder === "clean.dcm") expect(value(tags, TAG.patientName)).toBeUndefined();
        else expect(value(tags, TAG.patientId)).toBe("anonymous");
        await expectFrames(slide, level, tags);
      }
      slide.close();
    }, 30_000);
  }

  it("JPEG 2000 that convert passed on is stored, and comes back as the streams that the scanner wrote", async () => {
    const golden = readFileSync(new URL("../hostile/jpeg2000.json", import.meta.url), "utf8");
    const stream = Buffer.from(JSON.parse(golden).stream, "base64");
    const block = [32, 32] as const;
    const page = { width: 96, height: 64, block, compression: 33005, photometric: 2, blocks: Array(6).fill(stream) };
    const slide = await openBuilt({ pages: [page] }, 0.5);
    const { report, copy } = await convert(slide, at("jpeg2000.dcm"));
    expect(report.levels[0]?.how).toBe("passed");
    await upload(at("jpeg2000.dcm"));
    const [tags] = await told(copy, at("jpeg2000.dcm"));
    for (const frame of await framesOf(tags as Json, "image/jp2", "1.2.840.10008.1.2.4.91"))
      expect(frame.subarray(0, stream.length).equals(stream)).toBe(true);
    copy.close();
  }, 30_000);
});
