import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { bestOf } from "../../src/index/best.ts";
import { cellIndex } from "../../src/index/cells.ts";
import { dotRoom, roomLimit } from "../../src/index/dots.ts";
import { type AlikeOptions, type VectorTable, vectorIndex } from "../../src/index/vector-index.ts";

/** Rows in clumps, so that neighbours are near. */
function clumps(n: number, d: number, seed: number, groups = 20): VectorTable & { rows: Float32Array[] } {
  const random = randomStream(seed, "clumps");
  const centres = Array.from({ length: 12 }, () => Array.from({ length: d }, () => random.normal()));
  const rows = Array.from({ length: n }, () => {
    const centre = centres[random.below(12)] as number[];
    return Float32Array.from(centre, (value) => value + 0.5 * random.normal());
  });
  return {
    n,
    d,
    rows,
    groups: Int32Array.from({ length: n }, () => random.below(groups)),
    read: (i, into) => into.set(rows[i] as Float32Array),
  };
}

/** Everything compared and sorted, in float64. */
function byForce({ rows, groups }: ReturnType<typeof clumps>, query: Float32Array, options: AlikeOptions) {
  const { k, accept, perGroup = Number.POSITIVE_INFINITY } = options;
  const taken = new Map<number, number>();
  return rows
    .map((row, i) => ({ row: i, similarity: cosine(row, query) }))
    .filter(({ row }) => accept?.(groups[row] as number) !== false)
    .sort((a, b) => b.similarity - a.similarity || a.row - b.row)
    .filter(({ row }) => {
      const group = groups[row] as number;
      taken.set(group, (taken.get(group) ?? 0) + 1);
      return (taken.get(group) as number) <= perGroup;
    })
    .slice(0, k);
}

function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  a.forEach((value, j) => {
    dot += value * (b[j] as number);
    aa += value * value;
    bb += (b[j] as number) ** 2;
  });
  return dot / Math.sqrt(aa * bb);
}

describe("vectorIndex", () => {
  it.each([1, 15, 16, 17, 300])("finds what sorting everything finds, with %i numbers a row", (d) => {
    const table = clumps(400, d, d);
    const index = vectorIndex(table);
    const random = randomStream(3, d);
    for (const perGroup of [1, 3, 50]) {
      const query = Float32Array.from({ length: d }, () => random.normal());
      const options = { k: 20, perGroup, accept: (group: number) => group % 3 !== 0 };
      const found = index.search(query, options);
      const truth = byForce(table, query, options);
      if (d > 1) expect(found.rows.map(({ row }) => row)).toEqual(truth.map(({ row }) => row));
      found.rows.forEach(({ similarity }, i) => {
        expect(similarity).toBeCloseTo(truth[i]?.similarity as number, 6);
      });
      expect(found).toMatchObject({
        exact: true,
        compared: table.groups.filter((group) => group % 3 !== 0).length,
      });
    }
  });

  it("answers many queries as one after the other, each with its own groups", () => {
    const table = clumps(700, 40, 1);
    const index = vectorIndex(table);
    const queries = table.rows.slice(0, 37);
    const optionsOf = (q: number) => ({ k: 5, accept: (group: number) => group !== table.groups[q] });
    const many = index.searchMany(queries, optionsOf);
    queries.forEach((query, q) => {
      const one = index.search(query, optionsOf(q));
      expect(many[q]?.rows.map(({ row }) => row)).toEqual(one.rows.map(({ row }) => row));
      expect(many[q]?.compared).toBe(one.compared);
    });
  });

  it("gives fewer than k where fewer are accepted, and none of none", () => {
    const index = vectorIndex(clumps(10, 4, 1, 1));
    const query = Float32Array.of(1, 0, 0, 0);
    expect(index.search(query, { k: 50 }).rows).toHaveLength(10);
    expect(index.search(query, { k: 50, accept: () => false })).toEqual({ rows: [], compared: 0, exact: true });
    expect(index.search(query, { k: 50, perGroup: 2 }).rows).toHaveLength(2);
  });

  it("finds what is zero throughout alike to nothing", () => {
    const index = vectorIndex({ n: 2, d: 3, groups: Int32Array.of(0, 1), read: (i, into) => into.fill(i) });
    expect(index.search(Float32Array.of(1, 1, 1), { k: 2 }).rows).toMatchObject([
      { row: 1, similarity: expect.closeTo(1, 6) },
      { row: 0, similarity: 0 },
    ]);
  });

  it("refuses a query of another length, k of none, and more than memory reaches", () => {
    const index = vectorIndex(clumps(10, 4, 1));
    expect(() => index.search(new Float32Array(5), { k: 1 })).toThrow(RangeError);
    expect(() => index.search(new Float32Array(4), { k: 0 })).toThrow(RangeError);
    expect(() => dotRoom(roomLimit(1024) + 1, 1024)).toThrow(RangeError);
    expect(roomLimit(1024)).toBeGreaterThan(1_000_000);
  });
});

