import { randomStream, type SlideId } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { ALIKE, alikePairs, MOST_PAIRS } from "../../src/audit/near-duplicate.ts";
import { standardOf } from "../../src/audit/standard.ts";

const named = (n: number): SlideId[] => Array.from({ length: n }, (_, i) => `s${i}` as SlideId);

/** Vectors along a few strong directions, with copies disturbed by a little more or less than counts as alike. */
function slidesWithCopies(n: number, d: number, seed: number): Float32Array {
  const random = randomStream(seed, "near");
  const axes = Array.from({ length: 4 }, () => Float64Array.from({ length: d }, () => random.normal()));
  const vectors = new Float32Array(n * d);
  for (let i = 0; i < n; i++) {
    const along = axes.map(() => random.normal());
    for (let j = 0; j < d; j++)
      vectors[i * d + j] =
        50 + random.normal() + axes.reduce((sum, a, k) => sum + (a[j] as number) * (along[k] ?? 0), 0);
  }
  for (let c = 0; c < n / 4; c++) {
    const noise = 0.02 + 0.01 * c;
    for (let j = 0; j < d; j++) vectors[(n - 1 - c) * d + j] = (vectors[c * d + j] as number) + noise * random.normal();
  }
  return vectors;
}

function everyPair(vectors: Float32Array, d: number): string[] {
  const standard = standardOf(vectors, d);
  const found: string[] = [];
  for (let a = 0; a < standard.n; a++)
    for (let b = a + 1; b < standard.n; b++) if (standard.cosine(a, b) >= ALIKE) found.push(`s${a} s${b}`);
  return found;
}

describe("slides almost alike in feature space", () => {
  it("are the pairs that a comparison of every two slides finds, in the same order", () => {
    for (const [n, d] of [
      [60, 32],
      [120, 8],
      [40, 3],
    ] as const) {
      const vectors = slidesWithCopies(n, d, n);
      const { pairs, isComplete } = alikePairs({ slides: named(n), vectors, d });
      expect(pairs.map((p) => p.join(" "))).toEqual(everyPair(vectors, d));
      expect(pairs.length).toBeGreaterThan(3);
      expect(isComplete).toBe(true);
    }
  });
  it("are none where every feature is constant, and where there is no slide", () => {
    const constant = new Float32Array(20 * 5).fill(3);
    expect(alikePairs({ slides: named(20), vectors: constant, d: 5 }).pairs).toEqual([]);
    expect(alikePairs({ slides: [], vectors: new Float32Array(0), d: 5 }).pairs).toEqual([]);
  });
  it("are listed up to a limit, and the answer says that there are more", () => {
    const n = 460;
    const vectors = Float32Array.from({ length: n * 2 }, (_, i) => (i < n ? 1 : i % 2));
    const { pairs, isComplete } = alikePairs({ slides: named(n), vectors, d: 2 });
    expect(pairs.length).toBeLessThanOrEqual(MOST_PAIRS);
    expect(isComplete).toBe(pairs.length < MOST_PAIRS);
  });
});
