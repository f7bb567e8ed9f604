/** Explanations of a model whose tiles look at each other, from the run to single files, through the real command. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { PlantedFolder } from "../planted-cohort.ts";
import { nacre } from "../small-cohort.ts";

let cohort: PlantedFolder;
// biome-ignore lint/suspicious/noExplicitAny: one parsed document of the command
let run: any;
beforeAll(async () => {
  cohort = await PlantedFolder.make();
  const study = cohort.writeStudy("explained", {
    aggregator: { name: "set-transformer", heads: 1, headWidth: 8, layers: 1 },
    task: { kind: "classify", label: "class", positive: "mutant" },
  });
  run = (await nacre(["run", study, "--out", cohort.file("explained"), "--json"])).json;
}, 300_000);

describe("a run of a transformer", () => {
  it("tests on chosen slides whether its heatmaps tell what the model used", () => {
    const { unit, draws, bags, summary } = JSON.parse(
      readFileSync(cohort.file("explained", "scorecard.json"), "utf8"),
    ).faithfulness;
    expect([unit, draws]).toEqual(["log-odds", 5]);
    expect(Object.keys(summary)).toEqual(["contribution", "attention"]);
    expect(summary.contribution.bags).toBe(bags.length);
    expect(run.scorecard.internal.n).toBeGreaterThan(0);
  });

  it("says in its report that contributions are integrated gradients", () => {
    const report = readFileSync(cohort.file("explained", "report.html"), "utf8");
    expect(report).toContain("Faithfulness of the heatmaps");
    expect(report).not.toContain("gradient × input), which");
  });

  it("explains a file with method, error and verdicts", async () => {
    const files = [cohort.file("features", "P1.h5"), cohort.file("features", "P2.h5")];
    const { code, json } = await nacre([
      "explain",
      cohort.file("explained"),
      ...files,
      "--out",
      cohort.file("drawn"),
      "--json",
    ]);
    expect(code).toBe(0);
    const text = JSON.stringify(json);
    expect(text).toContain('"method":"integrated-gradients"');
    expect(text).toContain('"verdict"');
  });

  it("explains it by every further method that its model offers, each with a property, a meaning and a verdict", async () => {
    const methods = ["attention", "integrated-gradients", "gradient-input", "occlusion", "rollout"];
    const asked = ["--methods", methods.join(","), "--out", cohort.file("further"), "--json"];
    const { code, json } = await nacre([
      "explain",
      cohort.file("explained"),
      cohort.file("features", "P1.h5"),
      ...asked,
    ]);
    expect(code).toBe(0);
    const [{ faithfulness, written, method }] = json.files;
    expect(Object.keys(faithfulness.rankings).sort()).toEqual([...methods, "contribution"].sort());
    const { meaning, features } = JSON.parse(readFileSync(written[0], "utf8"));
    expect(meaning.contribution).toBe(method);
    expect(meaning.rollout).toContain("followed through all layers");
    for (const name of methods) {
      const values = features.map((feature: { properties: Record<string, number> }) => feature.properties[name]);
      expect(values.every(Number.isFinite), name).toBe(true);
    }
    const sum = (name: string): number =>
      features.reduce(
        (total: number, f: { properties: Record<string, number> }) => total + (f.properties[name] ?? 0),
        0,
      );
    expect(sum("rollout")).toBeCloseTo(1, 4);
    expect(sum("integrated-gradients")).not.toBeCloseTo(sum("gradient-input"), 3);
  });

  it("names the methods that a model does not offer", async () => {
    const file = cohort.file("features", "P1.h5");
    const asked = ["--methods", "contribution", "--out", cohort.file("refused"), "--json"];
    const { code, json } = await nacre(["explain", cohort.file("explained"), file, ...asked]);
    expect([code, json.error.kind]).toEqual([4, "bad-model"]);
    expect(json.error.received).toContain("rollout");
    const wrong = await nacre([
      "explain",
      cohort.file("explained"),
      file,
      "--methods",
      "saliency",
      "--out",
      "x",
      "--json",
    ]);
    expect([wrong.code, wrong.json.error.received]).toEqual([2, "saliency"]);
  });

  it("says in the places it writes how contributions were found", () => {
    const { meaning } = JSON.parse(readFileSync(cohort.file("explained", "heatmaps", "P1.geojson"), "utf8"));
    expect(meaning).toEqual({ attention: "share of the last pooling", contribution: "integrated-gradients" });
  });
});
