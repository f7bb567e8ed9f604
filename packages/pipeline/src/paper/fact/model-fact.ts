/** What is known of the model and its fit, as sentences. Plain text; null where this input does not say. */
import { counted, listed } from "../../report/number-text.ts";
import type { ReportData } from "../../report/report-data.ts";
import type { Known, RunFacts } from "../known.ts";
import type { Reading } from "../reading/reading.ts";
import { readingsOf } from "../reading/readings.ts";
import { perReading } from "./per-part.ts";

/** What enters the model: tiles, their scale, the encoder. */
export function predictorFact({ report }: Known): string | null {
  if (report === null) return null;
  const { encoder, tiles } = report.asked;
  const licence = encoder.licence === null ? "" : `, licence ${encoder.licence}`;
  const source = encoder.source === null ? "" : `, ${encoder.source}`;
  if (tiles === null)
    return `The features were brought by the study (${encoder.dim} a tile); how they were made is not recorded.`;
  return `Pixels alone, through the encoder ${encoder.name} (${encoder.dim} features a tile${licence}${source}). ${tileText(tiles)}`;
}

/** How slides became bags of features. */
export function preparationFact(known: Known): string | null {
  const { report, facts } = known;
  if (report === null) return null;
  const { tiles, bag } = report.asked;
  const cut = tiles === null ? "Features were brought by the study." : tileText(tiles);
  const standard =
    facts?.fit.standardise === true ? " Features are centred and scaled by the training tiles of each fold." : "";
  return `${cut}${standard} One bag is a ${bag}; slides that cannot be read, have no scale or no tissue are a named failure in slides.csv and never a blank tile.`;
}

function tileText({
  mpp,
  size,
  overlap,
  minTissue,
  colours,
}: {
  mpp: number;
  size: number;
  overlap: number;
  minTissue: number;
  colours?: string;
}): string {
  const lap = overlap === 0 ? "without overlap" : `${overlap} px overlap`;
  return `Tiles of ${size} px at ${mpp} um/px, ${lap}, with at least ${minTissue} of their area tissue${colours === undefined ? "" : `; ${colours}`}.`;
}

/** The aggregator, its paper, its size. */
export function modelFact({ report, facts }: Known): string | null {
  if (report === null) return null;
  const { aggregator } = report.asked;
  const paper = aggregator.paper === null ? "" : ` (${aggregator.paper})`;
  const sizes = [...new Set(report.training.map((t) => t.parameters))];
  const parameters = sizes.length === 0 ? "" : `, ${listed(sizes.map((n) => counted(n, "learned number")))}`;
  const options =
    facts === null || Object.keys(facts.aggregator).length === 0 ? "" : ` Options: ${pairs(facts.aggregator)}.`;
  const title = aggregator.title === "" ? aggregator.name : aggregator.title;
  return `${title}${paper}, multiple-instance learning on frozen tile features${parameters}.${options}`;
}

/** Optimiser, options and what was seen while fitting. */
export function fitFact({ report, facts, card }: Known): string | null {
  if (report === null) return null;
  if (isProbe(report))
    return `Learned from the whole training part at once, without epochs${facts === null ? "" : `; seed ${facts.seed}`}.`;
  const readings = readingsOf(card);
  const epochs = report.training.map((t) => `fold ${t.fold}: ${t.epochs} epochs, kept ${t.bestEpoch}`);
  const options = facts === null ? "" : ` Options: ${pairs(facts.fit)}; seed ${facts.seed}.`;
  return `${optimiserText(facts)}, ${stepText(readings, facts)}, ${lossesText(readings, facts)}.${options}${epochs.length === 0 ? "" : ` ${epochs.join("; ")}.`}`;
}

const OPTIMISERS: Readonly<Record<string, string>> = { adam: "Adam", adamw: "AdamW", sgd: "Gradient descent" };

function optimiserText(facts: RunFacts | null): string {
  const name = String(facts?.fit.optimiser ?? "adam");
  return OPTIMISERS[name] ?? name;
}

function stepText(readings: readonly Reading[], facts: RunFacts | null): string {
  const batch = facts?.fit.batch ?? null;
  if (batch !== null) return batch === 1 ? "one bag a step" : `${batch} bags a step`;
  return readings.find((r) => r.bagsAStep !== ONE_BAG)?.bagsAStep ?? ONE_BAG;
}

const ONE_BAG = "one bag a step";

/** The loss of each question; of several, the sum of them weighted as the study says. */
function lossesText(readings: readonly Reading[], facts: RunFacts | null): string {
  const isBalanced = facts?.fit.classWeights === "balanced";
  const stated = facts?.fit.loss ?? "cross-entropy";
  const one = (r: Reading): string =>
    `${stated === "cross-entropy" ? r.loss : `${stated} loss`}${isBalanced ? r.weighted : ""}`;
  const [first, ...others] = readings;
  if (first === undefined || others.length === 0) return first === undefined ? "" : one(first);
  return `the sum of the losses of ${readings.length} tasks, weighted as study.yaml says (${readings.map((r) => `${r.name}: ${one(r)}`).join("; ")})`;
}

