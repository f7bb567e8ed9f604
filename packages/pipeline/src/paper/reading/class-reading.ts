/** Classes and grades, as the texts for a paper read them. */
import type { ClassifyTask } from "@nacre/core";
import { BEYOND_NAMES } from "../../report/answers/measure-name.ts";
import { limitations, sizeLimits } from "../../report/limitation.ts";
import { count, counted, decimal, listed, percent } from "../../report/number-text.ts";
import { partMeasures } from "../../report/part-measures.ts";
import type { ReportData } from "../../report/report-data.ts";
import { answerLimitations } from "../../report/run-answers/answer-limitation.ts";
import type { Estimate, PartScore } from "../../report/score.ts";
import { FEW, verdict } from "../../report/verdict.ts";
import type { ClassCard } from "../known.ts";
import { recalibrationText, triageText } from "./class-beside.ts";
import type { Baseline, Named, Reading, ReadingPart } from "./reading.ts";
import { capital, meanPool } from "./wording.ts";

/** Columns of the results table and where their numbers stand, all with three decimals. */
const COLUMNS: readonly (readonly [name: string, of: (part: PartScore) => Estimate])[] = [
  ["AUROC", (p) => p.auroc],
  ["AUPRC", (p) => p.auprc],
  ["Balanced accuracy", (p) => p.balancedAccuracy],
  ["Brier score", (p) => p.brier],
  ["ECE", (p) => p.ece],
  ["Calibration slope", (p) => p.calibration.slope],
];

export function classReading(card: ClassCard, name: string | null): Reading {
  const { task, internal, external } = card;
  const classes = listed(task.classes);
  const called =
    task.classes.length === 2
      ? `${task.positive} is called at a probability of 0.5 or more`
      : "the class of highest probability is called";
  return {
    name,
    does: ["tell", `${classes} apart`],
    outcome: `The outcome is the column ${task.label} with the classes ${task.classes.join(", ")}; positive: ${task.positive}.`,
    reference: `Labels are taken as they stand in the column ${task.label} (${task.classes.join(", ")}).`,
    output: `A probability for each of ${classes}; ${called}.`,
    noun: ["probability", "probabilities"],
    question: `${task.label}: ${task.classes.join(" against ")}`,
    headline: "AUROC",
    headlineColumn: "AUROC",
    alsoMeasured: ", and net benefit over thresholds",
    loss: "cross-entropy",
    bagsAStep: "one bag a step",
    weighted: " weighted by class",
    imbalance: {
      balanced:
        "The loss is weighted by the inverse share of each class in the training part. Probabilities are not corrected for it afterwards.",
      none: "Nothing was done about unequal classes.",
    },
    gaps: "",
    unknown: "",
    caution: "",
    noCalls: null,
    noCalibration: "",
    balancedBy: "",
    columns: COLUMNS.map(([column]) => column),
    internal: partOf(internal, task, "internal"),
    external: external === null ? null : partOf(external, task, "external"),
    baselines: baselinesOf(card),
    verdict: (report) => verdict(asIfAlone(report, card)).join(" "),
    limits: (report) => {
      const own = asIfAlone(report, card);
      if (name === null) return limitations(own);
      return [...sizeLimits(own).map((line) => `${name}: ${line}`), ...answerLimitations(report, [])];
    },
  };
}

/** The report as if this had been the only question. */
function asIfAlone(report: ReportData, { task, internal, external, baselines }: ClassCard): ReportData {
  const { label, classes, positive } = task;
  const scorecard = { internal, external, baselines: baselines ?? report.scorecard.baselines };
  return { ...report, scorecard, asked: { ...report.asked, label, classes, positive } };
}

