/**
 * Limitations that follow from the numbers themselves, added to those the run hands in. A rule here states a bound and
 * says it; the advice of at least 100 patients with and 100 without the outcome for external validation is that of
 * Vergouwe et al. 2005 and Collins et al. 2016.
 */
import { counted, decimal, listed } from "./number-text.ts";
import { partMeasures } from "./part-measures.ts";
import type { ReportData } from "./report-data.ts";
import type { PartScore } from "./score.ts";
import { FEW, WIDE } from "./verdict.ts";

/** All limitations as sentences: handed in first, then derived. */
export function limitations(data: ReportData): string[] {
  return [
    ...data.limitations,
    ...origin(data),
    ...sizeLimits(data),
    ...outside(data),
    ...undefinedMeasures(data),
    ...shortcut(data),
    "Probabilities are not recalibrated for a new hospital; the slope and intercept in the scorecard say how far off they were.",
    "Attention says where the model put its weight and contribution what each tile added to the prediction. Neither is a cause, nor an annotation, and no pathologist has checked them.",
    "Labels are taken as they stand in the table; errors in them limit every number here.",
    "Research use only. This is not a medical device, and nothing here supports a decision about a patient.",
  ];
}

function origin(data: ReportData): string[] {
  return data.synthetic
    ? [
        "Slides of this study are synthetic: tissue, stain and scanner are drawn by a program. No number here is clinical performance.",
      ]
    : [];
}

/** What the numbers of patients do not carry. */
export function sizeLimits(data: Pick<ReportData, "scorecard">): string[] {
  const out: string[] = [];
  const named: [string, PartScore | null][] = [
    ["external", data.scorecard.external],
    ["internal", data.scorecard.internal],
  ];
  for (const [name, part] of named) {
    if (part === null) continue;
    const rarest = rarestClass(part);
    if (rarest !== null && rarest.patients < FEW) {
      out.push(
        `The ${name} part has ${counted(part.n, "patient")}, and only ${rarest.patients} in the rarest class (${rarest.label}); at least ${FEW} a class are usually advised.`,
      );
    }
    const { low, high } = part.auroc;
    if (low !== null && high !== null && high - low > WIDE) {
      out.push(
        `The ${name} AUROC is known only within ${decimal(high - low, 2)} (${decimal(low, 2)} to ${decimal(high, 2)}).`,
      );
    }
  }
  return out;
}

/** The class with the fewest judged patients; null where nobody was judged. */
function rarestClass(part: PartScore): { label: string; patients: number } | null {
  const counts = Object.entries(part.classes).map(([label, patients]) => ({ label, patients }));
  return counts.reduce<(typeof counts)[number] | null>((a, c) => (a === null || c.patients < a.patients ? c : a), null);
}

function outside(data: ReportData): string[] {
  const sites = [...new Set(data.parts.filter((p) => p.part === "external").flatMap((p) => Object.keys(p.sites)))];
  if (data.scorecard.external === null) return ["No external site: nothing here says how the model does elsewhere."];
  if (sites.length !== 1) return [];
  return [`One external site only (${sites[0]}): another hospital, scanner or stain may give another number.`];
}

function undefinedMeasures(data: ReportData): string[] {
  const missing: string[] = [];
  for (const [name, part] of [
    ["external", data.scorecard.external] as const,
    ["internal", data.scorecard.internal] as const,
  ]) {
    if (part === null) continue;
    for (const [measure, e] of partMeasures(part)) if (e.value === null) missing.push(`${name} ${measure}`);
  }
  return missing.length === 0 ? [] : [`Could not be computed: ${listed(missing)}; the scorecard says why.`];
}

function shortcut(data: ReportData): string[] {
  const told = data.audit.findings.filter((f) => f.kind === "column-predicts-label" && f.severity !== "info");
  if (told.length === 0) return [];
  const columns = [...new Set(told.map((f) => f.column ?? "a column"))];
  return [
    `The label can be guessed without pixels from ${listed(columns)}; the model may have learned that instead of the tissue.`,
  ];
}
