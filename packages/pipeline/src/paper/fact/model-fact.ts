/** What is known of the model and its fit, as sentences. Plain text; null where this input does not say. */
import { counted, listed } from "../../report/number-text.ts";
import type { Known, RunFacts } from "../known.ts";

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
}: {
  mpp: number;
  size: number;
  overlap: number;
  minTissue: number;
}): string {
  const lap = overlap === 0 ? "without overlap" : `${overlap} px overlap`;
  return `Tiles of ${size} px at ${mpp} um/px, ${lap}, with at least ${minTissue} of their area tissue.`;
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
export function fitFact({ report, facts }: Known): string | null {
  if (report === null) return null;
  const epochs = report.training.map((t) => `fold ${t.fold}: ${t.epochs} epochs, kept ${t.bestEpoch}`);
  const options = facts === null ? "" : ` Options: ${pairs(facts.fit)}; seed ${facts.seed}.`;
  return `Adam, one bag a step, cross-entropy${lossText(facts)}.${options}${epochs.length === 0 ? "" : ` ${epochs.join("; ")}.`}`;
}

function lossText(facts: RunFacts | null): string {
  return facts?.fit.classWeights === "balanced" ? " weighted by class" : "";
}

/** Which epoch is kept, and that the reported part has no say in it. */
export function choiceFact({ report, facts }: Known): string | null {
  if (report === null || facts === null) return null;
  const blind = facts.chosenBy.filter((c) => c === "last-epoch").length;
  const never = "The reported part takes no part in the choice.";
  if (blind === 0) return `The epoch of lowest loss on the tune part is kept. ${never}`;
  if (blind === facts.chosenBy.length) return `No tune part: the last epoch is kept. ${never}`;
  return `The epoch of lowest loss on the tune part is kept; ${blind} of ${facts.chosenBy.length} models had no tune part and kept the last epoch. ${never}`;
}

/** How classes of unequal size were met. */
export function imbalanceFact({ report, facts }: Known): string | null {
  if (report === null || facts === null) return null;
  if (facts.fit.classWeights === "balanced") {
    return "The loss is weighted by the inverse share of each class in the training part. Probabilities are not corrected for it afterwards.";
  }
  return facts.fit.classWeights === "none" ? "Nothing was done about unequal classes." : null;
}

/** How a patient gets one prediction. */
export function predictionFact({ report, card }: Known): string | null {
  const mean = "A patient's probability is the mean over the patient's bags.";
  if (report === null) return mean;
  const outside =
    card.external === null
      ? ""
      : " External patients are predicted by the mean of the probabilities of all fold models.";
  return `A test patient is predicted by the model of the fold that did not see the patient. ${mean}${outside}`;
}

/** Fold models averaged. */
export function ensembleFact({ report }: Known): string | null {
  if (report === null) return null;
  return `model/model.onnx is the mean of the probabilities of ${counted(report.asked.split.folds, "fold model")}; it alone predicts external slides.`;
}

/** What comes out, and how a class is called. */
export function outputFact({ card }: Known): string {
  const rule =
    card.task.classes.length === 2
      ? `${card.task.positive} is called at a probability of 0.5 or more`
      : "the class of highest probability is called";
  return `A probability for each of ${listed(card.task.classes)}; ${rule}.`;
}

/** Programs and their versions. */
export function softwareFact({ facts }: Known): string | null {
  if (facts === null) return null;
  return `${facts.versions.map(([name, version]) => `${name} ${version}`).join(", ")}; seed ${facts.seed}.`;
}

/** Where the fitted model lies and how to know it again. */
export function fittedModelFact({ facts, report }: Known): string | null {
  if (report === null) return null;
  const hash = facts?.hashes.find(([file]) => file === "model/model.onnx")?.[1];
  return `The whole model is model/model.onnx${hash === undefined ? "" : ` (SHA-256 ${hash})`}, run by any ONNX runtime on features of the encoder ${report.asked.encoder.name}.`;
}

function pairs(values: RunFacts["fit"]): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}
