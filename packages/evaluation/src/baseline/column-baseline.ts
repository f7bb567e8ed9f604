/**
 * How well a column of the table predicts the label without a look at any pixel. A score far from 0.5 means that a model
 * can look good by recognising the hospital, the scanner or the year. The column is target-encoded: a patient's score is
 * the share of the label among the training patients with the same value, drawn towards the overall share by two
 * imaginary patients. Stratified folds over patients, repeated; AUROC within each fold, then averaged, because pooling
 * target-encoded scores over folds ranks against the label. The interval is DeLong's within folds, combined as for a mean
 * of independent folds; repeats are not counted as more patients. Where every fold is ranked without a slip DeLong's variance is 0,
 * and Newcombe's interval takes its place.
 */
import { type Random, randomStream } from "@nacre/core";
import { type Estimate, undefinedEstimate, Z95 } from "../estimate.ts";
import { newcombe } from "../interval/wilson.ts";
import { hanleyVariance } from "../metric/delong.ts";
import { groupedAuroc, type ScoreGroup } from "./grouped-auroc.ts";

/** One patient: a value of the column and the index of the label. */
export interface ColumnCase {
  readonly value: string;
  readonly label: number;
}

export interface BaselineOptions {
  readonly seed: number;
  readonly folds?: number;
  readonly repeats?: number;
  /** Folds made by `dealFolds` for the same labels, folds and repeats: several columns of one cohort then share them. */
  readonly dealt?: DealtFolds;
}

/** Fold of each patient in each repeat, [repeats][patients], and the number of folds. */
export interface DealtFolds {
  readonly k: number;
  readonly fold: readonly Int32Array[];
}

/** Stratified folds of patients with these labels; fewer where a label has fewer patients, none below two. */
export function dealFolds(
  labels: Int32Array,
  { seed, folds = 5, repeats = 20 }: Omit<BaselineOptions, "dealt">,
): DealtFolds {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const k = Math.min(folds, ...counts.values());
  if (k < 2) return { k, fold: [] };
  return {
    k,
    fold: Array.from({ length: repeats }, (_, r) => stratify(labels, k, randomStream(seed, "baseline", r))),
  };
}

/** Imaginary patients at the overall share, added to every value. */
const PRIOR = 2;

/** AUROC of the column alone (macro one-versus-rest beyond two classes). Undefined where a class has fewer than two patients. */
export function columnBaseline(
  cases: readonly ColumnCase[],
  classCount: number,
  { seed, folds = 5, repeats = 20, dealt }: BaselineOptions,
): Estimate {
  const counts = new Array<number>(classCount).fill(0);
  for (const c of cases) counts[c.label] = (counts[c.label] as number) + 1;
  const present = counts.flatMap((n, c) => (n > 0 ? [c] : []));
  const smallest = Math.min(...present.map((c) => counts[c] as number));
  const k = Math.min(folds, smallest);
  const what = `mean AUROC of ${repeats} x ${k} stratified folds over patients, column target-encoded`;
  const method = `${what}; 95 % DeLong interval within folds`;
  if (present.length < 2) return undefinedEstimate(cases.length, method, "the patients have one label only");
  if (k < 2) return undefinedEstimate(cases.length, method, "a label has a single patient");
  const judged = present.length === 2 ? present.slice(1) : present;
  const { codes, size } = encode(cases.map((c) => c.value));
  const labels = Int32Array.from(cases, (c) => c.label);
  const { fold: made } = dealt ?? dealFolds(labels, { seed, folds, repeats });
  let sum = 0;
  let variance = 0;
  for (const fold of made) {
    for (const c of judged) {
      const one = repeatOnce(countCells(codes, size, labels, c, fold, k));
      sum += one.value;
      variance += one.variance;
    }
  }
  const value = sum / (repeats * judged.length);
  if (variance === 0) {
    const [low, high] = newcombeMean(
      value,
      judged.map((c) => counts[c] as number),
      cases.length,
    );
    return { value, low, high, n: cases.length, method: `${what}; 95 % Newcombe interval (DeLong's variance is 0)` };
  }
  const half = Z95 * Math.sqrt(variance / (repeats * judged.length));
  return { value, low: Math.max(0, value - half), high: Math.min(1, value + half), n: cases.length, method };
}

