/**
 * Do the features of a cohort separate the disease or the hospital? The robustness index, the clustering score and the
 * average performance drop of PathoROB, on one vector for each patient (the mean over its slides), in paired designs of two
 * labels and two centres, so that one half means neither. Departures: means of patients instead of tiles, because an
 * audit has bags and no annotated tiles; k = 2m - 1 neighbours in a design with m patients in each cell, enough to fill the own
 * cell and one more; counts are pooled over designs, so that larger ones weigh more.
 */
import { type Estimate, undefinedEstimate } from "../estimate.ts";
import { clusteringScore } from "./clustering-score.ts";
import { type PairedDesign, pairedDesigns } from "./paired-design.ts";
import { averagePerformanceDrop } from "./performance-drop.ts";
import { countNeighbours, indexEstimate } from "./robustness-index.ts";
import { LEAST_DIVISIBLE, tiedAccuracies } from "./tied-training.ts";
import { indexed, type Rows } from "./unit-rows.ts";

export interface FeatureRobustness {
  /** What stands for the centre: `site`, or the name of the column of the scanner. */
  readonly centre: string;
  /** Patients in the designs, centres in them, designs compared and designs the data would allow. */
  readonly patients: number;
  readonly centres: number;
  readonly designs: number;
  readonly possible: number;
  /** 1: neighbours share the label; 0: they share the centre; one half: neither. n counts patients. */
  readonly index: Estimate;
  /** Adjusted Rand index of clusters with the labels minus that with the centres, mean over the largest designs. */
  readonly clustering: Estimate;
  /** Relative loss of accuracy as training ties label and centre; 0: none. n counts seeds. */
  readonly drop: Estimate;
  /** Accuracy without the tie, and with a complete one; null where the drop is undefined. */
  readonly accuracy: { readonly untied: number; readonly tied: number } | null;
  /** What the interval of the index allows to say. */
  readonly follows: "label" | "centre" | "undecided";
}

/** Unit vectors of patients [n, d] with label and centre; null where one is unknown. */
export interface JudgedPatients {
  readonly rows: Rows;
  readonly labels: readonly (number | null)[];
  readonly centres: readonly (string | null)[];
}

const LEAST = 3;
const MOST = 100;
const DESIGNS = 20;
/** Designs that are clustered; k-means is by far the slowest of the three. */
const CLUSTERED = 4;
const CLUSTERS = 15;
const TRIALS = 10;
const SEEDS = 20;
const REPLICATES = 1000;

/** The judgement by one kind of centre, or why there is none. */
export function featureRobustness(
  centre: string,
  patients: JudgedPatients,
  seed: number,
): FeatureRobustness | { readonly reason: string } {
  const codes = codesOf(patients);
  const { designs, possible } = pairedDesigns(codes.labels, codes.centres, {
    least: LEAST,
    most: MOST,
    designs: DESIGNS,
    seed,
  });
  if (designs.length === 0)
    return { reason: `no two values of ${centre} have ${LEAST} patients with features of the same two labels each` };
  const used = new Set(designs.flatMap((d) => d.cells.flat()));
  const index = pooledIndex(patients.rows, designs, used, seed);
  const { drop, accuracy } = dropOf(patients.rows, designs, seed);
  return {
    centre,
    patients: used.size,
    centres: new Set(designs.flatMap((d) => d.centres)).size,
    designs: designs.length,
    possible,
    index,
    clustering: clusteringOf(patients.rows, designs.slice(0, CLUSTERED), seed),
    drop,
    accuracy,
    follows: verdict(index),
  };
}

/** An index of 1 or 0 has no spread and so no interval, yet leaves no doubt. */
function verdict({ value, low, high }: Estimate): FeatureRobustness["follows"] {
  if (value === 1 || (low !== null && low > 0.5)) return "label";
  return value === 0 || (high !== null && high < 0.5) ? "centre" : "undecided";
}

function codesOf({ labels, centres }: JudgedPatients): { labels: Int32Array; centres: Int32Array } {
  const names = indexed(centres.map((c) => c ?? ""));
  return {
    labels: Int32Array.from(labels, (l) => l ?? -1),
    centres: names.map((code, i) => (centres[i] === null ? -1 : code)),
  };
}

