/**
 * What a spurious tie of class and centre costs (PathoROB's average performance drop): a model is trained on splits in
 * which that tie grows, s = 0 for none; drop = mean over seeds of (mean over s >= 1 of accuracy_s / accuracy_0) - 1. Interval of
 * one model: t over seeds. Of several models on the same seeds: seeds that are hard for all are taken out first (Loftus and
 * Masson 1994; Masson and Loftus 2003): t sqrt(MS / seeds), MS the interaction of seed and model.
 */
import { studentQuantile } from "../distribution/quantile.ts";
import { type Estimate, undefinedEstimate } from "../estimate.ts";

/** Accuracy of each seed on each split, [seeds][splits]; the first split is the one without the tie. */
export type Accuracies = readonly (readonly number[])[];

/**
 * Average performance drop of one model; below 0 is a loss. n counts seeds, not patients.
 * @throws RangeError where a seed lacks splits, has another number of them, or starts at an accuracy of 0
 */
export function averagePerformanceDrop(accuracies: Accuracies): Estimate {
  const drops = dropsOf(accuracies);
  const n = drops.length;
  const method = "average performance drop; 95 % t interval over seeds";
  if (n === 0) return undefinedEstimate(0, method, "no seed");
  const value = mean(drops);
  if (n === 1) return { value, low: null, high: null, n, method, reason: "one seed has no spread" };
  const variance = drops.reduce((sum, v) => sum + (v - value) ** 2, 0) / (n - 1);
  const half = studentQuantile(0.975, n - 1) * Math.sqrt(variance / n);
  return { value, low: value - half, high: value + half, n, method };
}

export interface ModelDrop {
  readonly name: string;
  readonly drop: Estimate;
}

/**
 * Drops of several models run with the same seeds, with intervals for comparing them with each other.
 * @throws RangeError where models differ in their number of seeds, or as for one model
 */
export function averagePerformanceDrops(
  models: readonly { readonly name: string; readonly accuracies: Accuracies }[],
): ModelDrop[] {
  const drops = models.map((m) => dropsOf(m.accuracies));
  const seeds = drops[0]?.length ?? 0;
  const odd = drops.findIndex((d) => d.length !== seeds);
  if (odd >= 0) {
    throw new RangeError(
      `expected the same ${seeds} seeds for every model, received ${drops[odd]?.length} for ${models[odd]?.name}; keep the seeds all have`,
    );
  }
  if (models.length < 2 || seeds < 2)
    return models.map((m) => ({ name: m.name, drop: averagePerformanceDrop(m.accuracies) }));
  const df = (seeds - 1) * (models.length - 1);
  const half = studentQuantile(0.975, df) * Math.sqrt(interaction(drops) / df / seeds);
  const method = "average performance drop; 95 % interval over seeds for comparing these models (Masson and Loftus)";
  return models.map((m, i) => {
    const value = mean(drops[i] as number[]);
    return { name: m.name, drop: { value, low: value - half, high: value + half, n: seeds, method } };
  });
}

/** Sum of squares of what neither the seed nor the model explains. */
function interaction(drops: readonly number[][]): number {
  const grand = mean(drops.flat());
  const ofModel = drops.map(mean);
  const ofSeed = (drops[0] as number[]).map((_, s) => mean(drops.map((d) => d[s] as number)));
  let sum = 0;
  drops.forEach((row, m) => {
    row.forEach((v, s) => {
      sum += (v - (ofModel[m] as number) - (ofSeed[s] as number) + grand) ** 2;
    });
  });
  return sum;
}

function dropsOf(accuracies: Accuracies): number[] {
  const splits = accuracies[0]?.length ?? 0;
  return accuracies.map((row, seed) => {
    const [first] = row;
    const isWhole = row.length === splits && splits >= 2 && row.every((v) => Number.isFinite(v) && v >= 0);
    if (!isWhole || first === undefined || first === 0) {
      throw new RangeError(
        `expected at least two accuracies, as many for every seed and the first above 0, received [${row.join(", ")}] for seed ${seed}`,
      );
    }
    return mean(row.slice(1).map((v) => v / first)) - 1;
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
