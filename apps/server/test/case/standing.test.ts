import { describe, expect, test } from "vitest";
import { judgementOf, standing } from "../../src/case/standing.ts";
import { scorecard } from "./case-store.ts";

const probabilities = (...values: number[]) =>
  values.map((value, i) => ({
    name: ["benign", "tumour", "other", "rare"][i] as string,
    value,
    unit: "probability" as const,
  }));
const place = (p: number, card: unknown, fold: number | null = null) =>
  standing({ answers: probabilities(1 - p, p), positive: null, fold }, judgementOf(card));

describe("where a case stands", () => {
  const card = scorecard({ ruleOut: 0.1, ruleIn: 0.9 });

  test("ruled in goes first, then what is left to a person, and what is ruled out goes last", () => {
    expect([0.95, 0.5, 0.05].map((p) => place(p, card).triage)).toEqual(["rule-in", "unsure", "rule-out"]);
    const needs = [0.99, 0.95, 0.9, 0.5, 0.85, 0.0999, 0.05, 0].map((p) => place(p, card).need);
    expect(needs).toEqual([...needs].sort((a, b) => b - a));
  });

  test("between two thresholds the middle goes first", () => {
    expect(place(0.5, card).need).toBeGreaterThan(place(0.6, card).need);
    expect(place(0.5, card).need).toBeGreaterThan(place(0.3, card).need);
  });

  test("without a rule-in threshold the likeliest go first: a person must not look at the surest tumours last", () => {
    const open = scorecard({ ruleOut: 0.1, ruleIn: null });
    expect(place(0.99, open).need).toBeGreaterThan(place(0.5, open).need);
    expect(place(0.99, open).triage).toBe("unsure");
  });

  test("every need lies between 0 and 1", () => {
    for (const p of [0, 1e-9, 0.1, 0.5, 0.9, 1]) {
      expect(place(p, card).need).toBeGreaterThanOrEqual(0);
      expect(place(p, card).need).toBeLessThanOrEqual(1);
    }
  });

  test("why says what the threshold promises and on how many patients it rests", () => {
    expect(place(0.05, card).why).toBe(
      "tumour 0.05, below the rule-out threshold 0.10 (promise: sensitivity 0.98, learnt on 100 positive patients).",
    );
  });
});

describe("a threshold that cannot keep its promise is not used, and the words say so", () => {
  test("too few patients: 48 cannot promise 0.98, 49 can", () => {
    const few = place(0.01, scorecard({ ruleOut: 0.1, ruleIn: null, patients: 48 }));
    expect(few.triage).toBe("unsure");
    expect(few.why).toContain("it rests on 48 positive tune patients, and a sensitivity of 0.98 takes at least 49");
    expect(place(0.01, scorecard({ ruleOut: 0.1, ruleIn: null, patients: 49 })).triage).toBe("rule-out");
  });

  test("the test patients missed the target", () => {
    const missed = scorecard({ ruleOut: 0.1, ruleIn: null, verdict: "missed" });
    expect(place(0.01, missed).triage).toBe("unsure");
    expect(judgementOf(missed).text).toContain("the test patients missed its target");
  });

  test("thresholds of a fold hold for its own patients, those of the whole for external ones", () => {
    const judgement = {
      ruleOut: 0.3,
      ruleIn: null,
      text: "",
      calibration: "",
      positive: "tumour",
      folds: [{ fold: 0, ruleOut: 0.1, ruleIn: null }],
    };
    const at = (fold: number | null) =>
      standing({ answers: probabilities(0.8, 0.2), positive: null, fold }, judgement).triage;
    expect([at(null), at(0), at(1)]).toEqual(["rule-out", "unsure", "unsure"]);
  });
});

describe("answers of other kinds", () => {
  const none = judgementOf(null);

  test("no answer, or one that is no number, is for a person to look at", () => {
    expect(standing({ answers: [], positive: null }, none).triage).toBe("abstained");
    expect(standing({ answers: probabilities(Number.NaN, 0.5), positive: null }, none).why).toContain("look yourself");
  });

  test("several classes: the least sure goes first", () => {
    const need = (...values: number[]) => standing({ answers: probabilities(...values), positive: null }, none).need;
    expect(need(0.4, 0.3, 0.3)).toBeGreaterThan(need(0.9, 0.05, 0.05));
  });

  test("labels that do not exclude each other: the largest counts", () => {
    const answers = probabilities(0.9, 0.8);
    expect(standing({ answers, positive: null }, none).value).toBe(0.9);
  });

  test("survival: the higher risk goes first", () => {
    const at = (value: number) => standing({ answers: [{ name: "risk", value, unit: "risk" }], positive: null }, none);
    expect(at(2).need).toBeGreaterThan(at(-2).need);
    expect(at(2).value).toBe(2);
  });

  test("grades: the higher goes first, and the value is the expected grade", () => {
    const graded = { ...none, task: "ordinal" };
    const at = (...values: number[]) => standing({ answers: probabilities(...values), positive: null }, graded);
    expect(at(0, 0.2, 0.8).need).toBeGreaterThan(at(0.8, 0.2, 0).need);
    expect(at(0, 0.5, 0.5).value).toBe(1.5);
  });
});

describe("a scorecard of any shape", () => {
  test("gives a judgement whose sentences are never empty", () => {
    for (const odd of [
      null,
      3,
      "x",
      [],
      {},
      { task: { kind: "survive" }, internal: { n: 3 } },
      { internal: { triage: 7, n: 1 } },
    ]) {
      const { text, calibration } = judgementOf(odd);
      expect([text.length > 0, calibration.length > 0]).toEqual([true, true]);
    }
  });
});
