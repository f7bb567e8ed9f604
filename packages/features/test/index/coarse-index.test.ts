import { readFileSync } from "node:fs";
import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { cellIndex } from "../../src/index/cells.ts";
import { coarseLimit, coarseRoom } from "../../src/index/coarse.ts";
import { coarseIndex } from "../../src/index/coarse-index.ts";
import { toUnit, type VectorTable, vectorIndex } from "../../src/index/vector-index.ts";

const golden = JSON.parse(readFileSync(new URL("../golden/sklearn_neighbours.json", import.meta.url), "utf8")) as {
  rows: number[][];
  queries: number[][];
  order: number[][];
};

function tableOf(rows: readonly ArrayLike<number>[], groupOf = (i: number) => i % 7): VectorTable {
  return {
    n: rows.length,
    d: rows[0]?.length ?? 0,
    groups: Int32Array.from(rows.keys(), groupOf),
    read: (i, into) => into.set(rows[i] as ArrayLike<number>),
  };
}

/** Rows of very unlike lengths and shapes: some of one large number, some zero, some equal to others. */
function motley(n: number, d: number, seed: number): Float32Array[] {
  const random = randomStream(seed, "motley");
  const rows: Float32Array[] = [];
  for (let i = 0; i < n; i++) {
    const size = 10 ** (random.below(9) - 4);
    const spike = random.below(d);
    const kind = i % 11;
    const before = rows[random.below(Math.max(1, i))];
    if (kind === 0) rows.push(new Float32Array(d));
    else if (kind === 1 && before !== undefined) rows.push(before.slice());
    else if (kind === 2 && before !== undefined) rows.push(before.map((value) => value * (1 + 1e-4 * random.normal())));
    else
      rows.push(
        Float32Array.from({ length: d }, (_, j) => size * (random.normal() + (kind === 3 && j === spike ? 300 : 0))),
      );
  }
  return rows;
}

describe("coarseRoom", () => {
  it.each([1, 31, 32, 33, 300])("gives bounds that hold for every row and query, of %i numbers", (d) => {
    const rows = motley(200, d, d).map((row) => toUnit(row));
    const room = coarseRoom(rows.length, d);
    rows.forEach((row, i) => {
      room.keep(i, row);
    });
    const queries = rows.slice(20, 59);
    let widest = 0;
    let outside = 0;
    for (const asked of [queries, queries.slice(0, 1)])
      room.bounds(asked, (first, middle, slack, q) => {
        middle.forEach((value, i) => {
          const row = rows[first + i] as Float32Array;
          const query = asked[q] as Float32Array;
          let truth = 0;
          for (let j = 0; j < d; j++) truth += (row[j] as number) * (query[j] as number);
          if (!(Math.abs(truth - value) <= (slack[i] as number))) outside++;
          widest = Math.max(widest, slack[i] as number);
        });
      });
    expect(outside).toBe(0);
    // A bound that holds is worth little where it is wide.
    expect(widest).toBeLessThan(0.1);
  });

  it.each([4096, 5000])("holds for the largest sums there are: rows of %i numbers of one size", (d) => {
    const room = coarseRoom(2, d);
    const unit = toUnit(new Float32Array(d).fill(3));
    room.keep(0, unit);
    room.keep(
      1,
      unit.map((value) => -value),
    );
    for (const queries of [[unit], Array.from({ length: 5 }, () => unit)])
      room.bounds(queries, (_, middle, slack) => {
        expect([...middle]).toEqual([expect.closeTo(1, 6), expect.closeTo(-1, 6)]);
        expect(Math.max(...slack)).toBeLessThan(1e-3);
      });
  });

  it("refuses what is not finite, queries of another length, and more than memory reaches", () => {
    const room = coarseRoom(2, 3);
    expect(() => room.keep(0, Float32Array.of(1, Number.NaN, 0))).toThrow(/finite/);
    expect(() => room.keep(0, Float32Array.of(1, Number.POSITIVE_INFINITY, 0))).toThrow(/finite/);
    expect(() => room.bounds([new Float32Array(4)], () => {})).toThrow(RangeError);
    expect(() => coarseRoom(coarseLimit(1024) + 1, 1024)).toThrow(RangeError);
    expect(coarseLimit(1024)).toBeGreaterThan(4_000_000);
  });
});

describe("coarseIndex", () => {
  it.each([2, 40, 300])("answers as comparing everything does, bit for bit, with %i numbers a row", (d) => {
    const rows = motley(900, d, d + 1);
    const table = tableOf(rows);
    const [coarse, plain] = [coarseIndex(table), vectorIndex(table)];
    for (const options of [
      { k: 1 },
      { k: 20, perGroup: 3 },
      { k: 30, perGroup: 2, accept: (group: number) => group % 3 === 1 },
      { k: 2000 },
    ])
      for (const row of rows.slice(0, 40)) expect(coarse.search(row, options)).toEqual(plain.search(row, options));
  });

  it("answers many queries as one after the other, to the bit", () => {
    const rows = motley(500, 50, 3);
    const index = coarseIndex(tableOf(rows));
    const optionsOf = (q: number) => ({ k: 8, accept: (group: number) => group !== q % 7 });
    expect(index.searchMany(rows.slice(0, 70), optionsOf)).toEqual(
      rows.slice(0, 70).map((row, q) => index.search(row, optionsOf(q))),
    );
  });

  it("gives the order of scikit-learn", () => {
    const index = coarseIndex(tableOf(golden.rows));
    const found = golden.queries.map((query) => index.search(Float32Array.from(query), { k: 10 }));
    expect(found.map(({ rows }) => rows.map(({ row }) => row))).toEqual(golden.order);
  });

  it("reads few rows again, and all of them where all are equal, the earlier first", () => {
    let reads = 0;
    const counted = (rows: readonly Float32Array[]) => {
      const table = tableOf(rows, (i) => i);
      const index = coarseIndex({
        ...table,
        read: (i, into) => {
          reads++;
          table.read(i, into);
        },
      });
      reads = 0;
      return index;
    };
    const random = randomStream(4, "few");
    const apart = counted(
      Array.from({ length: 4000 }, () => Float32Array.from({ length: 256 }, () => random.normal())),
    );
    apart.search(apart.row(17), { k: 10 });
    expect(reads).toBeLessThan(200);
    const equal = counted(Array.from({ length: 20_000 }, () => Float32Array.of(3, 4)));
    const { rows } = equal.search(Float32Array.of(1, 1), { k: 3 });
    expect(rows.map(({ row }) => row)).toEqual([0, 1, 2]);
    expect(reads).toBeLessThan(20_010);
  });
});

describe("what cannot be compared", () => {
  const table = tableOf([Float32Array.of(1, 2), Float32Array.of(0, 0), Float32Array.of(Number.NaN, 1)]);
  const whole = { ...table, n: 2, groups: Int32Array.of(0, 1) };

  it.each([
    ["compared whole", vectorIndex],
    ["coarse", coarseIndex],
    ["in cells", cellIndex],
  ] as const)("NaN is refused by name, as a row and as a query, where rows are %s", (_, make) => {
    expect(() => make(table)).toThrow(/row 2/);
    expect(() => make(whole).search(Float32Array.of(Number.NaN, 1), { k: 1 })).toThrow(/finite/);
    expect(() => make(whole).search(Float32Array.of(Number.POSITIVE_INFINITY, 1), { k: 1 })).toThrow(/finite/);
    expect(make(whole).search(Float32Array.of(0, 0), { k: 2 }).rows).toEqual([
      { row: 0, similarity: 0 },
      { row: 1, similarity: 0 },
    ]);
  });
});