/** The mean of Newcombe's limits over the classes asked about: they share their patients, so averaging claims no more. */
function newcombeMean(value: number, positives: readonly number[], n: number): [low: number, high: number] {
  const limits = positives.map((m) => newcombe(value, m, n - m));
  const mean = (at: 0 | 1): number => limits.reduce((sum, pair) => sum + pair[at], 0) / limits.length;
  return [mean(0), mean(1)];
}

/** Patients of each value in each fold, [folds][values]. */
interface Cells {
  readonly positives: readonly Float64Array[];
  readonly negatives: readonly Float64Array[];
}

function countCells(
  codes: Int32Array,
  size: number,
  labels: Int32Array,
  positive: number,
  fold: Int32Array,
  k: number,
): Cells {
  const positives = Array.from({ length: k }, () => new Float64Array(size));
  const negatives = Array.from({ length: k }, () => new Float64Array(size));
  for (let i = 0; i < codes.length; i++) {
    const cell = (labels[i] === positive ? positives : negatives)[fold[i] as number] as Float64Array;
    const code = codes[i] as number;
    cell[code] = (cell[code] as number) + 1;
  }
  return { positives, negatives };
}

function repeatOnce({ positives, negatives }: Cells): { value: number; variance: number } {
  const k = positives.length;
  const yes = columnSums(positives);
  const no = columnSums(negatives);
  let value = 0;
  let variance = 0;
  for (const [f, heldYes] of positives.entries()) {
    const groups = scoreFold(yes, no, heldYes, negatives[f] as Float64Array);
    const area = groupedAuroc(groups);
    const m = heldYes.reduce((a, b) => a + b, 0);
    const n = groups.reduce((sum, g) => sum + g.negatives, 0);
    value += area?.auroc ?? 0.5;
    variance += area?.variance ?? hanleyVariance(area?.auroc ?? 0.5, m, n);
  }
  return { value: value / k, variance: variance / (k * k) };
}

/** The patients of a held fold, scored by the shares among all the others. */
function scoreFold(yes: Float64Array, no: Float64Array, heldYes: Float64Array, heldNo: Float64Array): ScoreGroup[] {
  const train = Float64Array.from(yes, (n, v) => n - (heldYes[v] as number));
  const others = Float64Array.from(no, (n, v) => n - (heldNo[v] as number));
  const hits = train.reduce((a, b) => a + b, 0);
  const base = hits / (hits + others.reduce((a, b) => a + b, 0));
  const groups: ScoreGroup[] = [];
  for (let v = 0; v < yes.length; v++) {
    const positives = heldYes[v] as number;
    const negatives = heldNo[v] as number;
    if (positives + negatives === 0) continue;
    const score = ((train[v] as number) + PRIOR * base) / ((train[v] as number) + (others[v] as number) + PRIOR);
    groups.push({ score, positives, negatives });
  }
  return groups;
}

function columnSums(folds: readonly Float64Array[]): Float64Array {
  const sums = new Float64Array(folds[0]?.length ?? 0);
  for (const fold of folds) for (let v = 0; v < sums.length; v++) sums[v] = (sums[v] as number) + (fold[v] as number);
  return sums;
}

/** Deals the patients of each class to the folds in random order. */
function stratify(labels: Int32Array, k: number, random: Random): Int32Array {
  const fold = new Int32Array(labels.length);
  const members = new Map<number, number[]>();
  labels.forEach((label, i) => {
    const known = members.get(label);
    if (known === undefined) members.set(label, [i]);
    else known.push(i);
  });
  let next = 0;
  for (const label of [...members.keys()].sort((a, b) => a - b)) {
    for (const i of random.shuffled(members.get(label) ?? [])) fold[i] = next++ % k;
  }
  return fold;
}

function encode(values: readonly string[]): { codes: Int32Array; size: number } {
  const names = new Map<string, number>();
  const codes = Int32Array.from(values, (v) => {
    const code = names.get(v) ?? names.size;
    names.set(v, code);
    return code;
  });
  return { codes, size: names.size };
}
