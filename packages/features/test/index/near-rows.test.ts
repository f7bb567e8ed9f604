import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { embeddingMap, type MapProgress } from "../../src/index/embedding-map.ts";
import { nearRows } from "../../src/index/near-rows.ts";
import { bothForces, forceAt, fuzzyEdges, layOut } from "../../src/index/umap-layout.ts";

const N = 600;
const D = 12;
const random = randomStream(9, "near");
const centres = Array.from({ length: 15 }, () => Array.from({ length: D }, () => 2 * random.normal()));
const rows = Array.from({ length: N }, (_, i) =>
  Float32Array.from(centres[i % 15] as number[], (value) => value + random.normal()),
);
const table = { n: N, d: D, read: (i: number, into: Float32Array) => into.set(rows[i] as Float32Array) };
const K = 8;

describe("nearRows", () => {
  it("finds nearly all in cells of what comparing everything finds, a row its own first, and says how many", async () => {
    const whole = await nearRows(table, { k: K });
    const cells = await nearRows(table, { k: K, exactRows: 100 });
    expect(whole.recall).toBe(1);
    let found = 0;
    for (let i = 0; i < N; i++) {
      expect([whole.rows[i * K], cells.rows[i * K]]).toEqual([i, i]);
      const truth = new Set(whole.rows.subarray(i * K, (i + 1) * K));
      found += cells.rows.subarray(i * K, (i + 1) * K).filter((row) => truth.has(row)).length;
      const falling = [...cells.similarity.subarray(i * K + 1, (i + 1) * K)];
      expect(falling).toEqual(falling.toSorted((a, b) => b - a));
    }
    expect(cells.recall).toBeGreaterThanOrEqual(0.95);
    expect(found / (N * K)).toBeGreaterThan(0.9);
  });

  it("finds k other rows where cells hold fewer: the lone ones look further, and nobody is near by default", async () => {
    const lone = (i: number) => (i < 200 ? [1, 0, 0] : [0, Math.cos(i), Math.sin(i)]);
    const few = { n: 206, d: 3, read: (i: number, into: Float32Array) => into.set(lone(i)) };
    const { rows: found } = await nearRows(few, { k: K, exactRows: 100 });
    for (let i = 0; i < few.n; i++) expect(new Set(found.subarray(i * K, (i + 1) * K)).size, `row ${i}`).toBe(K);
  });

  it("keeps a row its own first among equal ones", async () => {
    const same = { n: 30, d: 2, read: (_: number, into: Float32Array) => into.set([3, 4]) };
    const { rows: found } = await nearRows(same, { k: 4 });
    for (let i = 0; i < 30; i++) expect(found[4 * i]).toBe(i);
  });
});

describe("fuzzyEdges", () => {
  it("joins memberships in both directions alike; those of a row alone would add up to log2 k", async () => {
    const near = await nearRows(table, { k: K });
    const { from, to, weight } = fuzzyEdges(near, K);
    const pairs = new Map(Array.from(weight, (value, e) => [`${from[e]} ${to[e]}`, value]));
    expect(pairs.size).toBe(weight.length);
    const sums = new Float64Array(N);
    weight.forEach((value, e) => {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
      expect(pairs.get(`${to[e]} ${from[e]}`)).toBe(value);
      sums[from[e] as number] = (sums[from[e] as number] as number) + value;
    });
    // A union is at least its larger part.
    for (const sum of sums) expect(sum).toBeGreaterThanOrEqual(Math.log2(K) - 1e-3);
  });

  it("pulls two neighbours together and apart from what is none", async () => {
    const x = Float32Array.of(-3, 3, 0, 40);
    const y = new Float32Array(4);
    const edges = { from: Int32Array.of(0, 1), to: Int32Array.of(1, 0), weight: Float32Array.of(1, 1) };
    await layOut(x, y, edges, { epochs: 200, seed: 7 });
    expect(Math.abs((x[0] as number) - (x[1] as number))).toBeLessThan(2);
    expect([x[2], x[3]]).toEqual([0, 40]);
  });
});