describe("bestOf", () => {
  it("keeps the earlier of equals, whatever the order of a group", () => {
    const best = bestOf(3, 1);
    for (const [row, similarity, group] of [
      [0, 0.5, 0],
      [1, 0.9, 0],
      [2, 0.5, 1],
      [3, 0.5, 2],
      [4, 0.5, 3],
    ] as const)
      best.offer(row, similarity, group);
    expect(best.rows().map(({ row }) => row)).toEqual([1, 2, 3]);
  });
});

describe("cellIndex", () => {
  const table = clumps(3000, 24, 5);

  it("finds nearly what comparing everything finds, and says that it is not all", () => {
    const index = cellIndex(table, { cells: 40 });
    const exact = vectorIndex(table);
    let hits = 0;
    for (let q = 0; q < 50; q++) {
      const query = table.rows[q * 13] as Float32Array;
      const truth = new Set(exact.search(query, { k: 10 }).rows.map(({ row }) => row));
      const found = index.search(query, { k: 10 });
      hits += found.rows.filter(({ row }) => truth.has(row)).length;
      expect(found.exact).toBe(false);
      expect(found.compared).toBeLessThan(3000);
      expect(found.rows[0]).toMatchObject({ row: q * 13, similarity: expect.closeTo(1, 5) });
    }
    expect(index.recall).toBeGreaterThanOrEqual(0.95);
    expect(hits / 500).toBeGreaterThan(0.9);
  });

  it("says how many of the nearest others are found: that a row finds itself counts for nothing", () => {
    const random = randomStream(4, "sphere");
    const rows = Array.from({ length: 800 }, () => Float32Array.from({ length: 32 }, () => random.normal()));
    const sphere = {
      n: 800,
      d: 32,
      groups: new Int32Array(800),
      read: (i: number, into: Float32Array) => into.set(rows[i] as Float32Array),
    };
    const index = cellIndex(sphere, { cells: 40, recall: 0 });
    const exact = vectorIndex(sphere);
    const others = (found: { rows: readonly { row: number }[] }, own: number) =>
      found.rows.map(({ row }) => row).filter((row) => row !== own);
    // The rows that the index itself asked.
    const probes = randomStream(0, "cells", "probes");
    const shares = Array.from({ length: 32 }, () => {
      const own = probes.below(800);
      const query = rows[own] as Float32Array;
      const truth = new Set(others(exact.search(query, { k: 11 }), own));
      return others(index.search(query, { k: 11 }), own).filter((row) => truth.has(row)).length / 10;
    });
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    expect(mean).toBeLessThan(0.4);
    expect(index.recall).toBeCloseTo(mean, 10);
  });

  it("looks further where the nearest cells hold fewer than k that may answer", () => {
    const index = cellIndex({ ...table, groups: Int32Array.from(table.groups, (_, row) => (row < 30 ? 1 : 0)) });
    for (let q = 0; q < 40; q++) {
      const query = table.rows[100 + q] as Float32Array;
      expect(index.search(query, { k: 5, accept: (group) => group === 1 }).rows).toHaveLength(5);
      expect(index.search(query, { k: 40, accept: (group) => group === 1 })).toMatchObject({
        compared: 30,
        exact: true,
      });
    }
  });

  it("is exact where it looks into all cells, and is the same again from what it learnt", () => {
    const all = cellIndex(table, { cells: 3, recall: 1.1 });
    const query = table.rows[7] as Float32Array;
    const options = { k: 12, perGroup: 2, accept: (group: number) => group !== 4 };
    expect(all.search(query, options)).toMatchObject({ exact: true });
    expect(all.search(query, options).rows.map(({ row }) => row)).toEqual(
      byForce(table, query, options).map(({ row }) => row),
    );
    const first = cellIndex(table, { cells: 40 });
    const second = cellIndex(table, { known: first.cells });
    expect(second.search(query, options)).toEqual(first.search(query, options));
    expect(second.row(11)).toEqual(first.row(11));
  });

  it("says how far it is while rows join cells, ever further, and is the same whether somebody listens or not", () => {
    const heard: number[][] = [];
    const first = cellIndex(table, { cells: 40, onProgress: (...told) => heard.push(told) });
    expect(first.cells).toEqual(cellIndex(table, { cells: 40 }).cells);
    const done = heard.map(([own]) => own as number);
    expect(done.length).toBeGreaterThan(8);
    expect(done).toEqual([...new Set(done)].sort((a, b) => a - b));
    expect(new Set(heard.map(([, of]) => of)).size).toBe(1);
    expect(done.at(-1)).toBeLessThan(heard[0]?.[1] as number);
  });
});
