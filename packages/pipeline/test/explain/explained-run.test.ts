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
});
