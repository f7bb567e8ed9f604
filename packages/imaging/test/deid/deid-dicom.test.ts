/** Clean copies of DICOM series: secrets in names, dates, UIDs, private attributes, frames and file names. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import { afterAll, describe, expect, it } from "vitest";
import { checkSlide, deidentifySlide, openSlideFile } from "../../src/node.ts";
import { buildDicom, type Entry, type InstanceSpec } from "../format/dicom-builder.ts";
import { wholeJpegs } from "../jpeg-blocks.ts";
import { picture } from "../picture.ts";
import { cut } from "../tiff-builder.ts";
import { everySecret, jpegWithSecrets, SECRETS, secretsIn } from "./planted.ts";

const root = mkdtempSync(join(tmpdir(), "nacre-deid-dicom-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const UIDS = ["1.2.826.0.1.3680043.9.7433.1.77", "1.2.826.0.1.3680043.9.7433.2.88"] as const;
const raster = picture(128, 96);

const secrets: readonly Entry[] = [
  [0x00080020, "DA", "20190723"],
  [0x0008002a, "DT", "20190723115800"],
  [0x00080050, "SH", SECRETS[0]],
  [0x00080090, "PN", SECRETS[1]],
  [0x00081010, "SH", "STATION-9"],
  [0x00090010, "LO", "PRIVATE 1.0"],
  [0x00091001, "LT", everySecret],
  [0x00100010, "PN", SECRETS[1]],
  [0x00100020, "LO", SECRETS[0]],
  [0x00104000, "LT", everySecret],
  [0x00181000, "LO", SECRETS[5]],
  [0x00181020, "LO", "v10.0.51\\Tue Oct  4 18:39:42 EDT 2022"],
  [0x0020000d, "UI", UIDS[0]],
  [0x00204000, "LT", SECRETS[3]],
  [0x00400512, "LO", SECRETS[0]],
  [
    0x00400560,
    "SQ",
    [
      [
        [0x00400551, "LO", SECRETS[0]],
        [0x00400554, "UI", UIDS[1]],
        [0x00400600, "LO", everySecret],
        [0x00400610, "SQ", [[[0x00400612, "SQ", [[[0x0040a160, "UT", everySecret]]]]]]],
      ],
    ],
  ],
  [0x00480107, "ST", SECRETS[2]],
];

async function series(folder: string, spec: Partial<InstanceSpec> = {}): Promise<void> {
  mkdirSync(folder);
  const jpegs = await wholeJpegs(raster, 64, 48);
  const frames = jpegs.map((jpeg, i) => (i === 2 ? jpegWithSecrets(jpeg) : jpeg));
  const coded = { syntax: "1.2.840.10008.1.2.4.50", photometric: "YBR_FULL_422", table: "basic" as const, frames };
  const level: InstanceSpec = {
    width: 128,
    height: 96,
    block: [64, 48],
    mpp: 0.5,
    uid: `${UIDS[0]}.1`,
    more: secrets,
    ...coded,
    ...spec,
  };
  const preamble = Buffer.from(buildDicom(level));
  preamble.write(SECRETS[4], 0);
  writeFileSync(join(folder, `${SECRETS[3]}.dcm`), preamble);
  const half = picture(64, 48);
  const second = { ...level, width: 64, height: 48, uid: `${UIDS[0]}.2`, frames: await wholeJpegs(half, 64, 48) };
  writeFileSync(join(folder, "level-1.dcm"), buildDicom(second));
  for (const kind of ["LABEL", "OVERVIEW"] as const) {
    const other = {
      ...level,
      kind,
      width: 64,
      height: 48,
      uid: `${UIDS[0]}.${kind.length}`,
      frames: [jpegs[0] as Uint8Array],
    };
    writeFileSync(join(folder, `${kind}.dcm`), buildDicom(other));
  }
  writeFileSync(join(folder, "notes.txt"), everySecret);
}

const bytesOf = (folder: string): Buffer =>
  Buffer.concat(
    readdirSync(folder)
      .sort()
      .map((name) => readFileSync(join(folder, name))),
  );

async function whole(path: string) {
  const slide = unwrap(await openSlideFile(path));
  const { width, height } = slide.info;
  const { data } = unwrap(await slide.read({ level: 0, x: 0, y: 0, width, height }));
  slide.close();
  return { info: slide.info, data: Buffer.from(data) };
}

describe("a clean copy of a DICOM series", () => {
  for (const [name, spec] of [
    ["JPEG", {}],
    ["sequences of undefined length", { openEnded: true }],
    [
      "implicit little endian",
      { syntax: "1.2.840.10008.1.2", photometric: "RGB", table: "none", frames: cut(raster, 64, 48) },
    ],
  ] as const satisfies readonly (readonly [string, Partial<InstanceSpec>])[]) {
    it(`holds no secret, no label and no overview, and the same pixels (${name})`, async () => {
      const [from, to] = [join(root, `from ${name}`), join(root, `to ${name}`)];
      await series(from, spec);
      if ("syntax" in spec) {
        const half = cut(picture(64, 48), 64, 48);
        writeFileSync(
          join(from, "level-1.dcm"),
          buildDicom({
            width: 64,
            height: 48,
            block: [64, 48],
            mpp: 0.5,
            uid: `${UIDS[0]}.2`,
            more: secrets,
            syntax: spec.syntax,
            frames: half,
          }),
        );
      }
      const report = unwrap(await deidentifySlide(from, to));
      expect(readdirSync(to)).toEqual(["instance-0001.dcm", "instance-0002.dcm"]);
      const after = bytesOf(to);
      expect(secretsIn(bytesOf(from)).length).toBe(SECRETS.length);
      expect(secretsIn(after)).toEqual([]);
      for (const trace of [
        "20190723",
        "1.2.826.0.1.3680043",
        "STATION-9",
        "EDT 2022",
        "PRIVATE 1.0",
        "DOE^JANE",
        "1.2.3",
      ]) {
        expect(after.includes(trace), trace).toBe(false);
      }
      expect(after.includes("v10.0.51")).toBe(true);
      expect(secretsIn(Buffer.from(JSON.stringify(report)))).toEqual([]);
      expect(report.findings).toContainEqual(expect.objectContaining({ what: "label", action: "removed" }));
      expect(report.findings).toContainEqual(expect.objectContaining({ what: "(0009,1001)", action: "removed" }));
      expect(unwrap(await checkSlide(to))).toMatchObject({ isClean: true, findings: [] });
      expect(unwrap(await checkSlide(from)).isClean).toBe(false);
      const [before, now] = [await whole(from), await whole(to)];
      expect(now.data.equals(before.data)).toBe(true);
      expect(now.info.levels).toEqual(before.info.levels);
      expect(now.info.mpp).toBe(before.info.mpp);
    });
  }

  it("of a part of a concatenation is refused with the folder to name, and nothing is left behind", async () => {
    const from = join(root, "series-in-two");
    mkdirSync(from);
    const frames = await wholeJpegs(raster, 64, 48);
    const common = { width: 128, height: 96, mpp: 0.5, syntax: "1.2.840.10008.1.2.4.50", table: "basic" } as const;
    for (const [name, part] of [frames.slice(0, 3), frames.slice(3)].entries()) {
      const concatenation = { uid: "1.2.5", offset: name * 3 };
      const own = { block: [64, 48], photometric: "YBR_FULL_422", uid: `1.2.5.${name}`, concatenation } as const;
      writeFileSync(join(from, `${name}.dcm`), buildDicom({ ...common, ...own, frames: part }));
    }
    for (const name of ["0.dcm", "1.dcm"]) {
      const before = readdirSync(root);
      const alone = await deidentifySlide(join(from, name), join(root, "alone.dcm"));
      expect(alone).toMatchObject({ ok: false, failure: { kind: "bad-usage", received: join(from, name) } });
      expect(alone.ok ? "" : alone.failure.remedy).toContain(`nacre slide deid ${from} OUT-FOLDER`);
      expect(readdirSync(root)).toEqual(before);
    }
    unwrap(await deidentifySlide(from, join(root, "series-in-two-clean")));
    expect((await whole(join(root, "series-in-two-clean"))).data.equals((await whole(from)).data)).toBe(true);
  });

  it("replaces equal UIDs by equal ones, the same under one salt and others under another", async () => {
    const from = join(root, "salted");
    await series(from);
    const study = async (salt: string, name: string) => {
      unwrap(await deidentifySlide(from, join(root, name), { salt }));
      const uids = readdirSync(join(root, name)).map((file) => {
        const bytes = readFileSync(join(root, name, file));
        const at = bytes.indexOf(Buffer.from([0x20, 0, 0x0d, 0, 0x55, 0x49]));
        return bytes.toString("latin1", at + 8, at + 8 + bytes.readUInt16LE(at + 6));
      });
      expect(new Set(uids).size).toBe(1);
      expect(uids[0]).toMatch(/^2\.25\.\d+\0?$/);
      return uids[0];
    };
    expect(await study("a", "one")).toBe(await study("a", "two"));
    expect(await study("b", "three")).not.toBe(await study("a", "four"));
  });

  it("refuses a scan that says it shows the label, or has text burned in", async () => {
    for (const tag of [0x00480010, 0x00280301]) {
      const from = join(root, `burned ${tag}`);
      await series(from, { more: [...secrets, [tag, "CS", "YES"]] });
      const outcome = await deidentifySlide(from, `${from} out`);
      expect(outcome).toMatchObject({ ok: false, failure: { kind: "refused" } });
      expect(readdirSync(root).filter((name) => name.includes("part") || name.endsWith("out"))).toEqual([]);
    }
  });

  it("of one instance is one file", async () => {
    const from = join(root, "single");
    await series(from);
    const output = join(root, "single.dcm");
    unwrap(await deidentifySlide(join(from, "level-1.dcm"), output));
    expect(unwrap(await checkSlide(output)).isClean).toBe(true);
    expect(await deidentifySlide(join(from, "LABEL.dcm"), join(root, "label.dcm"))).toMatchObject({
      ok: false,
      failure: { kind: "refused" },
    });
  });
});
