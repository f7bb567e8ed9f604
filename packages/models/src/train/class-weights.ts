/** Weights that make every class count the same however rare it is: N / (k N_c), mean 1 over the training bags. */

export type ClassWeighting = "balanced" | "none";

/** Weight of each class. @param counts bags of each class, all above zero where "balanced" */
export function classWeights(counts: readonly number[], kind: ClassWeighting): Float32Array<ArrayBuffer> {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Float32Array.from(counts, (count) => (kind === "none" ? 1 : total / (counts.length * count)));
}
