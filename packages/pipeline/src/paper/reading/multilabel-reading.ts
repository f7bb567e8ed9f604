/** Several labels that do not exclude each other, as the texts for a paper read them: the mean over labels, then each by itself. */
import type { Estimate, LabelScore, MultilabelScore } from "@nacre/evaluation";
import { count, counted, decimal, listed } from "../../report/number-text.ts";
import { answerLimitations } from "../../report/run-answers/answer-limitation.ts";
import { FEW } from "../../report/verdict.ts";
import type { CardOfKind } from "../known.ts";
import { answerBaselines, answerVerdict, sharedPart } from "./answer-part-of.ts";
import type { Named, Reading, ReadingPart, TableRow } from "./reading.ts";
import { capital, namedOf, notComputed, titleOf } from "./wording.ts";

const PERFORMANCE = ["macroAuroc", "meanAveragePrecision"];
const CALLS = ["macroF1", "microF1", "subsetAccuracy", "hammingLoss"];
const COLUMNS = ["AUROC", "AUPRC", "Brier score", "ECE"] as const;
const NO_MEAN = "no mean over labels is computed";

export function multilabelReading(card: CardOfKind<"multilabel">, name: string | null): Reading {
  const { internal, external } = card;
  const labels = internal.perLabel.map((l) => l.name);
  const names = listed(labels);
  return {
    name,
    does: ["tell", `for each of ${names} whether it holds`],
    outcome: `The outcome is a set of ${counted(labels.length, "label")} that do not exclude each other, each present (1), absent (0) or not known: ${labels.join(", ")}.`,
    reference: `Labels are taken as they stand in the columns of ${names}.`,
    output: `A probability for each of ${names}, each by itself: they need not sum to 1. Where calls are judged, a label is called at a probability of 0.5 or more.`,
    noun: ["probability", "probabilities"],
    question: `${labels.join(", ")}: each present or absent`,
    headline: titleOf("macroAuroc"),
    headlineColumn: "AUROC",
    alsoMeasured: ", and for each label by itself AUROC, AUPRC, Brier score and ECE",
    loss: "mean over labels of the cross-entropy",
    bagsAStep: "one bag a step",
    weighted: " with the yes and the no of each label weighted alike",
    imbalance: {
      balanced:
        "The yes and the no of each label count the same in the loss, however rare one of them is. Probabilities are not corrected for it afterwards.",
      none: "Nothing was done about labels that few patients have.",
    },
    gaps: "A label that is not known of a patient counts neither in the loss nor in the numbers of that label.",
    unknown: unknownText(card),
    caution: "",
    noCalls:
      "Sensitivity and specificity of each label are not computed; the F1 at 0.5 and the share of labels called wrongly are.",
    noCalibration: "",
    balancedBy: ", balanced by the label that is least even",
    columns: COLUMNS,
    internal: partOf(internal, "internal"),
    external: external === null ? null : partOf(external, "external"),
    baselines: answerBaselines(card),
    verdict: () => answerVerdict(card),
    limits: (report) => answerLimitations(report, [[name ?? "", card]]),
  };
}

function partOf(score: MultilabelScore, role: ReadingPart["role"]): ReadingPart {
  const { measures, perLabel, n } = score;
  const main = new Set([...PERFORMANCE, ...CALLS]);
  const performance = namedOf(measures, PERFORMANCE);
  const others = namedOf(
    measures,
    Object.keys(measures).filter((key) => !main.has(key)),
  );
  const calls = namedOf(measures, CALLS);
  const each = perLabel.map((l): Named => ({ name: `AUROC of ${l.name} (${countsText(l)})`, estimate: l.auroc }));
  const calibration = perLabel.flatMap((l): Named[] => [
    { name: `Brier score of ${l.name}`, estimate: l.brier },
    { name: `ECE of ${l.name}`, estimate: l.ece },
  ]);
  const rows = (list: readonly Named[]): Named[] => list.map((m) => ({ ...m, name: capital(m.name) }));
  return {
    ...sharedPart(score, role),
    counts: perLabel.map((l) => `${l.name} ${countsText(l)}`),
    performance: [...performance, ...each],
    beside: [...others, ...calls],
    calibration,
    measures: namedOf(measures, Object.keys(measures)),
    remarks: leftOutText(score),
    size: sizeOf(score),
    contrast: perLabel.map((l) => [`share of ${l.name}`, `${l.positives} of ${l.positives + l.negatives}`]),
    calls: null,
    errors: wrongText(measures.hammingLoss),
    performanceRows: rows([
      ...performance,
      ...perLabel.map((l) => ({ name: `AUROC of ${l.name}`, estimate: l.auroc })),
      ...others,
      ...calls,
    ]),
    calibrationRows: calibration.map((m) => ({ ...m, name: `${m.name} (0 is best)` })),
    tableRows: [meanRow(score), ...perLabel.map(labelRow)],
  };

  function meanRow({ measures: all }: MultilabelScore): TableRow {
    const shown = [all.macroAuroc, all.meanAveragePrecision, undefined, undefined];
    return {
      of: "mean over labels",
      n: count(n),
      cells: shown.map((estimate) => ({ estimate: estimate ?? notComputed(n, NO_MEAN) })),
    };
  }
}

function labelRow(l: LabelScore): TableRow {
  return {
    of: l.name,
    n: `${count(l.positives + l.negatives)} (${count(l.positives)} with it)`,
    cells: [l.auroc, l.auprc, l.brier, l.ece].map((estimate) => ({ estimate })),
  };
}

/** "12 of 24", of those for whom it is known. */
function countsText({ positives, negatives, unknown }: LabelScore): string {
  return `${positives} of ${positives + negatives}${unknown === 0 ? "" : " known"}`;
}

function leftOutText({ leftOut }: MultilabelScore): string[] {
  return leftOut.length === 0 ? [] : [`the means leave out ${listed(leftOut.map((l) => `${l.name} (${l.reason})`))}`];
}

function wrongText(hamming: Estimate | undefined): string | null {
  return hamming === undefined || hamming.value === null
    ? null
    : `of 100 known labels about ${Math.round(100 * hamming.value)} are called wrongly at 0.5`;
}

/** The rarer side of each label; the smallest is what a claim about all of them rests on. */
function sizeOf({ perLabel, measures }: MultilabelScore): string {
  const rarer = (l: LabelScore): number => Math.min(l.positives, l.negatives);
  const [first] = [...perLabel].sort((a, b) => rarer(a) - rarer(b));
  const { low = null, high = null } = measures.macroAuroc ?? {};
  const width = low === null || high === null ? "" : `; the mean AUROC is known within ${decimal(high - low, 2)}`;
  if (first === undefined) return `no label${width}`;
  const advice = rarer(first) < FEW ? `, fewer than the ${FEW} usually advised` : "";
  return `${counted(rarer(first), "patient")} on the rarer side of ${first.name}, the least even label${advice}${width}`;
}

function unknownText({ internal, external }: CardOfKind<"multilabel">): string {
  const unknown = [internal, ...(external === null ? [] : [external])]
    .flatMap((p) => p.perLabel)
    .reduce((sum, l) => sum + l.unknown, 0);
  return unknown === 0 ? "" : `Among the judged patients ${counted(unknown, "label is", "labels are")} not known.`;
}