/** A probe has no epochs, hence no history. */
function isProbe({ training }: ReportData): boolean {
  return training.length === 0;
}

/** What the fit began with. */
export function startFact({ report, facts }: Known): string | null {
  if (report === null) return null;
  if (isProbe(report)) return "No first weights are drawn; the encoder is frozen.";
  const from = facts?.fit.from ?? null;
  return from === null
    ? "The aggregator starts from seeded normal weights (Glorot and Bengio 2010) and biases of zero; the encoder is frozen."
    : `The aggregator starts from the weights of a file (${from}); the encoder is frozen.`;
}

/** Which epoch is kept, and that the reported part has no say in it. */
export function choiceFact({ report, facts }: Known): string | null {
  if (report === null || facts === null) return null;
  if (isProbe(report)) return "Nothing is chosen on the reported part; what is chosen is chosen on the tune part.";
  const blind = facts.chosenBy.filter((c) => c === "last-epoch").length;
  const never = "The reported part takes no part in the choice.";
  if (blind === 0) return `The epoch of lowest loss on the tune part is kept. ${never}`;
  if (blind === facts.chosenBy.length) return `No tune part: the last epoch is kept. ${never}`;
  return `The epoch of lowest loss on the tune part is kept; ${blind} of ${facts.chosenBy.length} models had no tune part and kept the last epoch. ${never}`;
}

/** How classes of unequal size were met. */
export function imbalanceFact(known: Known): string | null {
  const { report, facts } = known;
  if (report === null || facts === null || isProbe(report)) return null;
  const weights = facts.fit.classWeights;
  if (weights !== "balanced" && weights !== "none") return null;
  return perReading(known, ({ imbalance }) => imbalance[weights]);
}

/** How a patient gets one prediction. */
export function predictionFact({ report, card }: Known): string | null {
  const readings = readingsOf(card);
  const [one, many] = nounsOf(readings);
  const mean = `A patient's ${one} is the mean over the patient's bags.`;
  if (report === null) return mean;
  const outside = readings.every((r) => r.external === null)
    ? ""
    : ` External patients are predicted by the mean of the ${many} of all fold models.`;
  return `A test patient is predicted by the model of the fold that did not see the patient. ${mean}${outside}`;
}

/** What answers are called, one and many; of several tasks by no more than that. */
function nounsOf(readings: readonly Reading[]): Reading["noun"] {
  const [first, ...others] = readings;
  return first === undefined || others.length > 0 ? ["answer to each task", "answers"] : first.noun;
}

/** Fold models averaged. */
export function ensembleFact({ report, card, facts }: Known): string | null {
  if (report === null) return null;
  const [, many] = nounsOf(readingsOf(card));
  if (!hasModelFile(facts))
    return `There is no joined model: an external slide gets the mean of the ${many} of ${counted(report.asked.split.folds, "fold model")}.`;
  return `model/model.onnx is the mean of the ${many} of ${counted(report.asked.split.folds, "fold model")}; it alone predicts external slides.`;
}

/** What comes out, in which unit, and what follows from it. */
export function outputFact(known: Known): string {
  return outputLines(known).join(" ");
}

/** The same, a line for each question. */
export function outputLines({ card }: Known): string[] {
  return readingsOf(card).map(({ name, output }) => (name === null ? output : `Task ${name}: ${output}`));
}

/** Whether the folds were joined into one file. */
function hasModelFile(facts: RunFacts | null): boolean {
  return facts === null || facts.hashes.some(([file]) => file === "model/model.onnx");
}

/** Programs and their versions. */
export function softwareFact({ facts }: Known): string | null {
  if (facts === null) return null;
  return `${facts.versions.map(([name, version]) => `${name} ${version}`).join(", ")}; seed ${facts.seed}.`;
}

/** Where the fitted model lies and how to know it again. */
export function fittedModelFact({ facts, report }: Known): string | null {
  if (report === null) return null;
  if (!hasModelFile(facts)) return "The folds' models are in the folder model; there is no model.onnx.";
  const hash = facts?.hashes.find(([file]) => file === "model/model.onnx")?.[1];
  return `The whole model is model/model.onnx${hash === undefined ? "" : ` (SHA-256 ${hash})`}, run by any ONNX runtime on ${report.asked.tiles === null ? "features made as those that were brought" : `features of the encoder ${report.asked.encoder.name}`}.`;
}

function pairs(values: RunFacts["fit"]): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}