/** Neighbours of every design counted by patient, so that a patient of several designs is resampled as one. */
function pooledIndex(rows: Rows, designs: readonly PairedDesign[], used: ReadonlySet<number>, seed: number): Estimate {
  const unitOf = new Map([...used].map((row, unit) => [row, unit]));
  const sameBySlide = new Float64Array(used.size);
  const otherBySlide = new Float64Array(used.size);
  for (const design of designs) {
    const { part, members, labels, centres } = partOf(rows, design);
    const own = Int32Array.from(members, (_, i) => i);
    const counts = countNeighbours(part, { class: labels, centre: centres, slide: own }, 2 * design.size - 1);
    members.forEach((row, i) => {
      const unit = unitOf.get(row) as number;
      sameBySlide[unit] = (sameBySlide[unit] as number) + (counts.sameBySlide[i] as number);
      otherBySlide[unit] = (otherBySlide[unit] as number) + (counts.otherBySlide[i] as number);
    });
  }
  const of = `${designs.length} paired designs (two labels, two centres), 2m - 1 neighbours with m patients a cell`;
  return indexEstimate(
    { sameBySlide, otherBySlide, units: used.size },
    { replicates: REPLICATES, seed, of, over: "patients" },
  );
}

function clusteringOf(rows: Rows, designs: readonly PairedDesign[], seed: number): Estimate {
  const scores = designs.map((design) => {
    const { part, labels, centres } = partOf(rows, design);
    const top = Math.min(CLUSTERS, part.n - 1);
    return clusteringScore(
      { vectors: part.values, d: part.d, classes: labels, centres },
      { clusters: [2, top], trials: TRIALS, seed },
    ).score;
  });
  return {
    value: scores.reduce((a, b) => a + b, 0) / scores.length,
    low: null,
    high: null,
    n: new Set(designs.flatMap((d) => d.cells.flat())).size,
    method: `clustering score, mean over the ${scores.length} largest designs, ${TRIALS} trials each`,
    reason: "trials of k-means are not patients, so there is no interval",
  };
}

function dropOf(
  rows: Rows,
  designs: readonly PairedDesign[],
  seed: number,
): Pick<FeatureRobustness, "drop" | "accuracy"> {
  const method = "average performance drop of the nearest class mean; 95 % t interval over seeds";
  const large = designs.filter((d) => d.size >= LEAST_DIVISIBLE);
  const none = (reason: string) => ({ drop: undefinedEstimate(0, method, reason), accuracy: null });
  if (large.length === 0) return none(`no design has ${LEAST_DIVISIBLE} patients in each cell`);
  const accuracies = tiedAccuracies(rows, large, SEEDS, seed);
  const at = (step: number): number =>
    accuracies.reduce((sum, row) => sum + (row.at(step) as number), 0) / accuracies.length;
  if (at(0) <= 0.5 || accuracies.some((row) => row[0] === 0))
    return none("the nearest class mean does no better than chance, so there is nothing to lose");
  return { drop: { ...averagePerformanceDrop(accuracies), method }, accuracy: { untied: at(0), tied: at(-1) } };
}

interface DesignPart {
  readonly part: Rows;
  /** Rows of the whole. */
  readonly members: readonly number[];
  readonly labels: Int32Array;
  readonly centres: Int32Array;
}

function partOf(rows: Rows, { cells }: PairedDesign): DesignPart {
  const members = cells.flat();
  const values = new Float64Array(members.length * rows.d);
  members.forEach((row, at) => {
    values.set(rows.values.subarray(row * rows.d, (row + 1) * rows.d), at * rows.d);
  });
  const codes = cells.flatMap((cell, c) => cell.map(() => c));
  return {
    part: { values, n: members.length, d: rows.d },
    members,
    labels: Int32Array.from(codes, (c) => (c < 2 ? 0 : 1)),
    centres: Int32Array.from(codes, (c) => c % 2),
  };
}
