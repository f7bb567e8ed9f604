import { unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { evaluateMultilabel } from "../../src/kind/multilabel.ts";
import { evaluateRegression } from "../../src/kind/regress.ts";
import { evaluateSurvival, type SurviveRow } from "../../src/kind/survive.ts";

const base = (i: number) => ({
  slide: `s${i}`,
  patient: `p${Math.floor(i / 2)}`,
  site: `h${i % 3}`,
  part: "test" as const,
  fold: Math.floor(i / 2) % 2,
});
const OPTIONS = { bootstrap: 50, subgroups: ["sex"], seed: 3 };

describe("survival predictions", () => {
  const rows = (risk: (time: number) => number): SurviveRow[] =>
    Array.from({ length: 80 }, (_, i) => {
      const patient = Math.floor(i / 2);
      const time = 10 + ((patient * 7) % 40);
      const label = { time, event: patient % 4 === 0 ? (0 as const) : (1 as const) };
      return { ...base(i), label, prediction: [risk(time)], columns: { sex: patient % 3 === 0 ? "f" : "m" } };
    });

  it("of the negative time are perfectly concordant, of the time perfectly discordant", () => {
    const task = { kind: "survive", times: [], horizons: [] } as const;
    const best = unwrap(
      evaluateSurvival(
        rows((t) => -t),
        task,
        OPTIONS,
      ),
    ).internal;
    expect(best.cIndex.value).toBe(1);
    expect(best.n).toBe(40);
    expect(best.bags).toBe(80);
    expect(best.logRank?.p ?? 1).toBeLessThan(1e-4);
    expect(
      unwrap(
        evaluateSurvival(
          rows((t) => t),
          task,
          OPTIONS,
        ),
      ).internal.cIndex.value,
    ).toBe(0);
  });

  it("are given by subgroup, by fold and at the quartiles of the event times", () => {
    const score = unwrap(
      evaluateSurvival(
        rows((t) => Math.sin(t)),
        { kind: "survive", times: [], horizons: [] },
        OPTIONS,
      ),
    ).internal;
    expect(score.subgroups.map((g) => g.group)).toEqual(["f", "m"]);
    expect(score.folds.map((f) => f.n)).toEqual([20, 20]);
    expect(score.timeAuroc).toHaveLength(3);
    expect(score.curves.map((c) => c.group)).toEqual(["all", "higher risk", "lower risk"]);
    expect(score.cIndex.low).toBeLessThan(score.cIndex.value as number);
  });

  it("are drawn without strata: the number of events is chance too", () => {
    const score = unwrap(
      evaluateSurvival(
        rows((t) => Math.sin(t)),
        { kind: "survive", times: [], horizons: [] },
        OPTIONS,
      ),
    ).internal;
    expect(score.cIndex.method).not.toMatch(/stratified/);
  });

  it("without one event are undefined with a reason, not a number", () => {
    const none = rows((t) => -t).map((r) => ({ ...r, label: { time: 5, event: 0 as const } }));
    const score = unwrap(evaluateSurvival(none, { kind: "survive", times: [], horizons: [12] }, OPTIONS)).internal;
    expect(score.cIndex).toMatchObject({ value: null, reason: expect.stringMatching(/event/) });
  });

  it("of a patient with two follow-ups are refused", () => {
    const two = rows((t) => -t).map((r, i) => (i === 1 ? { ...r, label: { time: 99, event: 1 as const } } : r));
    const judged = evaluateSurvival(two, { kind: "survive", times: [], horizons: [] }, OPTIONS);
    expect(judged.ok ? null : judged.failure.kind).toBe("conflicting-label");
  });
});

describe("predicted numbers", () => {
  it("equal to the label have no error, and one patient alone has undefined correlation", () => {
    const rows = Array.from({ length: 20 }, (_, i) => ({ ...base(2 * i), label: i * i, prediction: [i * i] }));
    const score = unwrap(evaluateRegression(rows, { ...OPTIONS, subgroups: [] })).internal;
    expect(score.measures.mae?.value).toBe(0);
    expect(score.measures.spearman?.value).toBe(1);
    expect(score.blandAltman).not.toBeNull();
    const single = unwrap(evaluateRegression(rows.slice(0, 1), { ...OPTIONS, subgroups: [] })).internal;
    expect(single.measures.spearman?.value).toBeNull();
  });
});

describe("several labels at once", () => {
  it("leave a label with one class out of the macro mean and name it", () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({
      ...base(2 * i),
      label: [i % 2 === 0 ? 1 : 0, 0] as const,
      prediction: [i % 2 === 0 ? 0.9 : 0.1, 0.2],
    }));
    const score = unwrap(evaluateMultilabel(rows, ["a", "b"], { ...OPTIONS, subgroups: [] })).internal;
    expect(score.measures[score.headline]?.value).toBe(1);
    expect(score.leftOut.map((l) => l.name)).toEqual(["b"]);
  });
});
