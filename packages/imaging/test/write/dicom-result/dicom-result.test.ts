/** Results as DICOM: what stands in them, read by DCMTK, and whether David Clunie's dciodvfy finds an error in them. Neither is ours. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { randomStream, unwrap } from "@nacre/core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  convertSlide,
  HISTOGRAM_ANALYSIS,
  NO_VALUE,
  openSlideFile,
  type ResultFacts,
  readResultSource,
  TISSUE,
  type TileNumbers,
  writeMeasurementReport,
  writeParametricMap,
  writeSegmentation,
  writeSyntheticSlide,
} from "../../../src/node.ts";
import { tileRaster } from "../../../src/write/dicom-result/tile-raster.ts";
import { ownFolder } from "../converted.ts";

const at = ownFolder("dicom-result");
const has = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;
const noToolkit = !has("dcmdump") || !has("dcmodify");
const noVerifier = !has("dciodvfy");
if (noToolkit) console.log("skipped: DCMTK is not installed");
if (noVerifier) console.log("skipped: dicom3tools is not installed");

let facts: ResultFacts;
const TILES: TileNumbers = {
  name: "attention",
  meaning: "times an even share of the slide's attention",
  scale: [0, 3],
  side: 128,
  x: [10, 138, 266],
  y: [20, 20, 276],
  values: [0.5, 1, 1.5],
};

beforeAll(async () => {
  await writeSyntheticSlide(at("one.svs"), { seed: 7, width: 700, height: 520 });
  const slide = unwrap(await openSlideFile(at("one.svs"), { icc: "keep" }));
  unwrap(await convertSlide(slide, at("one.dcm")));
  slide.close();
  facts = {
    source: unwrap(await readResultSource(at("one.dcm"))),
    maker: { name: "small study", version: "0.1.0", run: "0123456789abcdef" },
    made: new Date("2026-01-02T03:04:05Z"),
    isSynthetic: false,
    notice: "Research use only. Not a medical device.",
  };
});

/** What dcmdump prints of some tags. */
function dump(bytes: Uint8Array, ...tags: string[]): string[] {
  writeFileSync(at("dumped.dcm"), bytes);
  const told = spawnSync("dcmdump", ["+L", "-M", ...tags.flatMap((tag) => ["+P", tag]), at("dumped.dcm")]);
  return told.stdout
    .toString()
    .split("\n")
    .map((line) => line.replace(/^\s*\([^)]*\) .. /, "").replace(/\s*#.*$/, ""))
    .filter((line) => line !== "");
}

const masked = (width: number, height: number): Uint8Array =>
  Uint8Array.from({ length: width * height }, (_, i) =>
    ((i % width) * 7 + Math.floor(i / width) * 3) % 5 === 0 ? 1 : 0,
  );

const segment = (mask: Uint8Array) => ({
  label: "Tissue",
  description: "colour and density",
  algorithm: { name: "Nacre tissue finding", version: "0.1.0", family: HISTOGRAM_ANALYSIS },
  ...TISSUE,
  mask,
});

const ANSWER = {
  question: "diagnosis",
  numbers: [
    { name: "benign", value: 0.1, unit: "probability" },
    { name: "tumour", value: 0.9, unit: "probability" },
  ],
  remarks: ["Not calibrated."],
} as const;

describe("a parametric map", () => {
  it.skipIf(noToolkit)("has one number a tile, and where no tile is the padding value", async () => {
    const { bytes } = unwrap(await writeParametricMap(facts, TILES));
    const [values] = dump(bytes, "7fe0,0008");
    const none = Math.fround(NO_VALUE);
    const read = String(values)
      .split("\\")
      .map((text) => Math.fround(Number(text)));
    // three tiles across, three down: the middle row is empty
    expect(read.map((x) => (Math.abs(x / none - 1) < 1e-5 ? null : x))).toEqual([
      0.5,
      1,
      null,
      null,
      null,
      null,
      null,
      null,
      1.5,
    ]);
    expect(dump(bytes, "0028,0010", "0028,0011", "0028,0008")).toEqual(["3", "3", "[1]"]);
    expect(dump(bytes, "0028,3003")).toEqual([`[${TILES.meaning}]`]);
  });

  it.skipIf(noToolkit)(
    "lies where its tiles lie: the centre of the first pixel is the centre of the first tile",
    async () => {
      const { bytes } = unwrap(await writeParametricMap(facts, TILES));
      const [down, across] = facts.source.spacing;
      // the place of the matrix, then that of its only frame
      const numbers = (tag: string) => dump(bytes, tag).map((text) => Number(text.replace(/[[\]]/g, "")));
      // rows run along -y of the glass, columns along -x
      expect(facts.source.orientation).toEqual([0, -1, 0, -1, 0, 0]);
      for (const y of numbers("0040,073a")) expect(y).toBeCloseTo(-(10 + 64 - 0.5) * across, 9);
      for (const x of numbers("0040,072a")) expect(x).toBeCloseTo(-(20 + 64 - 0.5) * down, 9);
    },
  );

  it.skipIf(noToolkit)(
    "has one pixel a tile where tiles overlap, as large as their step, centre on centre",
    async () => {
      const { bytes } = unwrap(await writeParametricMap(facts, { ...TILES, x: [0, 64], y: [0, 0], values: [1, 3] }));
      expect(dump(bytes, "7fe0,0008")[0]?.split("\\").map(Number)).toEqual([1, 3]);
      expect(dump(bytes, "0040,073a")[0]).toBe(`[${-63.5 * 0.0005}]`);
    },
  );

  it("finds the step of a grid whose places are rounded and many missing", () => {
    const random = randomStream(3, "grid");
    for (const [step, side] of [
      [506.53, 507],
      [223.9411, 224],
      [112.27, 449],
      [2048, 2048],
    ] as const) {
      const cells = Array.from({ length: 120 * 90 }, (_, i) => [i % 120, Math.floor(i / 120)] as const);
      const kept = cells.filter(() => random.uniform() < 0.15);
      const [left, top] = [Math.min(...kept.map(([x]) => x)), Math.min(...kept.map(([, y]) => y))];
      const tiles = {
        side,
        x: kept.map(([x]) => Math.round(x * step)),
        y: kept.map(([, y]) => Math.round(y * step)),
        values: kept.map((_, i) => i),
      };
      const { laid, pixels } = tileRaster(tiles, -1);
      expect(Math.abs(laid.downsample - step)).toBeLessThan(0.02);
      for (const [i, [x, y]] of kept.entries()) {
        expect(pixels[(y - top) * laid.width + x - left]).toBe(i);
        const centre = laid.x + (x - left + 0.5) * laid.downsample;
        expect(Math.abs(centre - (Math.round(x * step) + side / 2))).toBeLessThan(1.5);
      }
      expect(pixels.filter((value) => value >= 0)).toHaveLength(kept.length);
    }
  });

  it("is refused by name without tiles, with a number that is none, and with places on no common raster", async () => {
    expect(await writeParametricMap(facts, { ...TILES, x: [], y: [], values: [] })).toMatchObject({
      ok: false,
      failure: { kind: "bad-value" },
    });
    expect(await writeParametricMap(facts, { ...TILES, values: [1, Number.NaN, 2] })).toMatchObject({
      ok: false,
      failure: { kind: "bad-value" },
    });
    const astray = { ...TILES, x: [0, 1, 90_001], y: [0, 0, 90_001] };
    expect(await writeParametricMap(facts, astray)).toMatchObject({ ok: false, failure: { kind: "out-of-bounds" } });
  });
});

describe("a segmentation", () => {
  it.skipIf(noToolkit)("has the bits of the mask, frame by frame, and leaves empty frames out", async () => {
    const [width, height] = [1100, 300];
    const mask = masked(width, height);
    // the second of three frames is empty
    for (let i = 0; i < mask.length; i++) if (i % width >= 512 && i % width < 1024) mask[i] = 0;
    const { bytes } = unwrap(
      await writeSegmentation(facts, { width, height, x: 0, y: 0, downsample: 4 }, [segment(mask)]),
    );
    expect(dump(bytes, "0028,0008", "0062,0001", "0062,0008", "0048,021e")).toEqual([
      "[2]",
      "[BINARY]",
      "[AUTOMATIC]",
      "1",
      "1025",
    ]);
    writeFileSync(at("bits.dcm"), bytes);
    spawnSync("dcmdump", ["+W", at("."), at("bits.dcm")]);
    const raw = readdirSync(at(".")).find((name) => name.startsWith("bits.dcm") && name.endsWith(".raw"));
    const bits = readFileSync(at(String(raw)));
    const bit = (n: number): number => ((bits[n >> 3] ?? 0) >> (n & 7)) & 1;
    for (const [frame, left] of [0, 1024].entries()) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < 512; x++) {
          const wanted = left + x < width ? mask[y * width + left + x] : 0;
          if (bit(frame * 512 * height + y * 512 + x) !== wanted)
            throw new Error(`another bit at ${x}, ${y} of frame ${frame}`);
        }
      }
    }
  });

  it("is refused where the mask has another size, or nothing in it", async () => {
    const laid = { width: 8, height: 8, x: 0, y: 0, downsample: 4 };
    expect(await writeSegmentation(facts, laid, [segment(new Uint8Array(63))])).toMatchObject({
      ok: false,
      failure: { kind: "bad-value" },
    });
    expect(await writeSegmentation(facts, laid, [segment(new Uint8Array(64))])).toMatchObject({
      ok: false,
      failure: { kind: "bad-value" },
    });
  });
});

