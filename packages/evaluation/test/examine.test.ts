import { type ClassifyTask, randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { comparePredictions } from "../src/compare/compare-predictions.ts";
import { examine } from "../src/examine.ts";
import { spreadBySeed } from "../src/interval/by-seed.ts";
import { aurocMetric } from "../src/metric/auroc.ts";
import { permutationTest } from "../src/null-test/permutation-test.ts";
import { type PatientPrediction, type PredictionRow, sampleOf, toPatients } from "../src/prediction.ts";

const TASK: ClassifyTask = { kind: "classify", label: "label", classes: ["no", "yes"], positive: "yes" };

interface Made {
  readonly n: number;
  readonly columns?: (i: number) => Record<string, string>;
  /** Added to the logit of a patient. */
  readonly shift?: (i: number) => number;
  readonly seed?: string;
}

function rows({ n, columns = () => ({}), shift = () => 0, seed = "a" }: Made): PredictionRow[] {
  const random = randomStream(3, "examine", seed);
  return Array.from({ length: n }, (_, i) => {
    const y = i % 3 === 0 ? 1 : 0;
    const p = 1 / (1 + Math.exp(-(1.5 * y - 0.8 + random.normal() + shift(i))));
    const own = columns(i);
    return {
      slide: `s${i}`,
      case: `c${i}`,
      patient: `p${i}`,
      site: own.site ?? null,
      part: "test",
      fold: null,
      label: TASK.classes[y] as string,
      probabilities: [1 - p, p],
      columns: own,
    };
  });
}

function people(made: Made): PatientPrediction[] {
  const gathered = toPatients(rows(made), TASK);
  if (!gathered.ok) throw new Error(gathered.failure.received);
  return gathered.value;
}

const inside = (made: Made) =>
  examine({ internal: people(made), external: [] }, TASK, [], { replicates: 20, seed: 1 }).internal;
const day = (i: number, n: number): string => `2021-${String(1 + Math.floor((i * 12) / n)).padStart(2, "0")}-15`;

describe("shift per site and scanner", () => {
  const site = (i: number): Record<string, string> => ({ site: `h${i % 4}`, scanner: "one" });

  it("names the site whose scores are moved, also among patients of one label", () => {
    const { groupShift } = inside({ n: 800, columns: site, shift: (i) => (i % 4 === 2 ? 1.5 : 0) });
    const [sites, scanners] = groupShift;
    expect(sites?.groups.flatMap((g) => (g.isShifted ? [g.group] : []))).toContain("h2");
    expect(sites?.withinLabel.map((w) => w.groups.find((g) => g.group === "h2")?.isShifted)).toEqual([true, true]);
    expect(scanners).toMatchObject({ groups: [], reason: "every patient is of one scanner" });
  });

  it("is silent where nothing is moved, and says so where no site is known", () => {
    expect(inside({ n: 800, columns: site }).groupShift[0]?.groups.some((g) => g.isShifted)).toBe(false);
    expect(inside({ n: 50 }).groupShift.map((g) => g.reason)).toEqual([
      "no patient has a site",
      "no patient has a scanner",
    ]);
  });
});

describe("drift", () => {
  it("sounds after the day of a change, in the finest window with a baseline of 50", () => {
    const n = 1200;
    const { drift } = inside({ n, columns: (i) => ({ date: day(i, n) }), shift: (i) => (i > 600 ? 2 : 0) });
    expect(drift).toMatchObject({ column: "date", window: "month", undated: 0, reason: null });
    expect((drift.report?.scores.firstAlarm?.date ?? "") > "2021-06").toBe(true);
    expect(inside({ n: 240, columns: (i) => ({ date: day(i, 240) }) }).drift.window).toBe("quarter");
  });

  it("never takes a survival time for a date, nor guesses one", () => {
    expect(inside({ n: 60, columns: (i) => ({ time: String(1900 + i) }) }).drift).toMatchObject({ report: null });
    expect(inside({ n: 60, columns: () => ({ date: "03/04/2021" }) }).drift.reason).toMatch(/`03\/04\/2021`/);
    expect(inside({ n: 60 }).drift.reason).toMatch(/no column of dates/);
    expect(inside({ n: 60, columns: () => ({ date: "2021-05-05" }) }).drift.reason).toMatch(/no day after the first/);
  });

  it("counts patients without a date beside the report", () => {
    const { drift } = inside({ n: 240, columns: (i) => ({ date: i % 10 === 0 ? "" : day(i, 240) }) });
    expect(drift.undated).toBe(24);
  });
});

describe("power", () => {
  it("says what sensitivity and specificity these patients show, and what more would take", () => {
    const { operatingPoint } = inside({ n: 300 });
    const { share, shown, n, plan, lowerBound } = operatingPoint?.sensitivity ?? {};
    expect(n).toBe(100);
    expect((shown ?? 1) < (share ?? 0)).toBe(true);
    expect(lowerBound).toBeCloseTo((share ?? 0) - 0.05, 6);
    expect((plan?.patients ?? 0) > 100).toBe(true);
  });

  it("of a comparison: more patients than there were where the difference was not shown", () => {
    const made = comparePredictions(
      [
        { name: "a", rows: rows({ n: 150 }) },
        { name: "b", rows: rows({ n: 150, seed: "b" }) },
      ],
      TASK,
      { replicates: 50, seed: 1 },
    );
    const [first] = made.ok ? made.value : [];
    const [pair] = first?.power ?? [];
    expect(pair).toMatchObject({ a: "a", b: "b", n: 150, reason: null });
    expect(Math.abs(pair?.correlation ?? 1)).toBeLessThan(0.3);
    expect((pair?.plan?.patients ?? 0) > 150).toBe(first?.auroc.best.length === 2);
    expect((pair?.detectable ?? 0) > 0.05).toBe(true);
  });
});

describe("spread by seed", () => {
  const run = (seed: string): PredictionRow[] => rows({ n: 200, seed, columns: () => ({ seed }) });

  it("is that of the runs, each alone, and its n counts seeds", () => {
    const [internal] = spreadBySeed([...run("1"), ...run("2"), ...run("3")], TASK) ?? [];
    const values = internal?.runs.map((r) => r.value as number) ?? [];
    expect(internal?.runs.map((r) => [r.seed, r.n])).toEqual([
      ["1", 200],
      ["2", 200],
      ["3", 200],
    ]);
    expect(internal?.mean.n).toBe(3);
    expect(internal?.mean.value).toBeCloseTo(values.reduce((a, b) => a + b, 0) / 3, 12);
    expect(internal?.spread).toMatchObject({ low: Math.min(...values), high: Math.max(...values) });
  });

  it("has no interval for one seed, and is null where there is no column", () => {
    expect(spreadBySeed(run("1"), TASK)?.[0]).toMatchObject({
      spread: null,
      mean: { low: null, reason: "one seed has no spread" },
    });
    expect(spreadBySeed(rows({ n: 10 }), TASK)).toBeNull();
  });
});

it("a permuted AUROC from ranks is that of relabelled samples, number for number", () => {
  const sample = sampleOf(people({ n: 301 }), TASK);
  const { relabelled: _, ...plain } = aurocMetric;
  const options = { permutations: 30, seed: 4 };
  expect(permutationTest(sample, aurocMetric, options)).toEqual(permutationTest(sample, plain, options));
});
