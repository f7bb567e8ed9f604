/** Every command on real files: what it prints with --json, what it writes, and that the example of its help runs. */
import { copyFileSync, cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readBag } from "@nacre/features/node";
import { beforeAll, describe, expect, it } from "vitest";
import { emptyFolder, finishedStudy, nacre, readCsv } from "../../../packages/pipeline/test/small-cohort.ts";

const COMMANDS = [
  "run",
  "slide info",
  "slide read",
  "slide thumbnail",
  "slide convert",
  "tissue",
  "cells",
  "tiles",
  "encode",
  "fit",
  "predict",
  "explain",
  "import",
  "evaluate",
  "ensemble",
  "report",
  "doctor",
  "encoders",
  "aggregators",
];

let home: string;
let slide: string;
let run: string;

/** A folder that holds `nacre-demo` as the demo leaves it, only smaller. */
beforeAll(async () => {
  const study = await finishedStudy();
  home = emptyFolder();
  run = join(home, "nacre-demo");
  for (const copy of ["nacre-demo", "again", "fitted"])
    cpSync(study.file("run"), join(home, copy), { recursive: true });
  mkdirSync(join(run, "slides"));
  for (const site of ["site-a", "site-c"])
    copyFileSync(study.file("slides", `${site}-1.svs`), join(run, "slides", `${site}-001.svs`));
  const checkpoint = new URL("../../../packages/models/test/golden/checkpoints/dsmil.pt", import.meta.url);
  copyFileSync(checkpoint, join(home, "dsmil.pt"));
  slide = join("nacre-demo", "slides", "site-a-001.svs");
});

const command = (...args: readonly string[]) => nacre([...args, "--json"], { cwd: home });

describe("the example in the help", () => {
  it.each(COMMANDS)("of nacre %s runs as it stands", async (name) => {
    const help = await nacre([...name.split(" "), "--help"], { cwd: home });
    expect(help.code).toBe(0);
    const example = /\$ nacre (.+)/.exec(help.stdout)?.[1]?.split(" ") ?? [];
    expect(example.slice(0, name.split(" ").length).join(" ")).toBe(name);
    const ended = await command(...example);
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.json).toBeTypeOf("object");
    expect(ended.json.error).toBeUndefined();
  });

  it("of nacre itself and of demo name the demo", async () => {
    expect((await nacre(["--help"])).stdout).toContain("$ nacre demo --out nacre-demo");
    expect((await nacre(["demo", "--help"])).stdout).toContain("$ nacre demo --out nacre-demo");
  });
});

describe("nacre slide", () => {
  it("info tells size, levels and scale", async () => {
    const { json } = await command("slide", "info", slide);
    expect(json).toMatchObject({ width: 1024, height: 1024, mpp: 0.5, mppSource: "file" });
    expect(json.levels[0]).toMatchObject({ index: 0, downsample: 1 });
    const given = await command("slide", "info", slide, "--mpp", "0.25");
    // --mpp fills a missing scale; it never replaces one that the file holds.
    expect(given.json).toMatchObject({ mpp: 0.5, mppSource: "file", mppInFile: 0.5 });
  });

  it("read writes raw RGB and PNG of the size asked for", async () => {
    const region = ["--level", "0", "--x", "100", "--y", "200", "--width", "64", "--height", "32"];
    const { code, json } = await command(
      "slide",
      "read",
      slide,
      ...region,
      "--raw",
      "region.rgb",
      "--png",
      "region.png",
    );
    expect(code).toBe(0);
    expect(json.region).toEqual({ level: 0, x: 100, y: 200, width: 64, height: 32 });
    expect(statSync(join(home, "region.rgb")).size).toBe(64 * 32 * 3);
    const png = readFileSync(join(home, "region.png"));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([64, 32]);
  });

  it.each([
    ["no place for the pixels", []],
    ["a level that is not there", ["--level", "9", "--raw", "x"]],
    ["half a pixel", ["--x", "0.5", "--raw", "x"]],
    ["no number", ["--width", "wide", "--raw", "x"]],
    ["an empty region", ["--width", "0", "--raw", "x"]],
  ])("read refuses %s", async (_, options) => {
    const { code, json } = await command("slide", "read", slide, ...options);
    expect([code, json.error.kind]).toEqual([2, "bad-usage"]);
  });

  it("thumbnail writes a PNG whose longest side is the one asked for", async () => {
    const { json } = await command("slide", "thumbnail", slide, "--out", "thumb.png", "--size", "100");
    expect(Math.max(json.width, json.height)).toBe(100);
  });

  it("convert writes the slide in another format, and refuses a name that is taken", async () => {
    const { json } = await command("slide", "convert", slide, "copy.ome.tif");
    expect(json).toMatchObject({ format: "ome-tiff", out: "copy.ome.tif", tile: 256 });
    expect(json.passed).toBeGreaterThan(0);
    const copy = await command("slide", "info", "copy.ome.tif");
    const before = await command("slide", "info", slide);
    expect([copy.json.width, copy.json.mpp]).toEqual([before.json.width, before.json.mpp]);
    const again = await command("slide", "convert", slide, "copy.ome.tif");
    expect([again.code, again.json.error.kind]).toEqual([2, "bad-usage"]);
    const odd = await command("slide", "convert", slide, "copy.svs", "--tile", "100");
    expect([odd.code, odd.json.error.kind]).toEqual([2, "bad-usage"]);
  });

  it("ends with exit code 4 and a name for a file that is not there or is no slide", async () => {
    writeFileSync(join(home, "letter.svs"), "Dear colleague");
    const absent = await command("slide", "info", "none.svs");
    expect([absent.code, absent.json.error.kind]).toEqual([4, "missing-file"]);
    const letter = await command("slide", "info", "letter.svs");
    expect([letter.code, letter.json.error.kind]).toEqual([4, "unsupported-format"]);
  });
});

