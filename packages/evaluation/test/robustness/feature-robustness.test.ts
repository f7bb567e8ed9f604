/** The pooled index from numpy, recorded by tools/oracles/feature_robustness.py. */
import { readFileSync } from "node:fs";
import { type CohortRow, randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { type FeatureRobustness, featureRobustness } from "../../src/robustness/feature-robustness.ts";
import { judgeFeatures } from "../../src/robustness/judge-features.ts";
import { pairedDesigns } from "../../src/robustness/paired-design.ts";
import { tiedAccuracies } from "../../src/robustness/tied-training.ts";
import { rowsOf } from "../../src/robustness/unit-rows.ts";
import { row, TASK } from "../../testing/make.ts";

const g = JSON.parse(readFileSync(new URL("../golden/feature-robustness.json", import.meta.url), "utf8"));

interface Made {
  readonly byLabel: number;
  readonly bySite: number;
  readonly patients?: number;
  readonly sites?: number;
  /** Share of the label yes at even sites; at odd ones the rest. */
  readonly yes?: number;
}

/** One slide a patient, its mean features drawn around a point of the label and one of the site. */
function made({ byLabel, bySite, patients = 160, sites = 4, yes = 0.5 }: Made) {
  const random = randomStream(5, "features");
  const d = 12;
  const cohort: CohortRow[] = [];
  const vectors = new Float32Array(patients * d);
  for (let i = 0; i < patients; i++) {
    const site = i % sites;
    const isYes = random.uniform() < (site % 2 === 0 ? yes : 1 - yes);
    cohort.push(
      row({
        slide: `s${i}`,
        patient: `p${i}`,
        site: `h${site}`,
        label: isYes ? "yes" : "no",
        columns: { scanner: site < 2 ? "A" : "B" },
      }),
    );
    for (let j = 0; j < d; j++) {
      const pull = (j === Number(isYes) ? byLabel : 0) + (j === 2 + site ? bySite : 0);
      vectors[i * d + j] = 1 + pull + 0.4 * random.normal();
    }
  }
  return { cohort, vectors: { slides: cohort.map((r) => r.slide), vectors, d } };
}

function judged(spec: Made): readonly FeatureRobustness[] {
  return judgeFeatures({ ...made(spec), task: TASK, seed: 1 }).robustness;
}

describe("robustness of features by patient", () => {
  it("pools the neighbours of all paired designs as a sort of all similarities does", () => {
    const found = featureRobustness("site", { rows: rowsOf(g.vectors, g.d), labels: g.labels, centres: g.centres }, 1);
    if ("reason" in found) throw new Error(found.reason);
    expect(found.index.value).toBeCloseTo(g.index, 12);
    expect(found).toMatchObject({ patients: 30, centres: 3, designs: 3, possible: 3 });
    expect(found.drop).toMatchObject({ value: null, reason: "no design has 6 patients in each cell" });
  });
  it("follows the label where only the label shows, the site where only the site does, and neither in noise", () => {
    const [label] = judged({ byLabel: 3, bySite: 0 });
    expect(label).toMatchObject({ centre: "site", follows: "label" });
    expect(label?.index.value).toBeGreaterThan(0.95);
    expect(label?.clustering.value).toBeGreaterThan(0.5);
    expect(label?.drop.value).toBeGreaterThan(-0.02);
    const [site] = judged({ byLabel: 0, bySite: 3 });
    expect(site?.follows).toBe("centre");
    expect(site?.index.value).toBeLessThan(0.05);
    expect(site?.clustering.value).toBeLessThan(-0.5);
    const [noise] = judged({ byLabel: 0, bySite: 0 });
    expect(noise?.follows).toBe("undecided");
    expect(noise?.index.value).toBeCloseTo(0.5, 1);
  });
  it("is not moved by how the labels are spread over the sites", () => {
    for (const yes of [0.5, 0.7]) {
      expect(judged({ byLabel: 0, bySite: 0, yes, patients: 300 })[0]?.index.value).toBeCloseTo(0.5, 1);
    }
  });
  it("loses accuracy where training ties the label to a site that shows more", () => {
    const [mixed] = judged({ byLabel: 1, bySite: 2 });
    expect(mixed?.accuracy?.untied).toBeGreaterThan(0.7);
    expect(mixed?.accuracy?.tied).toBeLessThan((mixed?.accuracy?.untied as number) - 0.1);
    expect(mixed?.drop.high).toBeLessThan(0);
  });
  it("judges the scanner too, and skips a scanner that divides the patients as the site does", () => {
    expect(judged({ byLabel: 1, bySite: 1 }).map((r) => r.centre)).toEqual(["site", "scanner"]);
    const one = made({ byLabel: 1, bySite: 1 });
    const same = one.cohort.map((r) => ({ ...r, columns: { scanner: `scanner of ${r.site}` } }));
    expect(judgeFeatures({ ...one, cohort: same, task: TASK, seed: 1 }).skipped[0]?.reason).toMatch(
      /as the column before/,
    );
  });
  it("says why where there are no features, no label, no site, or no two sites with both labels", () => {
    const { cohort, vectors } = made({ byLabel: 1, bySite: 1, sites: 2 });
    const reason = (input: Parameters<typeof judgeFeatures>[0]): string | undefined =>
      judgeFeatures(input).skipped[0]?.reason;
    expect(reason({ cohort, task: TASK, seed: 1 })).toMatch(/no features/);
    expect(reason({ cohort, vectors, task: null, seed: 1 })).toMatch(/label/);
    const bare = cohort.map((r) => ({ ...r, site: null, columns: {} }));
    expect(reason({ cohort: bare, vectors, task: TASK, seed: 1 })).toMatch(/neither site nor scanner/);
    const tied = cohort.map((r) => ({ ...r, columns: {}, label: r.site === "h0" ? "yes" : "no" }));
    expect(reason({ cohort: tied, vectors, task: TASK, seed: 1 })).toMatch(/no two values of site/);
  });
  it("gives the same numbers for the same seed and whatever the length of the vectors", () => {
    const spec = made({ byLabel: 1, bySite: 1 });
    const scaled = { ...spec.vectors, vectors: spec.vectors.vectors.map((v) => 4 * v) };
    const once = judgeFeatures({ ...spec, task: TASK, seed: 1 });
    expect(judgeFeatures({ ...spec, vectors: scaled, task: TASK, seed: 1 })).toEqual(once);
  });
});

describe("paired designs", () => {
  const classes = Int32Array.from({ length: 90 }, (_, i) => i % 3);
  const centres = Int32Array.from({ length: 90 }, (_, i) => (i < 60 ? 0 : i < 84 ? 1 : 2));
  it("have four cells of equal size, the largest first, no patient twice", () => {
    const { designs, possible } = pairedDesigns(classes, centres, { least: 2, most: 5, designs: 4, seed: 1 });
    expect(possible).toBe(9);
    expect(designs.map((d) => d.size)).toEqual([5, 5, 5, 2]);
    for (const { cells, size, classes: pair, centres: places } of designs) {
      expect(cells.map((c) => c.length)).toEqual([size, size, size, size]);
      expect(new Set(cells.flat()).size).toBe(4 * size);
      cells.forEach((cell, c) => {
        for (const i of cell) expect([classes[i], centres[i]]).toEqual([pair[c < 2 ? 0 : 1], places[c % 2]]);
      });
    }
  });
  it("leave out rows whose class or centre is unknown", () => {
    const unknown = classes.map((c, i) => (i % 2 === 0 ? -1 : c));
    const { designs } = pairedDesigns(unknown, centres, { least: 2, most: 50, designs: 9, seed: 1 });
    expect(designs.flatMap((d) => d.cells.flat()).every((i) => i % 2 === 1)).toBe(true);
  });
  it("too small to be divided are refused by the training that ties label and centre", () => {
    const { designs } = pairedDesigns(classes, centres, { least: 2, most: 5, designs: 1, seed: 1 });
    const rows = rowsOf(new Float64Array(90 * 2).fill(1), 2);
    expect(() => tiedAccuracies(rows, designs, 3, 1)).toThrow(/at least 6/);
    expect(() => tiedAccuracies(rows, [], 3, 1)).toThrow(RangeError);
  });
});
