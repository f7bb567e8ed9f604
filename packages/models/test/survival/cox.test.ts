import { randomStream, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { cumulativeHazardAt, survivalAt } from "../../src/survival/baseline-hazard.ts";
import { type CoxModel, type CoxOptions, fitCox, logRelativeHazard } from "../../src/survival/cox.ts";
import { gap } from "../probe/reference.ts";
import { type CoxReference, hasCohorts, matrix, publicCohort, recorded } from "./cohort.ts";

const { synthetic } = recorded;
const x = matrix(synthetic);

/** Largest difference from R, of coefficients and errors relative to the error, of likelihoods absolute. */
function expectAsInR(model: CoxModel, golden: CoxReference): void {
  const relative = (received: Float64Array, expected: readonly number[]) =>
    gap(
      received.map((value, j) => value / (golden.errors[j] as number)),
      expected.map((value, j) => value / (golden.errors[j] as number)),
    );
  expect(gap(model.coefficients, golden.coefficients)).toBeLessThan(1e-6);
  expect(relative(model.coefficients, golden.coefficients)).toBeLessThan(1e-6);
  expect(relative(model.standardErrors, golden.errors)).toBeLessThan(1e-6);
  expect(gap([model.logLikelihood.null, model.logLikelihood.fitted], golden.logLikelihood)).toBeLessThan(1e-6);
  for (const baseline of model.baselines) {
    const expected = golden.hazards[baseline.stratum] ?? [];
    const known = golden.at.map((t) => cumulativeHazardAt(baseline, t) ?? Number.NaN);
    known.forEach((value, i) => {
      if (!Number.isNaN(value)) expect(value).toBeCloseTo(expected[i] as number, 7);
    });
  }
}

describe("Cox regression", () => {
  const cases: [string, readonly CoxReference[], CoxOptions][] = [
    ["plain", synthetic.plain, {}],
    ["stratified", synthetic.stratified, { strata: synthetic.strata }],
    ["weighted", synthetic.weighted, { weights: synthetic.weights }],
  ];
  it.each(cases)(
    "%s has the coefficients, errors, likelihoods and baseline of R, with the ties of Efron and of Breslow",
    (_, fits, options) => {
      for (const golden of fits) expectAsInR(unwrap(fitCox(x, synthetic, { ...options, ties: golden.ties })), golden);
    },
  );

  it.skipIf(!hasCohorts).each([
    ["lung", "time", "status", "2"],
    ["gbsg", "rfstime", "status", "1"],
    ["rotterdam", "dtime", "death", "1"],
  ])("agrees with R on the %s cohort to 1e-6 (skipped where ../shared/data is absent)", (name, time, status, dead) => {
    const { columns, n, fits } = recorded.public[name] ?? expect.fail("not recorded");
    const cohort = publicCohort(name, columns, { time, event: (row) => row[status] === dead });
    expect(cohort.x.n).toBe(n);
    for (const golden of fits) expectAsInR(unwrap(fitCox(cohort.x, cohort.followUp, { ties: golden.ties })), golden);
  });

  it("does not see the order of the rows, the unit of time or where a column starts", () => {
    const model = unwrap(fitCox(x, synthetic));
    const order = randomStream(3).shuffled(Array.from({ length: x.n }, (_, i) => i));
    const pick = (values: readonly number[]) => order.map((i) => values[i] as number);
    const values = Float64Array.from(
      order.flatMap((i) => [...x.values.slice(i * 3, i * 3 + 3)].map((v, j) => v + 1000 * j)),
    );
    const other = unwrap(
      fitCox({ ...x, values }, { time: pick(synthetic.time).map((t) => t / 365.25), event: pick(synthetic.event) }),
    );
    expect(gap(other.coefficients, model.coefficients)).toBeLessThan(1e-9);
    expect(other.logLikelihood.fitted).toBeCloseTo(model.logLikelihood.fitted, 9);
  });

  it("a row with weight 2 counts as the row twice, under Breslow's ties", () => {
    const weights = synthetic.time.map((_, i) => 1 + (i % 2));
    const copies = synthetic.time.flatMap((_, i) => (i % 2 === 1 ? [i, i] : [i]));
    const twice = {
      values: Float64Array.from(copies.flatMap((i) => [...x.values.slice(i * 3, i * 3 + 3)])),
      n: copies.length,
      d: 3,
    };
    const followUp = {
      time: copies.map((i) => synthetic.time[i] as number),
      event: copies.map((i) => synthetic.event[i] as number),
    };
    const a = unwrap(fitCox(x, synthetic, { weights, ties: "breslow" }));
    const b = unwrap(fitCox(twice, followUp, { ties: "breslow" }));
    expect(gap(a.coefficients, b.coefficients)).toBeLessThan(1e-9);
  });

  it("foretells survival that falls with time and hazard, 1 before the first event, unknown beyond the follow-up", () => {
    const model = unwrap(fitCox(x, synthetic));
    const [baseline] = model.baselines;
    if (baseline === undefined) return expect.fail("expected a baseline");
    const hazards = logRelativeHazard(model, x);
    const early = survivalAt(baseline, hazards, 5) ?? [];
    const late = survivalAt(baseline, hazards, 20) ?? [];
    expect([...(survivalAt(baseline, hazards, 0.5) ?? [])]).toEqual(new Array(x.n).fill(1));
    for (let i = 0; i < x.n; i++) expect(late[i]).toBeLessThan(early[i] as number);
    expect(early[hazards.indexOf(Math.max(...hazards))]).toBe(Math.min(...early));
    expect(survivalAt(baseline, hazards, 1000)).toBeNull();
  });
});

describe("Cox regression says what is wrong", () => {
  const rows = (values: readonly (readonly number[])[]) => ({
    values: Float64Array.from(values.flat()),
    n: values.length,
    d: values[0]?.length ?? 0,
  });
  const four = { time: [1, 2, 3, 4], event: [1, 1, 1, 0] };

  it("no event at all: all patients are censored", () => {
    const model = fitCox(rows([[1], [2], [4], [3]]), { time: [1, 2, 3, 4], event: [0, 0, 0, 0] });
    expect(model).toMatchObject({ ok: false, failure: { kind: "too-few", received: "4 patients, all censored" } });
  });

  it("a column that never varies, that is a copy of others, or that varies only where nobody is at risk", () => {
    expect(fitCox(rows([[1], [1], [1], [1]]), four)).toMatchObject({ ok: false, failure: { kind: "bad-value" } });
    const copy = fitCox(
      rows([
        [1, 3],
        [2, 5],
        [0, 1],
        [5, 11],
      ]),
      four,
      { names: ["age", "twice age"] },
    );
    expect(copy).toMatchObject({
      ok: false,
      failure: { kind: "bad-value", expected: expect.stringContaining("twice age") },
    });
    const gone = fitCox(rows([[9], [1], [1], [1]]), { time: [1, 2, 3, 4], event: [0, 1, 1, 0] });
    expect(gone).toMatchObject({ ok: false, failure: { kind: "bad-value" } });
  });

  it("separation: every event came to the patient at highest risk", () => {
    expect(fitCox(rows([[4], [3], [2], [1]]), four)).toMatchObject({ ok: false, failure: { kind: "diverged" } });
  });

  it("separation in one column only: a rare mark without events", () => {
    const mark = synthetic.event.map((event, i) => (event === 0 && i % 5 === 0 ? 1 : 0));
    const wide = rows(mark.map((value, i) => [x.values[i * 3] as number, value]));
    const model = fitCox(wide, synthetic, { names: ["age", "mark"] });
    expect(model).toMatchObject({
      ok: false,
      failure: { kind: "diverged", received: expect.stringContaining("mark") },
    });
  });

  it("more columns than events", () => {
    const random = randomStream(8);
    const wide = { values: Float64Array.from({ length: 80 * 70 }, () => random.normal()), n: 80, d: 70 };
    expect(fitCox(wide, synthetic).ok).toBe(false);
  });

  it("values and times that are not finite, and times below 0", () => {
    expect(fitCox(rows([[1], [Number.NaN], [2], [0]]), four)).toMatchObject({
      ok: false,
      failure: { kind: "not-finite", received: "NaN in row 1, feature 0" },
    });
    expect(fitCox(x, { ...synthetic, time: synthetic.time.map((t, i) => (i === 4 ? Number.NaN : t)) })).toMatchObject({
      ok: false,
      failure: { kind: "not-finite" },
    });
    expect(fitCox(x, { ...synthetic, time: synthetic.time.map((t, i) => (i === 4 ? -1 : t)) })).toMatchObject({
      ok: false,
      failure: { kind: "bad-value" },
    });
    expect(() => fitCox(x, { ...synthetic, event: synthetic.event.map((e) => e + 1) })).toThrow(
      "expected events of 0 or 1",
    );
  });
});