describe("commands over many files", () => {
  it("go on after a bad one: exit code 1, and 4 where all fail", async () => {
    writeFileSync(join(home, "empty.svs"), "");
    const some = await command("tiles", slide, "empty.svs", "--tile-mpp", "1", "--tile-size", "112");
    expect(some.code).toBe(1);
    expect(some.json.files[0]).toMatchObject({ file: slide, size: 112, mpp: 1 });
    expect(some.json.files[0].tiles).toHaveLength(some.json.files[0].n);
    expect(some.json.files[1].error.kind).toBe("empty-file");
    const all = await command("tissue", "empty.svs", "none.svs");
    expect([all.code, all.json.error.kind, all.json.files.length]).toEqual([4, "empty-file", 2]);
  });

  it("tissue tells the area and writes outlines", async () => {
    const { json } = await command("tissue", slide, "--out", "outlines");
    expect(json.files[0].areaMm2).toBeGreaterThan(0.05);
    expect(JSON.parse(readFileSync(join(home, json.files[0].written), "utf8")).type).toBe("FeatureCollection");
  });

  it("encode writes what the run wrote", async () => {
    const { json } = await command("encode", slide, "--encoder", "texture", "--out", "own", "--min-tissue", "0.3");
    const [own, other] = [
      await readBag(join(home, json.files[0].output)),
      await readBag(join(run, "features", "site-a-1.h5")),
    ];
    if (!own.ok || !other.ok) throw new Error("expected two bags");
    expect(own.value.n).toBe(other.value.n);
    expect(own.value.features).toEqual(other.value.features);
  });
});

describe("the model of a run", () => {
  it("predicts an external slide as the run did, to 1e-6, from pixels and from features", async () => {
    const row = readCsv(readFileSync(join(run, "predictions.csv"), "utf8")).find((r) => r.slide === "site-c-1");
    const files = [join("nacre-demo", "slides", "site-c-001.svs"), join("nacre-demo", "features", "site-c-1.h5")];
    const { json, stderr } = await command("predict", "nacre-demo", ...files, "--out", "new.csv");
    // Its slides were drawn: whoever predicts real tissue with it must know.
    expect(stderr).toContain("SYNTHETIC");
    for (const file of json.files) {
      for (const c of ["benign", "tumour"])
        expect(Math.abs(file.probabilities[c] - Number(row?.[`p_${c}`]))).toBeLessThan(1e-6);
    }
    expect(json.files[0].inStudy).toBe(true);
    const table = readCsv(readFileSync(join(home, "new.csv"), "utf8"));
    expect(table.map((r) => Object.keys(r))).toEqual(Array(2).fill(["slide", "p_benign", "p_tumour"]));
  });

  it("explains a slide with the picture and the places", async () => {
    const { json } = await command("explain", "nacre-demo", slide, "--out", "looked");
    expect(json.files[0].written.map((f: string) => f.replace(/.*[/\\]/, ""))).toEqual([
      "site-a-001.png",
      "site-a-001.geojson",
    ]);
    expect(json.files[0].scale).toBeGreaterThan(0);
  });

  it("is looked for in a run folder and nowhere else", async () => {
    const { code, json } = await command("predict", "slides", slide);
    expect([code, json.error.kind]).toEqual([2, "bad-usage"]);
  });

  it("refuses features of another dimension", async () => {
    const { code, json } = await command("predict", "nacre-demo", "letter.h5");
    expect([code, json.error.kind]).toEqual([4, "missing-file"]);
  });
});

