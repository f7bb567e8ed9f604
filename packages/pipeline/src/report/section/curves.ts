/**
 * ROC, precision-recall, reliability and decision curves, external and internal in the same axes. The interval of each
 * area stands in the legend with n, since a curve alone hides how few patients drew it.
 */
import { type DecisionPart, decisionChart } from "../chart/decision.ts";
import { type ChartPoint, lineChart, type Series } from "../chart/line-chart.ts";
import { type ReliabilityPart, reliabilityChart } from "../chart/reliability.ts";
import { type Content, html, type Markup } from "../html.ts";
import { count, counted, decimal, intervalText, sentence } from "../number-text.ts";
import type { Asked, ClassCurves, CurvePoints, Curves } from "../report-data.ts";
import type { Estimate, PartScore, Scorecard } from "../score.ts";
import { chartTable } from "../table.ts";
import type { Section } from "./section.ts";

/** A part that has points, and the numbers its legend states. */
interface Drawn {
  readonly role: "external" | "internal";
  readonly points: CurvePoints;
  readonly auroc: Estimate | null;
  readonly auprc: Estimate | null;
}

/** What the curves are drawn from; a run's report has it, and a judged table. */
export interface CurvesInput {
  readonly asked: Pick<Asked, "classes" | "positive">;
  readonly scorecard: Pick<Scorecard, "internal" | "external">;
  readonly curves: Curves;
}

const ROLES = ["internal", "external"] as const;

export function curvesSection(data: CurvesInput): Section {
  const isBinary = data.asked.classes.length === 2;
  const classes = data.curves.classes.map((c, i) => classCharts(c, i, data, isBinary));
  const trust = [reliability(data, isBinary), isBinary ? decision(data) : null].filter((m) => m !== null);
  const body =
    classes.length + trust.length === 0
      ? html`<p class="undefined">No curve could be drawn: no part holds patients of two classes.</p>`
      : html`<p>Dashed lines and discs: internal. Solid lines and diamonds: external. Fine dots: the reference of the same colour.</p>
${classes}${trust.length > 0 && html`<h3>Can the probabilities be used?</h3><div class="charts">${trust}</div>`}`;
  return { id: "curves", title: "Curves", body };
}

function classCharts(curves: ClassCurves, index: number, data: CurvesInput, isBinary: boolean): Markup {
  const parts = ROLES.flatMap((role): Drawn[] => {
    const points = curves[role];
    return points === null ? [] : [{ role, points, ...areas(data.scorecard[role], curves.className, isBinary) }];
  });
  const name = isBinary ? `${curves.className} against the other class` : `${curves.className} against the rest`;
  if (parts.length === 0) {
    return html`<h3>${name}</h3><p class="undefined">No curve: no part holds patients of this class and of another.</p>`;
  }
  return html`<h3>${name}</h3><div class="charts">${roc(parts, index)}${precisionRecall(parts, index)}</div>`;
}

function areas(score: PartScore | null, className: string, isBinary: boolean): Pick<Drawn, "auroc" | "auprc"> {
  if (score === null) return { auroc: null, auprc: null };
  if (isBinary) return { auroc: score.auroc, auprc: score.auprc };
  return { auroc: score.perClass.find((c) => c.class === className)?.auroc ?? null, auprc: null };
}

function roc(parts: readonly Drawn[], index: number): Markup {
  const chance: Series = {
    role: "reference",
    name: "chance",
    points: [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ],
  };
  const drawn = parts.map((p): Series => {
    const points = p.points.roc.map((q) => ({ x: q.falsePositiveRate, y: q.sensitivity }));
    return { role: p.role, name: areaText(p, "AUROC", p.auroc), points };
  });
  return lineChart({
    id: `roc-${index}`,
    title: "ROC",
    description: `Sensitivity against false positive rate. ${drawn.map((s) => s.name).join("; ")}.`,
    x: { name: "1 − specificity", domain: [0, 1] },
    y: { name: "sensitivity", domain: [0, 1] },
    series: [chance, ...drawn],
    after: html`${intervalNote(parts.map((p) => p.auroc))}${parts.map((p) =>
      chartTable(p.role, ["threshold", "1 − specificity", "sensitivity"], p.points.roc.map(rocRow)),
    )}`,
  });
}

function rocRow(q: CurvePoints["roc"][number]): Content[] {
  return [q.threshold === null ? "none" : decimal(q.threshold), decimal(q.falsePositiveRate), decimal(q.sensitivity)];
}

function precisionRecall(parts: readonly Drawn[], index: number): Markup {
  const drawn = parts.flatMap((p): Series[] => {
    const share = p.points.positives / p.points.n;
    return [
      {
        role: p.role,
        name: areaText(p, "AUPRC", p.auprc),
        points: precisionSteps(p.points),
        step: true,
      },
      {
        role: `${p.role}-reference`,
        name: `${p.role}: chance, the share of positives, ${decimal(share)}`,
        points: [
          { x: 0, y: share },
          { x: 1, y: share },
        ],
      },
    ];
  });
  return lineChart({
    id: `pr-${index}`,
    title: "Precision and recall",
    description: `Precision against recall. ${drawn.map((s) => s.name).join("; ")}.`,
    x: { name: "recall", domain: [0, 1] },
    y: { name: "precision", domain: [0, 1] },
    series: drawn,
    after: html`${intervalNote(parts.map((p) => p.auprc))}${parts.map((p) =>
      chartTable(
        p.role,
        ["threshold", "recall", "precision"],
        p.points.pr.map((q) => [decimal(q.threshold), decimal(q.recall), decimal(q.precision)]),
      ),
    )}`,
  });
}

/** The steps whose area is the average precision: each recall where it is first reached, from recall 0 on. */
function precisionSteps(points: CurvePoints): ChartPoint[] {
  const first = points.pr[0];
  if (first === undefined) return [];
  const reached = points.pr.filter((q, i) => q.recall > (points.pr[i - 1]?.recall ?? 0));
  return [{ x: 0, y: first.precision }, ...reached.map((q) => ({ x: q.recall, y: q.precision }))];
}

/** "external: AUROC 0.934 (0.881 to 0.972); 20 patients, 10 positive". */
function areaText(p: Drawn, measure: string, e: Estimate | null): string {
  const who = `${counted(p.points.n, "patient")}, ${count(p.points.positives)} positive`;
  if (e === null) return `${p.role}: ${who}`;
  if (e.value === null) return `${p.role}: ${measure} undefined (${e.reason ?? "no reason recorded"}); ${who}`;
  return `${p.role}: ${measure} ${decimal(e.value)} (${intervalText(e) ?? "no interval"}); ${who}`;
}

function intervalNote(estimates: readonly (Estimate | null)[]): Markup | null {
  const methods = [...new Set(estimates.flatMap((e) => (e === null ? [] : [e.method])))];
  return methods.length === 0 ? null : html`<p class="note">${methods.map(sentence).join(" ")}</p>`;
}

function reliability(data: CurvesInput, isBinary: boolean): Markup | null {
  const parts = ROLES.flatMap((role): ReliabilityPart[] => {
    const bins = data.curves.reliability[role];
    return bins === null ? [] : [{ role, bins }];
  });
  return parts.length === 0 ? null : reliabilityChart(parts, isBinary ? data.asked.positive : "the predicted class");
}

function decision(data: CurvesInput): Markup | null {
  const parts = ROLES.flatMap((role): DecisionPart[] => {
    const points = data.scorecard[role]?.decision ?? [];
    return points.length === 0 ? [] : [{ role, decision: points }];
  });
  return parts.length === 0 ? null : decisionChart(parts, data.asked.positive);
}
