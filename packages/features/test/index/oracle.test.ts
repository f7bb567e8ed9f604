import { readFileSync } from "node:fs";
import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { embeddingMap } from "../../src/index/embedding-map.ts";
import { principalComponents } from "../../src/index/principal.ts";
import { vectorIndex } from "../../src/index/vector-index.ts";

interface Golden {
  rows: number[][];
  queries: number[][];
  order: number[][];
  cosine: number[][];
  spread: number[][];
  components: number[][];
  shares: number[];
  high: number[][];
  layouts: { name: string; points: number[][]; trustworthiness: number }[];
}

const golden = JSON.parse(
  readFileSync(new URL("../golden/sklearn_neighbours.json", import.meta.url), "utf8"),
) as Golden;
const K = 10;

function tableOf(rows: readonly ArrayLike<number>[]) {
  return {
    n: rows.length,
    d: rows[0]?.length ?? 0,
    groups: new Int32Array(rows.length),
    read: (i: number, into: Float32Array) => into.set(rows[i] as ArrayLike<number>),
  };
}

/** How far neighbours in the plane are neighbours indeed (Venna and Kaski 2001); 1 is all. */
function trustworthiness(high: readonly ArrayLike<number>[], plane: readonly ArrayLike<number>[], k: number): number {
  const n = high.length;
  const orderFrom = (rows: readonly ArrayLike<number>[], i: number): number[] => {
    const from = rows[i] as ArrayLike<number>;
    const off = rows.map((row) => {
      let sum = 0;
      for (let j = 0; j < row.length; j++) sum += ((row[j] as number) - (from[j] as number)) ** 2;
      return sum;
    });
    return off
      .map((_, j) => j)
      .filter((j) => j !== i)
      .sort((a, b) => (off[a] as number) - (off[b] as number));
  };
  let penalty = 0;
  for (let i = 0; i < n; i++) {
    const rank = new Map(orderFrom(high, i).map((j, place) => [j, place + 1]));
    for (const j of orderFrom(plane, i).slice(0, k)) penalty += Math.max(0, (rank.get(j) as number) - k);
  }
  return 1 - (2 * penalty) / (n * k * (2 * n - 3 * k - 1));
}

describe("beside scikit-learn", () => {
  it("neighbours are the same rows in the same order, their cosine to a millionth", () => {
    const index = vectorIndex(tableOf(golden.rows));
    const found = index.searchMany(
      golden.queries.map((query) => Float32Array.from(query)),
      () => ({ k: K }),
    );
    expect(found.map(({ rows }) => rows.map(({ row }) => row))).toEqual(golden.order);
    found.forEach(({ rows }, q) => {
      rows.forEach(({ similarity }, i) => {
        expect(Math.abs(similarity - (golden.cosine[q]?.[i] as number))).toBeLessThan(1e-6);
      });
    });
  });

  it("principal components and their shares are the same, but for the sign", () => {
    const { components, shares } = principalComponents(
      golden.spread.map((row) => Float32Array.from(row)),
      3,
    );
    components.forEach((component, c) => {
      const theirs = golden.components[c] as number[];
      const along = theirs.reduce((sum, value, j) => sum + value * (component[j] as number), 0);
      expect(Math.abs(along)).toBeCloseTo(1, 5);
      expect(shares[c]).toBeCloseTo(golden.shares[c] as number, 5);
    });
  });

  it("trustworthiness, as this test computes it, is the same", () => {
    for (const { points, trustworthiness: theirs } of golden.layouts)
      expect(trustworthiness(golden.high, points, K)).toBeCloseTo(theirs, 10);
  });
});

describe("embeddingMap", () => {
  /** Eight planted clusters in 30 dimensions. */
  const random = randomStream(11, "planted");
  const centres = Array.from({ length: 8 }, () => Array.from({ length: 30 }, () => 4 * random.normal()));
  const rows = Array.from({ length: 160 }, (_, i) =>
    Float32Array.from(centres[i % 8] as number[], (value) => value + random.normal()),
  );
  const lengthOne = rows.map((row) => row.map((value) => value / Math.hypot(...row)));
  const planeOf = ({ x, y }: { x: Float32Array; y: Float32Array }) =>
    Array.from(x, (value, i) => [value, y[i] as number]);

  it("keeps neighbours together: trustworthiness above 0.9, where chance gives a half", async () => {
    const map = await embeddingMap(tableOf(rows), { seed: 1, epochs: 150 });
    const chance = Array.from({ length: 160 }, () => [random.normal(), random.normal()]);
    expect(trustworthiness(lengthOne, planeOf(map), K)).toBeGreaterThan(0.9);
    expect(trustworthiness(lengthOne, chance, K)).toBeLessThan(0.6);
    expect(map.method).toContain("UMAP with 15 neighbours by cosine; seed 1");
  });

  it("places what it did not fit beside its own", async () => {
    const map = await embeddingMap(tableOf(rows), { seed: 1, fitted: 80, epochs: 150 });
    expect(map.method).toContain("80 of 160 points placed by their 3 nearest of 80");
    expect(trustworthiness(lengthOne, planeOf(map), K)).toBeGreaterThan(0.9);
  });

  it("gives the same bytes for the same seed, and others for another", async () => {
    const [a, b, c] = await Promise.all(
      [1, 1, 2].map((seed) => embeddingMap(tableOf(rows.slice(0, 80)), { seed, epochs: 60 })),
    );
    expect(a).toEqual(b);
    expect(c?.x).not.toEqual(a?.x);
  });

  it("shows few points, and equal ones, without failing", async () => {
    for (const n of [2, 5, 8, 9]) {
      const map = await embeddingMap(tableOf(rows.slice(0, n)), { epochs: 30 });
      expect([...map.x, ...map.y].every(Number.isFinite)).toBe(true);
    }
    const same = await embeddingMap(tableOf(Array.from({ length: 20 }, () => Float32Array.of(1, 2, 3))), {
      epochs: 30,
    });
    expect([...same.x, ...same.y].every(Number.isFinite)).toBe(true);
  });
});