function partOf(part: PartScore, task: ClassifyTask, role: ReadingPart["role"]): ReadingPart {
  const { n, unlabelled, bags, calibration } = part;
  const named = (measures: Readonly<Record<string, Estimate>>): Named[] =>
    Object.entries(measures).map(([key, estimate]) => ({ name: BEYOND_NAMES[key] ?? key, estimate }));
  const [beside, grades] = [named(part.more), named(part.ordinal ?? {})];
  return {
    role,
    n,
    unlabelled,
    bags,
    counts: Object.entries(part.classes).map(([c, patients]) => `${patients} ${c}`),
    headline: part.auroc,
    groups: part.subgroups.map((g) => ({ column: g.column, group: g.group, n: g.n, measure: g.auroc })),
    folds: part.folds.map((f) => ({ fold: f.fold, n: f.n, measure: f.auroc })),
    performance: [
      { name: "AUROC", estimate: part.auroc },
      { name: "AUPRC", estimate: part.auprc },
      { name: "balanced accuracy", estimate: part.balancedAccuracy },
    ],
    beside,
    grades,
    calibration: [
      { name: "Brier score", estimate: part.brier },
      { name: "ECE", estimate: part.ece },
      { name: "slope", estimate: calibration.slope },
      { name: "intercept", estimate: calibration.intercept },
    ],
    measures: partMeasures(part).map(([name, estimate]) => ({ name, estimate })),
    remarks: [],
    size: sizeText(part),
    contrast: n === 0 ? [] : [[`share of ${task.positive}`, shareText(part, task)]],
    calls: callsText(part, task),
    errors: errorsText(part),
    recalibration: recalibrationText(part),
    triage: triageText(part),
    performanceRows: [
      { name: "AUROC", estimate: part.auroc },
      { name: "AUPRC", estimate: part.auprc },
      { name: "Accuracy", estimate: part.accuracy },
      { name: "Balanced accuracy", estimate: part.balancedAccuracy },
      ...[...beside, ...grades].map((m) => ({ ...m, name: capital(m.name) })),
    ],
    calibrationRows: [
      { name: "Brier score (0 is best)", estimate: part.brier },
      { name: "ECE (0 is best)", estimate: part.ece },
      { name: "Slope (1 is best)", estimate: calibration.slope },
      { name: "Intercept (0 is best)", estimate: calibration.intercept },
      { name: "In the large (0 is best)", estimate: calibration.inTheLarge },
    ],
    tableRows: [{ of: null, n: patientsText(part, task), cells: COLUMNS.map(([, of]) => ({ estimate: of(part) })) }],
  };
}

/** "40 (21 tumour)"; beyond two classes the number alone. */
function patientsText(part: PartScore, task: ClassifyTask): string {
  const positives = part.classes[task.positive];
  return task.classes.length === 2 && positives !== undefined
    ? `${count(part.n)} (${count(positives)} ${task.positive})`
    : count(part.n);
}

function sizeText(part: PartScore): string {
  const rarest = Math.min(...Object.values(part.classes));
  const advice = rarest < FEW ? `, fewer than the ${FEW} usually advised` : "";
  const { low, high } = part.auroc;
  const width = low === null || high === null ? "" : `; the AUROC is known within ${decimal(high - low, 2)}`;
  return `${counted(rarest, "patient")} in the rarest class${advice}${width}`;
}

function shareText(part: PartScore, { positive }: ClassifyTask): string {
  return `${percent((part.classes[positive] ?? 0) / part.n)} of ${part.n}`;
}

/** Label against call, in counts. */
function callsText({ confusion }: PartScore, { classes }: ClassifyTask): string {
  return classes
    .map((name, i) => {
      const row = confusion[i] ?? [];
      return `${row[i] ?? 0} of ${row.reduce((a, b) => a + b, 0)} ${name} called ${name}`;
    })
    .join(", ");
}

function errorsText({ confusion, n }: PartScore): string {
  const right = confusion.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  return `${n - right} of ${counted(n, "patient")} called wrongly`;
}

function baselinesOf({ baselines }: ClassCard): Baseline[] | null {
  if (baselines === undefined) return null;
  const told = { external: "", internal: "the site alone, no pixel" };
  const site = { name: "Site alone", aside: ", no pixel", told, external: null, internal: baselines.siteOnly };
  return [meanPool(baselines.meanPool), site];
}
