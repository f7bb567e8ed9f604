/** Decision curves: net benefit of acting on the model beside treating all and treating none (Vickers and Elkin 2006). */
import { html, type Markup } from "../html.ts";
import { decimal } from "../number-text.ts";
import type { DecisionPoint } from "../score.ts";
import { chartTable } from "../table.ts";
import { type ChartPoint, lineChart, type Series } from "./line-chart.ts";

export interface DecisionPart {
  readonly role: "external" | "internal";
  readonly decision: readonly DecisionPoint[];
}

/** Points below the frame are cut off at it, since treating all falls without end at high thresholds. */
export function decisionChart(parts: readonly DecisionPart[], action: string): Markup {
  const all = parts.flatMap((p) => p.decision);
  const top = Math.max(0.05, ...all.map((d) => Math.max(d.netBenefit, d.treatAll)));
  const bottom = -Math.max(0.05, top / 4);
  const last = Math.max(...all.map((d) => d.threshold));
  const none: Series = {
    role: "reference",
    name: "treat none",
    points: [
      { x: 0, y: 0 },
      { x: last, y: 0 },
    ],
  };
  return lineChart({
    id: "decision",
    title: "Decision curves",
    description: `Net benefit over the threshold probability of ${action}: by the model, treating all, treating none.`,
    x: { name: `threshold probability of ${action}`, domain: [0, last] },
    y: { name: "net benefit", domain: [bottom, top * 1.05], digits: 2 },
    series: [none, ...parts.flatMap((p) => partSeries(p, bottom))],
    after: html`<p class="note">The model is of use at a threshold only where its line lies above both treating all and treating none.
Values below ${decimal(bottom, 2)} are not drawn. No interval is drawn: with few patients these lines move a lot.</p>${parts.map(
      (p) =>
        chartTable(
          p.role,
          ["threshold", "model", "treat all"],
          p.decision.map((d) => [decimal(d.threshold, 2), decimal(d.netBenefit), decimal(d.treatAll)]),
        ),
    )}`,
  });
}

function partSeries(p: DecisionPart, bottom: number): Series[] {
  return [
    {
      role: p.role,
      name: `${p.role}: by the model`,
      points: above(
        p.decision.map((d) => ({ x: d.threshold, y: d.netBenefit })),
        bottom,
      ),
    },
    {
      role: `${p.role}-reference`,
      name: `${p.role}: treat all`,
      points: above(
        p.decision.map((d) => ({ x: d.threshold, y: d.treatAll })),
        bottom,
      ),
    },
  ];
}

/** The line up to where it first leaves the frame at the bottom, ending on the edge. */
function above(points: readonly ChartPoint[], bottom: number): ChartPoint[] {
  const out: ChartPoint[] = [];
  for (const p of points) {
    if (p.y >= bottom) {
      out.push(p);
      continue;
    }
    const before = out.at(-1);
    if (before !== undefined) {
      const t = (before.y - bottom) / (before.y - p.y);
      out.push({ x: before.x + t * (p.x - before.x), y: bottom });
    }
    break;
  }
  return out;
}
