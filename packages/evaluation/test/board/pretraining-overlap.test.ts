import { describe, expect, it } from "vitest";
import { archivesOf, pretrainingOverlap } from "../../src/board/pretraining-overlap.ts";

const BRCA = { name: "TCGA-BRCA", part: "internal", patients: null } as const;

describe("overlap of pretraining and test data", () => {
  it.each([
    [["TCGA"], "overlap"],
    [["tcga brca"], "overlap"],
    [["TCGA-BRCA-DX"], "overlap"],
    [["TCGA-LUAD"], "none"],
    [["TC"], "none"],
    [[], "none"],
  ])("of %j with TCGA-BRCA is: %s", (declared, state) => {
    expect(pretrainingOverlap(declared, [BRCA]).state).toBe(state);
  });

  it("is not called absent where nobody declared it, or where the test data have no name", () => {
    expect(pretrainingOverlap(null, [BRCA]).state).toBe("undeclared");
    expect(pretrainingOverlap(["TCGA"], []).state).toBe("unnamed");
  });

  it("sees public archives by the ids of their patients", () => {
    const found = archivesOf(["TCGA-A2-A0T2", "TCGA-A2-A0T3", "C3L-00001", "GTEX-1117F", "P1"], "external");
    expect(found.map((f) => [f.name, f.patients])).toEqual([
      ["TCGA", 2],
      ["CPTAC", 1],
      ["GTEx", 1],
    ]);
    expect(pretrainingOverlap(["CPTAC"], found).hits).toEqual([
      { pretraining: "CPTAC", data: "CPTAC", part: "external", patients: 1 },
    ]);
  });
});
