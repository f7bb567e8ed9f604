/** What the texts for a paper say of calls, grades, recalibration and triage, and that they say nothing where nothing is known. */
import { randomStream, unwrap } from "@nacre/core";
import { evaluate, type PredictionRow } from "@nacre/evaluation";
import { describe, expect, it } from "vitest";
import { claim } from "../../src/paper/claim.ts";
import { moreFact, ordinalFact, recalibrationFact, triageFact } from "../../src/paper/fact/beyond-fact.ts";
import type { Known } from "../../src/paper/known.ts";
import { modelCardText } from "../../src/paper/model-card-text.ts";
import { tripodAi } from "../../src/paper/tripod-ai.ts";

const TASK = { kind: "classify", label: "grade", classes: ["low", "high"], positive: "high" } as const;

function known(parts: readonly PredictionRow["part"][], ordered: boolean): Known {
  const random = randomStream(4, "beyond");
  const rows = parts.flatMap((part) =>
    Array.from({ length: 80 }, (_, i): PredictionRow => {
      const label = i % 2 ? "high" : "low";
      const p = 1 / (1 + Math.exp(-(i % 2 ? 1 : -1) - random.normal()));
      const id = `${part}-${i}`;
      return { slide: id, case: id, patient: id, site: null, part, fold: null, label, probabilities: [1 - p, p] };
    }),
  );
  const card = unwrap(evaluate(rows, TASK, { bootstrap: 50, subgroups: [], seed: 1, ordered }));
  return { title: "t", card: { ...card, task: TASK, file: "t.csv" }, report: null, facts: null };
}

describe("a table with tune patients and grades", () => {
  const all = known(["tune", "test", "external"], true);

  it("has its calls, grades, recalibration and triage told for both parts", () => {
    expect(moreFact(all)).toMatch(/^External: F1 0\.\d{3} .*Internal: F1/);
    expect(ordinalFact(all)).toContain("quadratic kappa");
    expect(recalibrationFact(all)).toMatch(
      /recalibration tried on 80 tune patients, judged on 80 others; as it is ECE/,
    );
    expect(triageFact(all)).not.toContain("optimistic");
  });

  it("has them in the model card and in the entries of the checklists that ask for them", () => {
    const card = modelCardText(all);
    for (const words of ["## Triage", "| Matthews correlation |", "| Quadratic kappa |", "recalibration tried on"]) {
      expect(card).toContain(words);
    }
    const entry = (items: ReturnType<typeof claim>, item: string) => items.find((i) => i.item === item)?.text ?? "";
    expect(entry(tripodAi(all), "23a")).toContain("quadratic kappa");
    expect(entry(tripodAi(all), "24")).toContain("recalibration tried on");
    expect(entry(claim(all), "38")).toContain("sensitivity at 0.5");
  });
});

describe("a table without tune patients and grades", () => {
  const bare = known(["test"], false);

  it("has no word on grades and recalibration, and its triage is called optimistic", () => {
    expect(ordinalFact(bare)).toBeNull();
    expect(recalibrationFact(bare)).toBeNull();
    expect(triageFact(bare)).toContain("optimistic: no tune part was given");
    expect(modelCardText(bare)).not.toMatch(/kappa|recalibrat/i);
  });
});
