/** Values from R, recorded by tools/oracles/survival.R. */
import { describe, expect, it } from "vitest";
import { type Metric, measure } from "../../src/metric/metric.ts";
import { brierAt, integratedBrier, nullBrierAt, nullIntegratedBrier } from "../../src/survival/brier.ts";
import { harrell, harrellMetric } from "../../src/survival/harrell.ts";
import { kaplanMeier, medianSurvival, survivalAt } from "../../src/survival/kaplan-meier.ts";
import { logRank } from "../../src/survival/log-rank.ts";
import { restrictedMean } from "../../src/survival/restricted-mean.ts";
import type { SurvivalSample } from "../../src/survival/sample.ts";
import { timeAuroc } from "../../src/survival/time-auroc.ts";
import { unoMetric } from "../../src/survival/uno.ts";
import { cohort, golden, hasCohorts, type Row, survivalSample, synthetic } from "./cohort.ts";

const near = (received: number | null | undefined, expected: number | null) => {
  if (expected === null) expect(received).toBeNull();
  else expect(Math.abs((received as number) - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
};

describe("the synthetic cohort agrees with R to 1e-9", () => {
  const { synthetic: r } = golden;
  it("every step of the Kaplan-Meier curve, with Greenwood's variance and log-log limits", () => {
    steps(synthetic.time, synthetic.event, r.curve);
  });
  it("survival, median and restricted mean", () => curve(synthetic.time, synthetic.event, r.curve));
  it("a weight counts a patient that many times", () => {
    const weighted = kaplanMeier(synthetic.time, synthetic.event, r.weight);
    near(weighted.steps.at(-1)?.variance, r.copiedCurve.variance.at(-1));
    near(medianSurvival(weighted).low, r.copiedCurve.median[1]);
    near(restrictedMean(weighted, 60).standardError, r.copiedCurve.restrictedMeanError);
  });
  it("the log-rank test of three groups", () => test(r.logRank, { groups: r.group }));
  it("the log-rank test within strata", () => test(r.logRankStrata, { groups: r.group, strata: r.stratum }));
  it("Harrell's index and its standard error, Uno's index", () => order(synthetic, r.order));
  it("Brier scores, integrated and of Kaplan-Meier, AUROC over time", () => errors(synthetic, r.errors));
  it("weights in every metric", () => {
    const weights = Float64Array.from(r.weight as number[]);
    const weighted = (metric: Metric<SurvivalSample>) => {
      const prepared = metric.prepare(synthetic);
      return prepared.kind === "ready" ? prepared.at(weights) : null;
    };
    const c = r.copied;
    near(weighted(harrellMetric), c.harrell);
    near(weighted(unoMetric(null)), c.uno);
    near(weighted(unoMetric(c.tau)), c.unoTau);
    near(weighted(integratedBrier(c.times)), c.integrated);
    near(weighted(nullIntegratedBrier(c.times)), c.nullIntegrated);
    c.times.forEach((t: number, k: number) => {
      near(weighted(brierAt(t)), c.brier[k]);
      near(weighted(timeAuroc(t)), c.auroc[k]);
    });
  });

  function test(expected: typeof r.logRank, columns: { groups: string[]; strata?: string[] }): void {
    logRankIs(expected, synthetic, columns.groups, columns.strata ?? null);
  }
});

describe.skipIf(!hasCohorts)("public cohorts agree with R to 1e-9 (skipped where ../shared/data is absent)", () => {
  it("lung: the curve, its median, the log-rank test by sex, also within performance status", () => {
    const rows = cohort("lung");
    const { time, event } = followUp(rows, "time", (row) => row.status === "2");
    expect(rows.length).toBe(228);
    steps(time, event, golden.lung.curve);
    curve(time, event, golden.lung.curve);
    const sexes = rows.map((row) => row.sex as string);
    logRankIs(golden.lung.logRank, { time, event }, sexes, null);
    const known = rows.filter((row) => row["ph.ecog"] !== "NA");
    const ecog = known.map((row) => row["ph.ecog"] as string);
    const sex = known.map((row) => row.sex as string);
    logRankIs(
      golden.lung.logRankStrata,
      followUp(known, "time", (row) => row.status === "2"),
      sex,
      ecog,
    );
  });
  it("lung: the anchors known beforehand", () => {
    const rows = cohort("lung");
    const { time, event } = followUp(rows, "time", (row) => row.status === "2");
    const km = kaplanMeier(time, event);
    near(survivalAt(km, 100).value, 0.8639689676452436);
    near(survivalAt(km, 365).value, 0.4092416244600637);
    expect(survivalAt(km, 730).value).toBeCloseTo(0.115693098345, 12);
    expect(medianSurvival(km).value).toBe(310);
    const sex = logRank({ time, event, groups: rows.map((row) => row.sex as string) });
    expect(sex.chiSquared).toBeCloseTo(10.3267419549, 10);
    const known = rows.filter((row) => row["ph.ecog"] !== "NA");
    const risk = known.map(
      (row) =>
        0.0110667645601 * Number(row.age) -
        0.5526123957036 * Number(row.sex) +
        0.4637284753704 * Number(row["ph.ecog"]),
    );
    const ends = followUp(known, "time", (row) => row.status === "2");
    expect(harrell(survivalSample([...ends.time], [...ends.event], risk)).value).toBeCloseTo(0.637135493, 9);
  });
  it("lung: a Cox model's order and errors", () => {
    const rows = cohort("lung").filter((row) => row["ph.ecog"] !== "NA");
    judge(rows, golden.lungCox, "time", (row) => row.status === "2");
  });
  it("gbsg: survival at 1, 2, 3 and 5 years, log-rank by hormone, a Cox model's order and errors", () => {
    const rows = cohort("gbsg");
    judge(rows, golden.gbsg, "rfstime", (row) => row.status === "1");
    const { time, event } = followUp(rows, "rfstime", (row) => row.status === "1");
    const anchors = [365, 730, 1095, 1825].map((t) => survivalAt(kaplanMeier(time, event), t).value?.toFixed(7));
    expect(anchors).toEqual(["0.9155581", "0.7462306", "0.6426204", "0.4916449"]);
    const hormone = logRank({ time, event, groups: rows.map((row) => row.hormon as string) });
    expect(hormone.chiSquared).toBeCloseTo(8.564781, 6);
  });
  it("rotterdam, positive nodes: a Cox model's order and errors over ten years", () => {
    const rows = cohort("rotterdam").filter((row) => Number(row.nodes) > 0);
    const small = rows.map((row) => ({ ...row, small: row.size === "<=20" ? "1" : "0" }));
    judge(small, golden.rotterdam, "dtime", (row) => row.death === "1");
  });
});

type FollowUp = Pick<SurvivalSample, "time" | "event">;

function followUp(rows: readonly Row[], time: string, came: (row: Row) => boolean): FollowUp {
  return {
    time: Float64Array.from(rows, (row) => Number(row[time])),
    event: Uint8Array.from(rows, (row) => (came(row) ? 1 : 0)),
  };
}

function judge(rows: readonly Row[], r: typeof golden.gbsg, time: string, came: (row: Row) => boolean): void {
  expect(rows.length).toBe(r.n);
  const ends = followUp(rows, time, came);
  curve(ends.time, ends.event, r.curve);
  for (const expected of r.logRank)
    logRankIs(
      expected,
      ends,
      rows.map((row) => row[expected.column] as string),
      null,
    );
  const risk = rows.map((row) =>
    (r.columns as string[]).reduce((sum, column, k) => sum + r.coefficients[k] * Number(row[column]), 0),
  );
  const survival = risk.flatMap((lp) => r.hazard.map((h: number) => Math.exp(-h * Math.exp(lp))));
  const sample = survivalSample([...ends.time], [...ends.event], risk, { times: r.times, survival });
  order(sample, r.order);
  errors(sample, r.errors);
}

function steps(time: Float64Array, event: Uint8Array, r: typeof golden.synthetic.curve): void {
  const made = kaplanMeier(time, event).steps;
  expect(made.map((s) => [s.time, s.atRisk, s.events, s.censored])).toEqual(
    r.time.map((t: number, k: number) => [t, r.atRisk[k], r.events[k], r.censored[k]]),
  );
  made.forEach((s, k) => {
    near(s.survival, r.survival[k]);
    near(s.variance, r.survival[k] === 0 ? 0 : r.variance[k]);
    if (s.survival < 1) near(s.low, r.low[k]);
    if (s.survival < 1) near(s.high, r.high[k]);
  });
}

function curve(time: Float64Array, event: Uint8Array, r: typeof golden.synthetic.curve): void {
  const km = kaplanMeier(time, event);
  r.at.forEach((t: number, k: number) => {
    const s = survivalAt(km, t);
    near(s.value, r.survivalAt[k]);
    if (s.value !== 1) near(s.low, r.lowAt[k]);
    if (s.value !== 1) near(s.high, r.highAt[k]);
  });
  const { value, low, high } = medianSurvival(km);
  [value, low, high].forEach((v, k) => {
    near(v, r.median[k]);
  });
  const mean = restrictedMean(km, r.tau);
  near(mean.value, r.restrictedMean);
  near(mean.standardError, r.restrictedMeanError);
}

function logRankIs(
  r: typeof golden.lung.logRank,
  { time, event }: FollowUp,
  groups: readonly string[],
  strata: readonly string[] | null,
): void {
  const made = logRank({ time, event, groups, strata });
  near(made.chiSquared, r.chiSquared);
  near(made.p, r.p);
  expect(made.df).toBe(r.df);
  r.group.forEach((name: string, k: number) => {
    const group = made.groups.find((g) => g.group === name);
    near(group?.observed, r.observed[k]);
    near(group?.expected, r.expected[k]);
  });
}

function order(sample: SurvivalSample, r: typeof golden.synthetic.order): void {
  near(measure(harrellMetric, sample), r.harrell);
  near(harrell(sample).value, r.harrell);
  near(harrell(sample).standardError, r.error);
  near(measure(unoMetric(null), sample), r.uno);
  near(measure(unoMetric(r.tau), sample), r.unoTau);
}

function errors(sample: SurvivalSample, r: typeof golden.synthetic.errors): void {
  r.times.forEach((t: number, k: number) => {
    near(measure(brierAt(t), sample), r.brier[k]);
    near(measure(nullBrierAt(t), sample), r.null[k]);
    near(measure(timeAuroc(t), sample), r.auroc[k]);
  });
  near(measure(integratedBrier(r.times), sample), r.integrated);
  near(measure(nullIntegratedBrier(r.times), sample), r.nullIntegrated);
}
