/** Features from disk in place of slides; bags of one tile, NaN, another dimension; bags of a case and of a patient. */
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import type { Bag } from "@nacre/core";
import { readBag, writeBag } from "@nacre/features/node";
import { beforeAll, describe, expect, it } from "vitest";
import { featureStudy, readCsv, type StudyFolder, smallRows } from "./small-cohort.ts";

async function rewrite(study: StudyFolder, slide: string, change: (bag: Bag) => Bag): Promise<void> {
  const path = study.file("features", `${slide}.h5`);
  const bag = await readBag(path);
  if (!bag.ok) throw new Error(bag.failure.received);
  const next = change(bag.value);
  const written = await writeBag(path, next, {
    name: slide,
    encoder: next.space,
    mpp: 0.5,
    size: 224,
    overlap: 0,
    width: 1024,
    height: 1024,
  });
  if (!written.ok) throw new Error(written.failure.received);
}

describe("features from disk", () => {
  let study: StudyFolder;
  let states: Map<string, Record<string, string>>;
  let code: number | null;

  beforeAll(async () => {
    study = await featureStudy();
    await rewrite(study, "site-a-1", (bag) => ({
      ...bag,
      n: 1,
      features: bag.features.slice(0, bag.d),
      x: bag.x.slice(0, 1),
      y: bag.y.slice(0, 1),
    }));
    await rewrite(study, "site-b-1", (bag) => ({
      ...bag,
      d: bag.d - 1,
      features: bag.features.slice(0, bag.n * (bag.d - 1)),
    }));
    await spoil(study, "site-a-2", Number.NaN);
    await rewrite(study, "site-b-2", (bag) => ({ ...bag, space: "another@0123456789ab" }));
    writeFileSync(study.file("features", "site-c-1.h5"), "no features");
    rmSync(study.file("features", "site-c-2.h5"));
    study.writeStudy({ slides: null, features: "features", split: { tune: 0 } });
    ({ code } = await study.run());
    states = new Map(study.table("run", "slides.csv").map((r) => [r.slide ?? "", r]));
  });

  it.each([
    ["site-a-2", "not-finite"],
    ["site-b-1", "dimension-mismatch"],
    ["site-b-2", "encoder-mismatch"],
    ["site-c-1", "bad-features"],
    ["site-c-2", "missing-file"],
  ])("that are bad are a row and not the end: %s is %s", (slide, kind) => {
    expect(code).toBe(1);
    expect([states.get(slide)?.state, states.get(slide)?.failure]).toEqual(["failed", kind]);
    expect(states.get(slide)?.remedy).not.toBe("");
  });

  it("make a bag of one tile as good as any", () => {
    expect(states.get("site-a-1")).toMatchObject({ state: "ready", tiles: "1" });
    const row = study.table("run", "predictions.csv").find((r) => r.slide === "site-a-1");
    expect(Number(row?.p_benign) + Number(row?.p_tumour)).toBeCloseTo(1, 6);
  });

  it("leave places of tiles, and no pictures where there are no slides", () => {
    expect(readdirSync(study.file("run", "heatmaps")).every((f) => f.endsWith(".geojson"))).toBe(true);
    expect(study.text("run", "report.html")).toContain("site-a-1");
  });

  it("say in the report that a model without a tune part was stopped at its last epoch", () => {
    expect(study.text("run", "report.html")).toContain("no tune part");
  });
});

async function spoil(study: StudyFolder, slide: string, value: number): Promise<void> {
  await rewrite(study, slide, (bag) => ({ ...bag, features: bag.features.with(7, value) }));
}

describe("bags", () => {
  it("of a patient hold the tiles of all slides of the patient, with one prediction", async () => {
    const study = await featureStudy({
      bag: "patient",
      split: { by: "patient", folds: 2, external: [], tune: 0 },
      evaluate: { bootstrap: 0, subgroups: [] },
    });
    const rows = smallRows().map((row, i) => (i === 2 ? { ...row, patient: "A1" } : row));
    study.writeCohort(rows);
    const { code, json } = await study.run();
    expect(code).toBe(0);
    const predictions = study.table("run", "predictions.csv");
    expect(predictions).toHaveLength(11);
    expect(predictions.find((p) => p.patient === "A1")?.slide).toBe("site-a-1;site-a-3");
    expect(readdirSync(study.file("run", "heatmaps"))).toHaveLength(12);
    expect(json.scorecard.external).toBeNull();
    expect(json.scorecard.internal.n).toBe(11);
    expect(readdirSync(study.file("run", "model")).sort()).toEqual([
      "fold-0.onnx",
      "fold-1.onnx",
      "model-card.md",
      "model.json",
      "model.onnx",
    ]);
  });

  it("of a case are averaged to their patient", async () => {
    const study = await featureStudy({ bag: "case", split: { tune: 0 }, evaluate: { bootstrap: 0, subgroups: [] } });
    study.writeCohort(
      smallRows().map((row, i) => ({
        ...row,
        patient: i === 2 ? "A1" : row.patient,
        case: i < 3 ? "first" : `case-${i}`,
      })),
    );
    const { code, json } = await study.run();
    expect(code).toBe(0);
    const predictions = study.table("run", "predictions.csv");
    expect(predictions.filter((p) => p.case === "first").map((p) => [p.slide, p.patient])).toEqual([
      ["site-a-1;site-a-3", "A1"],
      ["site-a-2", "A2"],
    ]);
    expect(json.scorecard.internal.n).toBe(7);
  });
});

describe("three classes", () => {
  it("are fitted, predicted and judged one against the rest", async () => {
    const study = await featureStudy({
      task: { positive: "grade-2", drop: ["unsure"] },
      split: { by: "patient", folds: 2, external: [], tune: 0 },
      evaluate: { bootstrap: 0, subgroups: [] },
    });
    study.writeCohort(
      smallRows().map((row, i) => ({ ...row, label: i === 0 ? "unsure" : i === 1 ? "" : `grade-${i % 3}` })),
    );
    const { code, json } = await study.run();
    expect(code).toBe(0);
    expect(json.slides).toEqual({ ready: 10, unlabelled: 2, removed: 0, failed: 0 });
    const [first] = readCsv(study.text("run", "predictions.csv"));
    expect(Object.keys(first ?? {})).toEqual([
      "slide",
      "case",
      "patient",
      "site",
      "part",
      "fold",
      "label",
      "p_grade-0",
      "p_grade-1",
      "p_grade-2",
    ]);
    expect(json.scorecard.internal.auroc.value).toBeGreaterThanOrEqual(0);
    const states = study.table("run", "slides.csv");
    expect(states.filter((s) => s.state === "unlabelled").map((s) => s.slide)).toEqual(["site-a-1", "site-a-2"]);
  });
});
