/** A number, as the texts for a paper read it. Errors are in the unit of the label, with the decimals that their size deserves. */
import type { Estimate, RegressScore } from "@nacre/evaluation";
import { IN_UNIT } from "../../report/answers/measure-name.ts";
import { unitDigits } from "../../report/answers/regress-section.ts";
import { count, decimal } from "../../report/number-text.ts";
import { answerLimitations } from "../../report/run-answers/answer-limitation.ts";
import type { CardOfKind } from "../known.ts";
import { answerBaselines, answerVerdict, sharedPart } from "./answer-part-of.ts";
import type { Named, Reading, ReadingPart } from "./reading.ts";
import { capital, inSentence, namedOf, notComputed, sizeText, titleOf, whatever } from "./wording.ts";

const PERFORMANCE = ["mae", "rmse", "r2", "spearman"];
const CALIBRATION = ["calibrationSlope", "calibrationIntercept"];
const COLUMNS = ["mae", "rmse", "r2", "spearman", "iccAgreement", "calibrationSlope"];

export function regressReading(card: CardOfKind<"regress">, name: string | null): Reading {
  const { internal, external } = card;
  const label = "label" in card.task ? card.task.label : "label";
  const digits = unitDigits([internal, ...(external === null ? [] : [external])].map((score) => ({ score })));
  return {
    name,
    does: ["foretell", `the number in the column ${label}`],
    outcome: `The outcome is the number in the column ${label}, in the unit of that column, which is not recorded.`,
    reference: `Numbers are taken as they stand in the column ${label}.`,
    output: `A number in the unit of the column ${label}. Nothing says how sure a single answer is, and no threshold was chosen.`,
    noun: ["predicted number", "predicted numbers"],
    question: `${label}, a number`,
    headline: titleOf(internal.headline),
    headlineColumn: titleOf(internal.headline),
    alsoMeasured: ", beside bias and limits of agreement (Bland and Altman)",
    loss: "squared error of the label standardised by the training part",
    bagsAStep: "one bag a step",
    weighted: "",
    imbalance: whatever("The outcome is a number: there are no classes whose loss could be weighted."),
    gaps: "",
    unknown: "",
    caution: "",
    noCalls: "A number is answered and no class called: sensitivity and specificity do not apply.",
    noCalibration: "",
    balancedBy: `, balanced by groups of ${label}`,
    columns: COLUMNS.map(titleOf),
    internal: partOf(internal, "internal", digits),
    external: external === null ? null : partOf(external, "external", digits),
    baselines: answerBaselines(card),
    verdict: () => answerVerdict(card),
    limits: (report) => answerLimitations(report, [[name ?? "", card]]),
  };
}

function partOf(score: RegressScore, role: ReadingPart["role"], digits: number): ReadingPart {
  const { measures, n, headline } = score;
  const digitsOf = (key: string): number => (IN_UNIT.has(key) ? digits : 3);
  const main = new Set([...PERFORMANCE, ...CALIBRATION]);
  const others = Object.keys(measures).filter((key) => !main.has(key));
  const [performance, beside, calibration] = [PERFORMANCE, others, CALIBRATION].map((keys) =>
    namedOf(measures, keys, digitsOf),
  ) as [Named[], Named[], Named[]];
  const agreement = agreementOf(score, digits);
  const range = rangeText(score, digits);
  const rows = (list: readonly Named[]): Named[] => list.map((m) => ({ ...m, name: capital(m.name) }));
  return {
    ...sharedPart(score, role),
    counts: range === null ? [] : [`labels ${range}`],
    performance,
    beside: [...beside, ...agreement],
    calibration,
    measures: namedOf(measures, Object.keys(measures), digitsOf),
    remarks: [],
    size: sizeText(n, "patient", inSentence(headline), measures[headline] as Estimate),
    contrast: range === null ? [] : [["labels", range]],
    calls: null,
    errors: errorText(score, digits),
    performanceRows: rows([...performance, ...beside, ...agreement]),
    calibrationRows: rows(calibration),
    tableRows: [
      {
        of: null,
        n: count(n),
        cells: COLUMNS.map((key) => ({
          estimate: measures[key] ?? notComputed(n, "not asked of this part"),
          digits: digitsOf(key),
        })),
      },
    ],
  };
}

function agreementOf({ blandAltman }: RegressScore, digits: number): Named[] {
  if (blandAltman === null) return [];
  const { bias, low, high } = blandAltman;
  return [
    { name: "bias (prediction − label)", estimate: bias, digits },
    { name: "lower limit of agreement", estimate: low, digits },
    { name: "upper limit of agreement", estimate: high, digits },
  ];
}

/** Smallest, middle and largest label. A point of Bland and Altman's plot is (prediction + label) / 2 and prediction − label. */
function rangeText({ blandAltman }: RegressScore, digits: number): string | null {
  const labels = (blandAltman?.points ?? []).map((p) => p.mean - p.difference / 2).sort((a, b) => a - b);
  if (labels.length === 0) return null;
  const at = (place: number): number => labels[place] as number;
  const middle = (at(Math.floor((labels.length - 1) / 2)) + at(Math.floor(labels.length / 2))) / 2;
  return `from ${decimal(at(0), digits)} to ${decimal(at(labels.length - 1), digits)}, median ${decimal(middle, digits)}`;
}

function errorText({ blandAltman }: RegressScore, digits: number): string | null {
  if (blandAltman === null) return null;
  const largest = blandAltman.points.reduce((most, p) => Math.max(most, Math.abs(p.difference)), 0);
  return `the largest error is ${decimal(largest, digits)}, in the unit of the label`;
}
