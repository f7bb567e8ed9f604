import { describe, expect, it } from "vitest";
import type { FaithfulRun } from "../../src/explain/faithful-run.ts";
import { faithfulnessSection } from "../../src/report/section/faithfulness.ts";

const run: FaithfulRun = {
  unit: "log-odds",
  draws: 5,
  bags: [
    {
      bag: "<b>slide</b>",
      whole: 2.5,
      shares: [0.01, 0.1, 0.5],
      random: [2.4, 2.3, 2],
      rankings: {
        contribution: { verdict: "faithful", advantage: 1.25, scores: [1, -0.5, -2] },
        attention: { verdict: "chance", advantage: 0.02, scores: [2.4, 2.2, 1.9] },
      },
    },
  ],
  summary: {
    contribution: { bags: 1, verdicts: { faithful: 1, chance: 0, misleading: 0, flat: 0 }, advantage: 1.25 },
    attention: { bags: 1, verdicts: { faithful: 0, chance: 1, misleading: 0, flat: 0 }, advantage: 0.02 },
  },
};

describe("the section on faithfulness", () => {
  it("is left out where nothing was tested", () => {
    expect(faithfulnessSection(null)).toEqual([]);
    expect(faithfulnessSection(undefined)).toEqual([]);
    expect(faithfulnessSection({ ...run, bags: [] })).toEqual([]);
  });

  it("says for each ranking how often it was faithful, what chance would give, and each score beside the random one", () => {
    const [section] = faithfulnessSection(run);
    const text = section?.body.markup ?? "";
    expect(text).toContain("Contribution was faithful in 1 of 1, attention was faithful in 0 of 1 slides tested.");
    expect(text).toContain("0.2 of 1 slide");
    expect(text).toContain("Without first 10 % by contribution");
    expect(text).toMatch(/\+2\.50.*−0\.50.*faithful.*\+2\.20.*chance.*\+2\.30/s);
  });

  it("shows names as text", () => {
    expect(faithfulnessSection(run)[0]?.body.markup).not.toContain("<b>slide");
  });
});
