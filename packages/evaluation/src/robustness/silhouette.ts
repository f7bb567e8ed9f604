/**
 * How well rows lie in their clusters (Rousseeuw 1987): mean over rows of (b - a) / max(a, b), a the mean distance to the own
 * cluster, b to the nearest other. Euclidean distance. A row alone in its cluster counts 0, as in scikit-learn.
 */
import { type Rows, squaredDistance } from "./unit-rows.ts";

/** Distances of all pairs, [n, n]. */
export function distances(rows: Rows): Float64Array {
  const { n } = rows;
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const distance = Math.sqrt(squaredDistance(rows, i, rows, j));
      out[i * n + j] = distance;
      out[j * n + i] = distance;
    }
  }
  return out;
}

/** Mean silhouette, -1 to 1, from distances [n, n] and the cluster of each row. null with fewer than two clusters, or as many as rows. */
export function silhouette(between: Float64Array, clusters: ArrayLike<number>): number | null {
  const n = clusters.length;
  const k = Array.from(clusters).reduce((most, c) => Math.max(most, c + 1), 0);
  const sizes = new Float64Array(k);
  for (let i = 0; i < n; i++) sizes[clusters[i] as number] = (sizes[clusters[i] as number] as number) + 1;
  const used = sizes.filter((s) => s > 0).length;
  if (used < 2 || used >= n) return null;
  const sums = new Float64Array(k);
  let total = 0;
  for (let i = 0; i < n; i++) {
    sums.fill(0);
    for (let j = 0; j < n; j++)
      sums[clusters[j] as number] = (sums[clusters[j] as number] as number) + (between[i * n + j] as number);
    total += widthOf(sums, sizes, clusters[i] as number);
  }
  return total / n;
}

function widthOf(sums: Float64Array, sizes: Float64Array, own: number): number {
  if (sizes[own] === 1) return 0;
  const inside = (sums[own] as number) / ((sizes[own] as number) - 1);
  let outside = Number.POSITIVE_INFINITY;
  for (let c = 0; c < sizes.length; c++) {
    if (c !== own && (sizes[c] as number) > 0) outside = Math.min(outside, (sums[c] as number) / (sizes[c] as number));
  }
  const most = Math.max(inside, outside);
  return most === 0 ? 0 : (outside - inside) / most;
}