describe("forces of the layout", () => {
  const [A, B] = [1.5769434603113077, 0.8950608778908213];
  /** Chance that two points at a squared distance are neighbours, as the plane has it. */
  const nearness = (off: number): number => 1 / (1 + A * off ** B);
  const tables = bothForces();
  /** Slope along x of what two points that lie (dx, dy) apart add to the cross entropy. */
  const slope = (cost: (q: number) => number, dx: number, dy: number): number => {
    const at = (x: number): number => cost(nearness(x * x + dy * dy));
    const h = 1e-6 * Math.max(1, Math.abs(dx));
    return (at(dx + h) - at(dx - h)) / (2 * h);
  };
  const places = [0.05, -0.3, 1, -2.5, 8].flatMap((dx) => [0, 0.4, -3].map((dy) => [dx, dy] as const));

  it("pull down the slope of -log(nearness) between neighbours, within the steps of the table", () => {
    for (const [dx, dy] of places) {
      const wanted = -slope((q) => -Math.log(q), dx, dy);
      const pull = forceAt(tables.pull, dx * dx + dy * dy) * dx;
      expect(Math.abs(pull / wanted - 1), `${dx}, ${dy}`).toBeLessThan(5e-3);
    }
  });

  it("push down the slope of -log(1 - nearness) between others, softened by a thousandth near zero", () => {
    for (const [dx, dy] of places) {
      const off = dx * dx + dy * dy;
      const wanted = (-slope((q) => -Math.log(1 - q), dx, dy) * off) / (off + 0.001);
      const push = forceAt(tables.push, off) * dx;
      expect(Math.sign(push)).toBe(Math.sign(dx));
      expect(Math.abs(push / wanted - 1), `${dx}, ${dy}`).toBeLessThan(8e-3);
    }
  });

  it("part the less the further two points lie, and never turn round", () => {
    const falling = [1e-6, 1e-3, 0.1, 1, 100, 1e6].map((off) => forceAt(tables.push, off));
    expect(falling).toEqual(falling.toSorted((a, b) => b - a));
    expect(falling.at(-1)).toBeLessThan(1e-6);
    for (const off of [1e-6, 0.1, 10, 1e6]) expect(forceAt(tables.pull, off)).toBeLessThan(0);
  });
});

describe("layOut", () => {
  /** Two rings of 40 points, and no edge between them. */
  const HALF = 40;
  const joined = Array.from({ length: 2 * HALF }, (_, i) => {
    const own = i < HALF ? 0 : HALF;
    return [1, 2, 3].map((by) => [i, own + ((i - own + by) % HALF)] as const);
  }).flat();
  const both = joined.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]);
  const edges = {
    from: Int32Array.from(both, ([a]) => a),
    to: Int32Array.from(both, ([, b]) => b),
    weight: new Float32Array(both.length).fill(1),
  };
  const laid = async (seed: number, apart: number) => {
    const start = randomStream(3, "start");
    const x = Float32Array.from({ length: 2 * HALF }, (_, i) => start.normal() + (i < HALF ? 0 : apart));
    const y = Float32Array.from({ length: 2 * HALF }, () => start.normal());
    await layOut(x, y, edges, { epochs: 200, seed });
    return { x, y };
  };
  const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

  it("keeps clusters apart that no edge joins", async () => {
    const { x, y } = await laid(7, 10);
    const [left, right] = [mean(x.subarray(0, HALF)), mean(x.subarray(HALF))];
    expect(right - left).toBeGreaterThan(8);
    for (let i = 0; i < 2 * HALF; i++) {
      const own = Math.hypot((x[i] as number) - (i < HALF ? left : right), y[i] as number);
      const other = Math.hypot((x[i] as number) - (i < HALF ? right : left), y[i] as number);
      expect(own, `point ${i}`).toBeLessThan(other);
    }
  });

  it("gives the same bits for the same seed, and others for another", async () => {
    const first = await laid(7, 2);
    expect(await laid(7, 2)).toEqual(first);
    expect(await laid(8, 2)).not.toEqual(first);
    expect([...first.x, ...first.y].every(Number.isFinite)).toBe(true);
  });
});

describe("embeddingMap", () => {
  it("says how far it is in each phase, and ends when it is told to", async () => {
    const seen: MapProgress[] = [];
    await embeddingMap(table, { epochs: 20, onProgress: (progress) => seen.push(progress) });
    expect([...new Set(seen.map(({ phase }) => phase))]).toEqual(["components", "neighbours", "layout"]);
    for (const { done, of } of seen) expect(done).toBeLessThanOrEqual(of);
    const stop = new AbortController();
    const drawn = embeddingMap(table, {
      signal: stop.signal,
      onProgress: ({ phase }) => {
        if (phase === "layout") stop.abort();
      },
    });
    await expect(drawn).rejects.toThrow(/abort/i);
  });
});
