/** One bad slide never ends a run and never disappears from it. All kinds of bad slides in one cohort, through the real command. */
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { writeSyntheticSlide } from "@nacre/imaging/node";
import { beforeAll, describe, expect, it } from "vitest";
import { type Ended, type SmallRow, StudyFolder, smallRows } from "./small-cohort.ts";

let study: StudyFolder;
let ended: Ended;
let rows: Map<string, Record<string, string>>;

const BAD: readonly [slide: string, kind: string, sentence: RegExp][] = [
  ["gone", "missing-file", /nothing at .*gone\.svs/],
  ["cut", "truncated-file", /cut\.svs|byte/],
  ["zero", "empty-file", /zero bytes/],
  ["letter", "unsupported-format", /./],
  ["scaleless", "no-scale", /./],
  ["absurd", "implausible-scale", /./],
  ["blank", "no-tissue", /./],
];

beforeAll(async () => {
  study = await StudyFolder.make();
  const at = (name: string): string => study.file("slides", `${name}.svs`);
  copyFileSync(at("site-a-1"), at("cut"));
  truncateSync(at("cut"), 40_000);
  writeFileSync(at("zero"), "");
  writeFileSync(at("letter"), "Dear colleague, the slide is in the post.\n");
  await writeSyntheticSlide(at("scaleless"), { seed: 1, width: 512, height: 512, mpp: null });
  writeAbsurd("site-a-1", "absurd");
  writeAbsurd("site-a-2", "overridden");
  await writeSyntheticSlide(at("filled"), { seed: 4, width: 1024, height: 1024, mpp: null, pen: ["blue"] });
  await writeSyntheticSlide(at("blank"), { seed: 2, width: 512, height: 512, kind: "blank" });
  const scaled = (row: SmallRow, mpp = ""): SmallRow => ({ ...row, mpp });
  study.writeCohort([
    ...[...smallRows(), ...BAD.map(([slide], i) => badRow(slide, i))].map((row) => scaled(row)),
    scaled(badRow("overridden", 11), "0.5"),
    scaled(badRow("filled", 12), "0.5"),
  ]);
  ended = await study.run();
  rows = new Map(study.table("run", "slides.csv").map((r) => [r.slide ?? "", r]));
});

/** The same bytes with another number: a scale that no microscope has. */
function writeAbsurd(from: string, to: string): void {
  const bytes = readFileSync(study.file("slides", `${from}.svs`)).toString("latin1");
  const absurd = bytes.replaceAll(/MPP = 0\.50*/g, (was) => "MPP = 9999999".slice(0, was.length));
  writeFileSync(study.file("slides", `${to}.svs`), Buffer.from(absurd, "latin1"));
}

function badRow(slide: string, i: number): SmallRow {
  return {
    slide: `${slide}.svs`,
    patient: `X${i}`,
    site: "site-a",
    label: i % 2 === 0 ? "tumour" : "benign",
    sex: "male",
  };
}

describe("a cohort with bad slides", () => {
  it("ends with exit code 1 and one JSON document that lists the failures", () => {
    expect(ended.code).toBe(1);
    expect(ended.json.failed).toBe(BAD.length);
    expect(ended.json.slides).toEqual({ ready: 14, unlabelled: 0, removed: 0, failed: BAD.length });
    expect(ended.stderr).toContain("gone");
  });

  it.each(BAD)("lists %s as %s, with what was expected, what came and what to do", (slide, kind, sentence) => {
    const row = rows.get(slide);
    expect(row?.state).toBe("failed");
    expect(row?.failure).toBe(kind);
    expect(row?.received).toMatch(sentence);
    expect(row?.expected).not.toBe("");
    expect(row?.remedy).not.toBe("");
  });

  it("takes the scale of the cohort table where the file has none, or a wrong one, and says so", () => {
    expect(rows.get("filled")).toMatchObject({ state: "ready", mpp: "0.5", mpp_source: "given", mpp_in_file: "" });
    expect(rows.get("overridden")).toMatchObject({ state: "ready", mpp: "0.5", mpp_source: "given" });
    for (const slide of ["filled", "overridden"])
      expect(study.text("run", "heatmaps", `${slide}.png`).length).toBeGreaterThan(1000);
    expect(study.text("run", "report.html")).toMatch(
      /scale of 2 slides is an assumption|scale of 1 slides? is an assumption/,
    );
  });

  it("flags a slide that fails quality control, and uses it all the same", () => {
    expect(rows.get("filled")).toMatchObject({ state: "ready", quality: "pen" });
    expect(rows.get("filled")?.warnings).toContain("quality: pen");
    expect(rows.get("site-a-1")?.quality).toBe("pass");
    expect(rows.get("blank")?.quality).toBe("");
  });

  it("names every one of them in the report", () => {
    const html = study.text("run", "report.html");
    for (const [slide, kind] of BAD) {
      expect(html).toContain(slide);
      expect(html).toContain(kind);
    }
  });

  it("leaves no features, no prediction and no half-written file of a bad slide", () => {
    const predicted = new Set(study.table("run", "predictions.csv").map((r) => r.slide));
    expect(predicted.size).toBe(14);
    for (const [slide] of BAD) {
      expect(predicted.has(slide)).toBe(false);
      expect(() => study.text("run", "features", `${slide}.h5`)).toThrow(/ENOENT/);
    }
  });

  it("can be mended: a slide that came back joins the run, the others are not encoded again", async () => {
    await writeSyntheticSlide(study.file("slides", "zero.svs"), { seed: 55, width: 1024, height: 1024 });
    const again = await study.run("run", "--shard", "1/1");
    expect(again.code).toBe(1);
    expect(again.json.slides).toEqual({ ready: 15, unlabelled: 0, removed: 0, failed: BAD.length - 1 });
  });
});

describe("a cohort whose every slide fails", () => {
  it("ends with exit code 4 and the first reason, and slides.csv says what became of each", async () => {
    const lost = await StudyFolder.make({ slides: "nowhere" });
    const { code, json, stderr } = await lost.run();
    expect(code).toBe(4);
    expect(json.error.kind).toBe("nothing-usable");
    expect(json.error.received).toContain("missing-file");
    expect(stderr).toContain("nacre: nothing-usable");
    const states = lost.table("run", "slides.csv");
    expect(states).toHaveLength(12);
    expect(states.every((s) => s.state === "failed" && s.failure === "missing-file")).toBe(true);
  });

  it("says so after the slides were opened, too, and wants no --resume afterwards", async () => {
    const blank = await StudyFolder.make();
    for (const { slide } of smallRows()) writeFileSync(blank.file("slides", slide), `not a slide: ${slide}`);
    const first = await blank.run();
    expect([first.code, first.json.error.kind]).toEqual([4, "nothing-usable"]);
    expect(first.json.error.received).toContain("unsupported-format");
    const second = await blank.run();
    expect([second.code, second.json.error.kind]).toEqual([4, "nothing-usable"]);
  });
});