describe("nacre ensemble", () => {
  it("of a run and its copy answers as the run, and its model.onnx predicts as its table says", async () => {
    const { code, json } = await command("ensemble", "nacre-demo", "again", "--out", "joined");
    expect([code, json.by, json.members.length]).toEqual([0, "mean", 2]);
    const rows = (folder: string) => readCsv(readFileSync(join(home, folder, "predictions.csv"), "utf8"));
    expect(rows("joined").map((row) => Number(row.p_tumour))).toEqual(
      rows("nacre-demo").map((r) => Number(r.p_tumour)),
    );
    expect(json.comparison[0].auroc.pairs[0].difference.value).toBe(0);
    const features = join("nacre-demo", "features", "site-c-1.h5");
    const predicted = await command("predict", join("joined", "model.onnx"), features);
    const row = rows("joined").find(({ slide: name }) => name === "site-c-1");
    expect(Math.abs(predicted.json.files[0].probabilities.tumour - Number(row?.p_tumour))).toBeLessThan(1e-6);
  });

  it("keeps out of run folders, and knows its ways", async () => {
    const own = await command("ensemble", "nacre-demo", "again", "--out", "fitted");
    expect([own.code, own.json.error.kind]).toEqual([2, "bad-usage"]);
    const way = await command("ensemble", "nacre-demo", "again", "--by", "vote", "--out", "voted");
    expect([way.code, way.json.error.expected]).toEqual([2, "--by mean, rank, learned"]);
  });
});

describe("nacre report", () => {
  it("writes report and summary again with the same bytes", async () => {
    const files = ["report.html", "summary.md", "scorecard.json", "predictions.csv"].map((f) => join(run, f));
    const first = await command("report", "nacre-demo");
    const before = files.map((f) => readFileSync(f, "utf8"));
    const second = await command("report", "nacre-demo");
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(files.map((f) => readFileSync(f, "utf8"))).toEqual(before);
  });

  it("changes nothing where the slides are no longer there", async () => {
    const moved = join(home, "moved");
    cpSync(run, moved, { recursive: true });
    const study = readFileSync(join(moved, "study.yaml"), "utf8");
    for (const slides of ["nowhere", "slides"]) {
      writeFileSync(join(moved, "study.yaml"), study.replace(/^slides:.*$/m, `slides: ${slides}`));
      const { code, json } = await command("report", "moved");
      expect([code, json.error.kind]).toEqual([4, "nothing-usable"]);
    }
    for (const file of ["report.html", "scorecard.json", "predictions.csv", "slides.csv", "summary.md"]) {
      expect(readFileSync(join(moved, file), "utf8")).toBe(readFileSync(join(run, file), "utf8"));
    }
  });

  it("changes nothing where the study is another one", async () => {
    const changed = join(home, "changed");
    cpSync(run, changed, { recursive: true });
    writeFileSync(
      join(changed, "study.yaml"),
      readFileSync(join(changed, "study.yaml"), "utf8").replace(/^seed: .*$/m, "seed: 99"),
    );
    const { code, json } = await command("report", "changed");
    expect([code, json.error.kind]).toEqual([2, "bad-usage"]);
    expect(readFileSync(join(changed, "scorecard.json"), "utf8")).toBe(
      readFileSync(join(run, "scorecard.json"), "utf8"),
    );
  });
});

describe("nacre evaluate", () => {
  it("gives the same AUROC as the run from its predictions alone", async () => {
    const { json } = await command("evaluate", join("nacre-demo", "predictions.csv"), "--bootstrap", "50");
    const card = JSON.parse(readFileSync(join(run, "scorecard.json"), "utf8"));
    expect(json.internal.auroc.value).toBe(card.internal.auroc.value);
    expect(json.external.auroc.value).toBe(card.external.auroc.value);
  });

  it("ends with exit code 2 for a table that is not there", async () => {
    const { code, json } = await command("evaluate", "none.csv");
    expect([code, json.error.kind]).toEqual([2, "bad-table"]);
  });
});

describe("lists", () => {
  it("name the built-in encoder and the aggregators", async () => {
    expect((await command("encoders")).json.encoders.map((e: { name: string }) => e.name)).toContain("texture");
    const { json } = await command("aggregators");
    expect(json.probes.map((p: { name: string }) => p.name)).toContain("linear-probe");
    expect(json.aggregators.map((a: { name: string }) => a.name)).toEqual(
      expect.arrayContaining(["mean", "abmil", "clam-sb", "transmil", "longnet"]),
    );
  });

  it("doctor says which decoder and which engine are in use", async () => {
    const { code, json } = await command("doctor");
    expect([code, json.ok]).toEqual([0, true]);
    expect(json.checks.map((c: { what: string }) => c.what)).toEqual(
      expect.arrayContaining(["JPEG decoder", "ONNX Runtime"]),
    );
  });
});
