import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { distanceTo, experienceOf, OUTSIDE } from "../../src/index/experience.ts";
import { neighbourShares } from "../../src/index/separation.ts";
import { vectorIndex } from "../../src/index/vector-index.ts";

function archive(n: number, seed: number, shift: (i: number) => number[] = () => []) {
  const random = randomStream(seed, "archive");
  const d = 12;
  const rows = Array.from({ length: n }, (_, i) => {
    const own = shift(i);
    return Float32Array.from({ length: d }, (_, j) => random.normal() + (j === 0 ? 4 : 0) + (own[j] ?? 0));
  });
  return {
    rows,
    index: vectorIndex({
      n,
      d,
      groups: Int32Array.from({ length: n }, (_, i) => i),
      read: (i, into) => into.set(rows[i] as Float32Array),
    }),
  };
}

const isSame = (a: number, b: number) => a >> 1 === b >> 1;

describe("distance to experience", () => {
  it("is the share of known vectors with a nearer neighbour, and one more in the denominator", () => {
    const known = { similarities: Float32Array.of(0.25, 0.125, 0.25, 0.875), groups: Int32Array.of(0, 1, 2, 3) };
    expect([0.05, 0.125, 0.25, 0.5, 0.95].map((similarity) => distanceTo(known, similarity).distance)).toEqual([
      4 / 5,
      3 / 5,
      1 / 5,
      1 / 5,
      0,
    ]);
    expect(distanceTo(known, undefined)).toEqual({ distance: null, known: 4 });
    // What is judged does not count among those it is judged by.
    expect(distanceTo(known, 0.05, (group) => group === 1)).toEqual({ distance: 3 / 4, known: 3 });
    expect(distanceTo(known, 0.5, () => true)).toEqual({ distance: null, known: 0 });
  });

  it("calls about one in a hundred outside that is drawn like the archive, and everything that is not", () => {
    const { index } = archive(800, 1);
    const experience = experienceOf(index, { isSame });
    const nearest = (query: Float32Array) =>
      distanceTo(experience, index.search(query, { k: 1 }).rows[0]?.similarity).distance as number;
    const alike = archive(600, 2).rows.map(nearest);
    const share = alike.filter((distance) => distance > OUTSIDE).length / 600;
    expect(share).toBeLessThan(0.03);
    // Uniform, as a conformal rank is.
    expect(alike.reduce((a, b) => a + b, 0) / 600).toBeCloseTo(0.5, 1);
    const strange = archive(50, 3, () => [-14, 9]).rows.map(nearest);
    expect(strange.every((distance) => distance > OUTSIDE)).toBe(true);
  });

  it("asks other patients alone", () => {
    const { rows } = archive(200, 4);
    // Both slides of a patient are the same: within a patient all are equal, between patients none.
    const twins = vectorIndex({
      n: 200,
      d: 12,
      groups: Int32Array.from({ length: 200 }, (_, i) => i),
      read: (i, into) => into.set(rows[i >> 1] as Float32Array),
    });
    const experience = experienceOf(twins, { isSame });
    expect(Math.max(...experience.similarities)).toBeLessThan(0.9999);
    expect(Math.min(...experienceOf(twins, { isSame: (a, b) => a === b }).similarities)).toBeCloseTo(1, 5);
    expect(experienceOf(twins, { isSame: () => true }).similarities).toHaveLength(0);
  });

  it("is the same for the same seed", () => {
    const { index } = archive(900, 5);
    expect(experienceOf(index, { isSame, seed: 3 })).toEqual(experienceOf(index, { isSame, seed: 3 }));
  });
});

describe("neighbourShares", () => {
  it("tells a column that moves the vectors from one that does not, and never asks the same patient", () => {
    const { index } = archive(200, 6, (i) => ((i >> 1) % 2 === 0 ? [0, 5] : [0, -5]));
    const moved = Int32Array.from({ length: 200 }, (_, i) => (i >> 1) % 2);
    const { rows, shares } = neighbourShares(index, { k: 5, values: moved, classes: 2, isSame });
    expect(rows).toHaveLength(200);
    const right = Array.from(rows, (row, q) => shares[2 * q + (moved[row] as number)] as number);
    expect(right.filter((share) => share > 0.5).length).toBeGreaterThan(195);
    // Each patient a value of his own: only his other slide could tell it.
    const own = Int32Array.from({ length: 200 }, (_, i) => i >> 1);
    const alone = neighbourShares(index, { k: 5, values: own, classes: 100, isSame });
    expect(
      Array.from(alone.rows, (row, q) => alone.shares[100 * q + (own[row] as number)]).every((share) => share === 0),
    ).toBe(true);
  });

  it("leaves out rows whose value is not known, as askers and as neighbours", () => {
    const { index } = archive(40, 7);
    const values = Int32Array.from({ length: 40 }, (_, i) => (i < 10 ? -1 : i % 2));
    const { rows, shares } = neighbourShares(index, { k: 3, values, classes: 2, isSame });
    expect([...rows]).toEqual(Array.from({ length: 30 }, (_, i) => i + 10));
    for (let q = 0; q < 30; q++) expect((shares[2 * q] as number) + (shares[2 * q + 1] as number)).toBeCloseTo(1, 12);
  });
});
