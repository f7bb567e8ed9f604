/** What lies in a finished run folder: people script against these names, columns and keys. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describeModel } from "@nacre/models";
import { beforeAll, describe, expect, it } from "vitest";
import { finishedStudy, type StudyFolder, smallRows } from "./small-cohort.ts";

let study: StudyFolder;
const slides = smallRows().map((r) => r.slide.replace(".svs", ""));

beforeAll(async () => {
  study = await finishedStudy();
});

const json = (...parts: readonly string[]) => JSON.parse(study.text("run", ...parts));

describe("a finished run folder", () => {
  it("holds what it promises, and nothing else", () => {
    expect(readdirSync(study.file("run")).sort()).toEqual(
      [
        ".nacre",
        "features",
        "heatmaps",
        "model",
        "paper",
        "predictions.csv",
        "provenance.json",
        "report.html",
        "scorecard.json",
        "slides.csv",
        "study.yaml",
        "summary.md",
        "tune-predictions.csv",
      ].sort(),
    );
    expect(readdirSync(study.file("run", "features")).sort()).toEqual(slides.map((s) => `${s}.h5`).sort());
    expect(readdirSync(study.file("run", "heatmaps")).sort()).toEqual(
      slides.flatMap((s) => [`${s}.geojson`, `${s}.png`]).sort(),
    );
    expect(readdirSync(study.file("run", "model")).sort()).toEqual([
      "fold-0.onnx",
      "fold-1.onnx",
      "model-card.md",
      "model.json",
      "model.onnx",
    ]);
  });

  it("has one row a bag in predictions.csv; the fold is empty where the part is external; probabilities sum to 1", () => {
    const rows = study.table("run", "predictions.csv");
    expect(study.text("run", "predictions.csv").split("\n")[0]).toBe(
      "slide,case,patient,site,part,fold,label,p_benign,p_tumour",
    );
    expect(rows.map((r) => r.slide).sort()).toEqual([...slides].sort());
    for (const r of rows) {
      expect([r.part, r.fold]).toEqual(
        r.site === "site-c" ? ["external", ""] : ["test", r.site === "site-a" ? "0" : "1"],
      );
      expect(Number(r.p_benign) + Number(r.p_tumour)).toBeCloseTo(1, 6);
    }
  });

  it("has the tune bags of every fold in tune-predictions.csv, by that fold's model, in the same columns", () => {
    const [head] = study.text("run", "predictions.csv").split("\n");
    expect(study.text("run", "tune-predictions.csv").split("\n")[0]).toBe(head);
    const rows = study.table("run", "tune-predictions.csv");
    const tested = study.table("run", "predictions.csv");
    expect(rows.length).toBeGreaterThan(0);
    for (const r of rows) {
      expect([r.part, r.site]).toEqual(["tune", r.fold === "0" ? "site-b" : "site-a"]);
      expect(Number(r.p_benign) + Number(r.p_tumour)).toBeCloseTo(1, 6);
      // Tuned in one fold, tested in the other, and so predicted by another model.
      const other = tested.find((t) => t.slide === r.slide);
      expect(other?.fold).not.toBe(r.fold);
      expect(other?.p_tumour).not.toBe(r.p_tumour);
    }
  });

  it("learns recalibration and thresholds from the tune part of each fold, and says where it cannot", () => {
    const { internal, external } = json("scorecard.json");
    expect(internal.recalibration.folds.map((f: { fold: number; from: string }) => [f.fold, f.from])).toEqual([
      [0, "fold"],
      [1, "fold"],
    ]);
    expect(internal.recalibration.refused).toContain("fewer than the 20");
    expect(external.recalibration.folds).toMatchObject([{ fold: null, from: "all-folds" }]);
    expect([internal.triage.optimistic, external.triage.optimistic]).toEqual([false, false]);
    expect(study.text("run", "report.html")).toContain("Beyond the headline");
  });

  it("has every promised key in scorecard.json, each number with its interval, n and method", () => {
    const card = json("scorecard.json");
    expect(card).toMatchObject({ unit: "patient", study: "small", seed: 3 });
    for (const part of [card.internal, card.external]) {
      for (const name of ["auroc", "auprc", "accuracy", "balancedAccuracy", "brier", "ece"]) {
        expect(Object.keys(part[name]), name).toEqual(expect.arrayContaining(["value", "low", "high", "n", "method"]));
      }
      expect(Object.keys(part.calibration)).toEqual(expect.arrayContaining(["slope", "intercept"]));
      expect(part.subgroups.map((s: { column: string; group: string }) => `${s.column}=${s.group}`)).toEqual([
        "sex=female",
        "sex=male",
      ]);
      for (const s of part.subgroups)
        expect(Object.keys(s)).toEqual(expect.arrayContaining(["column", "group", "n", "auroc"]));
      expect(Object.keys(part.decision[0])).toEqual(expect.arrayContaining(["threshold", "netBenefit", "treatAll"]));
    }
    expect([card.internal.n, card.external.n, card.internal.folds.length]).toEqual([8, 4, 2]);
    expect(card.baselines.siteOnly.n).toBe(12);
    expect(card.baselines.meanPool.internal.n).toBe(8);
    expect(card.baselines.meanPool.external.n).toBe(4);
    expect(Object.keys(card.audit).sort()).toEqual(["derived", "findings", "folds", "inputs", "proposal", "skipped"]);
    for (const f of card.audit.findings) {
      expect(Object.keys(f)).toEqual(
        expect.arrayContaining(["kind", "severity", "count", "share", "examples", "remedy"]),
      );
    }
  });

  it("gives a reason wherever a number is undefined", () => {
    const look = (value: unknown, path: string): void => {
      if (typeof value !== "object" || value === null) return;
      if ("value" in value && "method" in value && value.value === null) expect(value, path).toHaveProperty("reason");
      for (const [key, inner] of Object.entries(value)) look(inner, `${path}.${key}`);
    };
    look(json("scorecard.json"), "scorecard");
    expect(study.text("run", "scorecard.json")).not.toMatch(/NaN|Infinity/);
  });

  it("records seed, versions and the hash of everything that went in", () => {
    const p = json("provenance.json");
    expect(p.seed).toBe(3);
    expect(Object.keys(p.versions)).toEqual(
      expect.arrayContaining(["nacre", "node", "onnxruntime", "jpeg", "platform"]),
    );
    for (const version of Object.values(p.versions)) expect(version).not.toBe("unknown");
    expect(p.inputs.map((i: { slide: string }) => i.slide)).toEqual(slides);
    for (const hash of [...Object.values(p.hashes), ...p.inputs.map((i: { sha256: string }) => i.sha256)]) {
      expect(hash).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it("has a model card that says what the model wants and who it saw", () => {
    const card = json("model", "model.json");
    expect(JSON.stringify(card)).toContain('"texture"');
    expect(JSON.stringify(card)).toContain("abmil");
    expect(JSON.stringify(card)).toMatch(/site-a/);
  });

  it("has one model file whose outputs are those of every fold", async () => {
    const session = await openSession(readFileSync(study.file("run", "model", "model.onnx")));
    expect([...session.outputs]).toEqual(expect.arrayContaining(["probabilities", "attention", "contribution"]));
    await session.close();
  });

  it("has a model file that says of the slides it learned from that a program drew them", () => {
    expect(unwrap(describeModel(readFileSync(study.file("run", "model", "model.onnx"))))).toMatchObject({
      synthetic: true,
    });
  });

  it("gives every tile of a heatmap as a feature with attention and contribution", () => {
    const { features } = json("heatmaps", "site-a-1.geojson");
    expect(features).toHaveLength(Number(study.table("run", "slides.csv")[0]?.tiles));
    const attention = features.map(
      (f: { properties: { attention: number; contribution: number } }) => f.properties.attention,
    );
    expect(attention.reduce((a: number, b: number) => a + b, 0)).toBeCloseTo(1, 3);
    expect(typeof features[0].properties.contribution).toBe("number");
  });

  it("has a report in one file that fetches nothing", () => {
    const html = study.text("run", "report.html");
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(html).not.toMatch(/@import|<link /);
    expect(html).toContain("Not a medical device");
  });

  it("replays from its own study file", () => {
    const text = study.text("run", "study.yaml");
    expect(text).toContain("positive: tumour");
    expect(existsSync(study.file("run", ".nacre", "state.json"))).toBe(true);
  });
});