describe("a measurement report", () => {
  it.skipIf(noToolkit)(
    "says the numbers, that nobody signed it, that it is no medical device, and that the slide is synthetic",
    async () => {
      const { bytes } = unwrap(await writeMeasurementReport(facts, ANSWER));
      expect(dump(bytes, "0040,a493", "0040,a496")).toEqual(["[UNVERIFIED]", "[PRELIMINARY]"]);
      expect(dump(bytes, "0040,a30a")).toEqual(["[0.1]", "[0.9]"]);
      const told = dump(bytes, "0040,a160").join("\n");
      for (const words of ["Not a medical device", "SYNTHETIC", "nobody has signed it", "Not calibrated."])
        expect(told).toContain(words);
    },
  );

  it("is refused with a probability outside 0 to 1, a number that is none, or no number", async () => {
    for (const numbers of [
      [],
      [{ name: "x", value: 1.1, unit: "probability" as const }],
      [{ name: "x", value: Number.NaN, unit: "number" as const }],
    ])
      expect(await writeMeasurementReport(facts, { ...ANSWER, numbers })).toMatchObject({
        ok: false,
        failure: { kind: "bad-value" },
      });
  });
});

describe("every result", () => {
  const laid = { width: 50, height: 40, x: 0, y: 0, downsample: 13 };
  const all = async (of: ResultFacts) => [
    unwrap(await writeParametricMap(of, TILES)),
    unwrap(await writeSegmentation(of, laid, [segment(masked(50, 40))])),
    unwrap(await writeMeasurementReport(of, ANSWER)),
  ];

  it.skipIf(noVerifier)("passes dciodvfy without an error", async () => {
    for (const { bytes } of await all(facts)) {
      writeFileSync(at("checked.dcm"), bytes);
      const told = spawnSync("dciodvfy", [at("checked.dcm")]).stderr.toString();
      expect(told).toMatch(/ParametricMap|Segmentation|Comprehensive3DSR/);
      expect(told.split("\n").filter((line) => line.startsWith("Error"))).toEqual([]);
    }
  });

  it("is the same instance when written twice, and another when a number changes", async () => {
    const [once, twice] = [await all(facts), await all(facts)];
    expect(twice.map(({ bytes }) => Buffer.from(bytes).toString("base64"))).toEqual(
      once.map(({ bytes }) => Buffer.from(bytes).toString("base64")),
    );
    expect(new Set(once.map(({ instance }) => instance)).size).toBe(3);
    const other = unwrap(await writeParametricMap(facts, { ...TILES, values: [0.5, 1, 1.6] }));
    expect(other.instance).not.toBe(once[0]?.instance);
    expect(other.series).toBe(once[0]?.series);
  });

  it.skipIf(noToolkit)("repeats patient and study as the slide has them, in the slide's own letters", async () => {
    spawnSync("cp", ["-r", at("one.dcm"), at("named.dcm")]);
    const name = Buffer.from("Müller^Jürgen ", "latin1");
    for (const file of readdirSync(at("named.dcm"))) {
      spawnSync("dcmodify", [
        "-nb",
        "-m",
        "0008,0005=ISO_IR 100",
        "-m",
        "0010,0010=XXXXXXXXXXXXXX",
        "-m",
        "0010,0020=P-77",
        at(`named.dcm/${file}`),
      ]);
      const bytes = readFileSync(at(`named.dcm/${file}`));
      name.copy(bytes, bytes.indexOf("XXXXXXXXXXXXXX"));
      writeFileSync(at(`named.dcm/${file}`), bytes);
    }
    const source = unwrap(await readResultSource(at("named.dcm")));
    for (const { bytes } of await all({ ...facts, source, maker: { ...facts.maker, name: "Größe µ" } })) {
      expect(dump(bytes, "0008,0005", "0010,0020", "0020,000d").slice(0, 3)).toEqual([
        "[ISO_IR 100]",
        "[P-77]",
        `[${source.study}]`,
      ]);
      expect(Buffer.from(bytes).includes(name)).toBe(true);
    }
  });

  it.skipIf(noToolkit)("carries the same from a slide whose file does not say its representations", async () => {
    mkdirSync(at("implicit"));
    const [file] = readdirSync(at("one.dcm")).filter((name) => name === "level-0.dcm");
    spawnSync("dcmdjpeg", ["+ti", at(`one.dcm/${file}`), at("implicit/level-0.dcm")]);
    const source = unwrap(await readResultSource(at("implicit")));
    const { carried, instance, ...place } = source;
    expect({ ...facts.source, ...place }).toEqual(facts.source);
    expect(carried).toEqual(facts.source.carried);
  });

  it("is refused by name for a slide that is no DICOM", async () => {
    const read = await readResultSource(at("one.svs"));
    expect(read).toMatchObject({ ok: false, failure: { kind: "unsupported-format" } });
    if (!read.ok) expect(read.failure.remedy).toContain("nacre convert");
  });

  it("finds the finest level, named by the folder or by any of its files", async () => {
    for (const file of readdirSync(at("one.dcm"))) {
      const { instance, width } = unwrap(await readResultSource(at(`one.dcm/${file}`)));
      expect([instance, width]).toEqual([facts.source.instance, 700]);
    }
  });
});
