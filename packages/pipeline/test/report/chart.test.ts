import { describe, expect, it } from "vitest";
import { decisionChart } from "../../src/report/chart/decision.ts";
import { forest } from "../../src/report/chart/forest.ts";
import { lineChart } from "../../src/report/chart/line-chart.ts";
import { reliabilityChart } from "../../src/report/chart/reliability.ts";
import { chartTable } from "../../src/report/table.ts";
import { readPage } from "./markup-check.ts";

const axes = { x: { name: "x", domain: [0, 1] }, y: { name: "y", domain: [0, 1] } } as const;

describe("a chart", () => {
  it("has a title and a description for those who cannot see it", () => {
    const { markup } = lineChart({ id: "c", title: "ROC & more", description: "says <what>", ...axes, series: [] });
    expect(markup).toContain('<title id="c-t">ROC &amp; more</title><desc id="c-d">says &lt;what&gt;</desc>');
    const page = readPage(markup);
    expect(page.references.every((r) => page.ids.includes(r))).toBe(true);
  });

  it("draws its corners where the axes say", () => {
    const { markup } = lineChart({
      id: "c",
      title: "t",
      description: "d",
      ...axes,
      series: [
        {
          role: "external",
          name: "s",
          points: [
            { x: 0, y: 0 },
            { x: 1, y: 1 },
          ],
        },
      ],
    });
    expect(markup).toContain('d="M56,290L386,10"');
  });

  it("refuses a point that is nowhere", () => {
    const series = [{ role: "internal", name: "s", points: [{ x: 0, y: Number.NaN }] }] as const;
    expect(() => lineChart({ id: "c", title: "t", description: "d", ...axes, series })).toThrow(/finite place/);
  });
});

describe("reliabilityChart", () => {
  const bin = { low: 0, high: 0.1, n: 0, meanProbability: null, observed: null, observedLow: null, observedHigh: null };
  const full = { low: 0.9, high: 1, n: 4, meanProbability: 0.95, observed: 0.75, observedLow: 0.3, observedHigh: 0.95 };

  it("draws a mark, a whisker and a bar for each bin that holds a patient, and none for an empty one", () => {
    const { markup } = reliabilityChart([{ role: "external", bins: [bin, full] }], "mutant");
    expect(markup.match(/class="bar external"/g)).toHaveLength(1);
    expect(markup.match(/class="whisker external"/g)).toHaveLength(1);
    expect(markup).toContain("external: 4 patients");
  });
});

describe("decisionChart", () => {
  it("cuts the line of treating all at the edge of the frame", () => {
    const decision = [0.1, 0.5, 0.9].map((threshold) => ({ threshold, netBenefit: 0.2, treatAll: 0.4 - threshold }));
    const { markup } = decisionChart([{ role: "internal", decision }], "mutant");
    expect(markup).toContain('<td class="num">−0.500</td>');
    const path = /class="series internal-reference" d="([^"]*)"/.exec(markup)?.[1] ?? "";
    const y = [...path.matchAll(/[\d.]+,([\d.]+)/g)].map((m) => Number(m[1]));
    expect(y).toHaveLength(2);
    expect(Math.max(...y)).toBeCloseTo(290, 1);
  });
});

describe("forest", () => {
  it("keeps the row of an undefined estimate and says why", () => {
    const estimate = { value: null, low: null, high: null, n: 3, method: "m", reason: "one class only" };
    const { markup } = forest({
      id: "f",
      title: "t",
      axis: "AUROC",
      chance: 0.5,
      rows: [{ name: "a", role: "external", estimate }],
    });
    expect(markup).toContain("undefined: one class only");
    expect(markup).not.toContain("whisker");
  });

  it("widens its axis for an interval below chance", () => {
    const estimate = { value: 0.3, low: 0.12, high: 0.5, n: 30, method: "m" };
    const { markup } = forest({
      id: "f",
      title: "t",
      axis: "AUROC",
      chance: 0.5,
      rows: [{ name: "a", role: "external", estimate }],
    });
    expect(markup).toContain(">0.2</text>");
    expect(markup).toContain("0.120 to 0.500");
  });
});

describe("chartTable", () => {
  it("takes points evenly, keeps both ends and says how many there were", () => {
    const { markup } = chartTable(
      "external",
      ["i"],
      Array.from({ length: 1000 }, (_, i) => [i]),
      5,
    );
    expect([...markup.matchAll(/<td class="num">(\d+)/g)].map((m) => m[1])).toEqual(["0", "250", "500", "749", "999"]);
    expect(markup).toContain("5 of 1,000 points");
  });
});
