import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { finishedStudy } from "../small-cohort.ts";

describe("the contributions of a slide", () => {
  it("add up to the log-odds that the model of its fold gave it", async () => {
    const study = await finishedStudy();
    const internal = study.table("run", "predictions.csv").filter((r) => r.part === "test");
    expect(internal.length).toBeGreaterThan(0);
    for (const row of internal) {
      const geojson = JSON.parse(readFileSync(study.file("run", "heatmaps", `${row.slide}.geojson`), "utf8"));
      const sum = geojson.features.reduce(
        (total: number, f: { properties: { contribution: number } }) => total + f.properties.contribution,
        0,
      );
      const positive = Object.keys(row).findLast((name) => name.startsWith("p_")) ?? "";
      const p = Number(row[positive]);
      expect(sum).toBeCloseTo(Math.log(p / (1 - p)), 3);
    }
  });
});
