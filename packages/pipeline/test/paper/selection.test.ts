/**
 * No number is chosen on the part it is reported for. The strong form is a law of whole runs: the model of a fold does not change by
 * a bit when the slides it is reported on become other slides. The weak form is the simulation of docs/methods/selection-bias.md, small.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bag, randomStream, unwrap } from "@nacre/core";
import { writeBag } from "@nacre/features/node";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { simulateEpochs, summary } from "../../../../tools/simulate-selection.mjs";
import { emptyFolder, nacre, readCsv } from "../small-cohort.ts";

const PATIENTS = 24;
const [TILES, FEATURES] = [3, 8];
const STUDY = {
  name: "noise",
  cohort: "cohort.csv",
  features: "features",
  task: { kind: "classify", label: "label", positive: "tumour" },
  aggregator: { name: "abmil", hidden: 8, attention: 4 },
  fit: { epochs: 12, lr: 0.01, patience: 12 },
  split: { by: "patient", folds: 2, tune: 0.25 },
  evaluate: { bootstrap: 0, subgroups: [] },
  seed: 5,
};

/** The same noise for a slide and a version of it. */
function noise(slide: string, version: number): Bag {
  const random = randomStream(11, slide, version);
  return {
    features: Float32Array.from({ length: TILES * FEATURES }, () => random.normal()),
    n: TILES,
    d: FEATURES,
    x: Int32Array.from({ length: TILES }, (_, i) => 224 * i),
    y: new Int32Array(TILES),
    side: 224,
    space: "noise",
  };
}

async function write(folder: string, slide: string, version: number): Promise<void> {
  const notes = { name: slide, encoder: "noise", mpp: 0.5, size: 224, overlap: 0, width: 672, height: 224 };
  unwrap(await writeBag(join(folder, "features", `${slide}.h5`), noise(slide, version), notes));
}

async function run(folder: string, out: string): Promise<void> {
  const { code, stderr } = await nacre(["run", join(folder, "study.yaml"), "--out", join(folder, out), "--json"]);
  if (code !== 0) throw new Error(`expected exit code 0, received ${code}: ${stderr}`);
}

describe("a run on noise", () => {
  it("fits the very same model of a fold when the slides it is reported on become others", async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, "features"));
    const slides = Array.from({ length: PATIENTS }, (_, i) => `s${i}`);
    for (const slide of slides) await write(folder, slide, 0);
    const rows = slides.map((slide, i) => `${slide},p${i},${i % 2 === 0 ? "tumour" : "benign"}`);
    writeFileSync(join(folder, "cohort.csv"), `slide,patient,label\n${rows.join("\n")}\n`);
    writeFileSync(join(folder, "study.yaml"), stringify(STUDY));
    await run(folder, "before");
    const reported = readCsv(readFileSync(join(folder, "before", "predictions.csv"), "utf8")).filter(
      (r) => r.fold === "0",
    );
    expect(reported).toHaveLength(PATIENTS / 2);
    for (const row of reported) await write(folder, row.slide as string, 1);
    await run(folder, "after");
    const model = (out: string, fold: number): Buffer => readFileSync(join(folder, out, "model", `fold-${fold}.onnx`));
    expect(model("after", 0).equals(model("before", 0))).toBe(true);
    expect(model("after", 1).equals(model("before", 1))).toBe(false);
  });
});

describe("the choice of an epoch on noise", () => {
  it("makes noise look better than chance on the reported fold, and not on an inner tune part", async () => {
    const results = await simulateEpochs({
      patients: 48,
      folds: 3,
      epochs: 15,
      repeats: 6,
      tiles: 2,
      features: 8,
      lr: 5e-3,
    });
    const chosen = results["highest AUROC on the reported fold"] ?? [];
    const honest = results["lowest loss on an inner tune part (what Nacre does)"] ?? [];
    const gain = summary(chosen.map((v, i) => v - (honest[i] as number)));
    expect(summary(chosen).mean).toBeGreaterThan(0.55);
    expect(gain.mean).toBeGreaterThan(3 * gain.error);
    expect(Math.abs(summary(honest).mean - 0.5)).toBeLessThan(2 * summary(honest).error);
  });
});
