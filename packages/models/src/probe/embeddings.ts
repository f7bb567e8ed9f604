/**
 * Embeddings: one vector for each slide, case or patient, as a matrix. What the probes and the Cox models learn from; a bag
 * becomes one by the mean of its tiles, or by any aggregator's embedding.
 */
import { type Bag, fail, type Outcome, ok } from "@nacre/core";

export interface Embeddings {
  /** Row-major [n, d]. */
  readonly values: Float32Array | Float64Array;
  readonly n: number;
  readonly d: number;
}

/** Refuses what nothing can be learned from: no rows, no columns, or a value that is not a finite number. */
export function checkEmbeddings({ values, n, d }: Embeddings, part: string): Outcome<null> {
  if (values.length !== n * d) {
    throw new RangeError(
      `expected ${n} x ${d} values in the ${part} part, received ${values.length}; pass n and d of them`,
    );
  }
  if (n < 1 || d < 1) {
    return fail("too-few", {
      expected: `at least one embedding with at least one feature in the ${part} part`,
      received: `${n} x ${d}`,
      remedy: "use fewer folds, or more slides",
    });
  }
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return ok(null);
  return fail("not-finite", {
    expected: `finite embeddings in the ${part} part`,
    received: `${values[wrong]} in row ${Math.floor(wrong / d)}, feature ${wrong % d}`,
    remedy: "find out which slide produced it and encode it again, or leave it out",
  });
}

/** Refuses embeddings of another width. */
export function checkWidth({ d }: Embeddings, expected: number, part: string): Outcome<null> {
  if (d === expected) return ok(null);
  return fail("dimension-mismatch", {
    expected: `${expected} features an embedding, as in the train part`,
    received: `${d} in the ${part} part`,
    remedy: "use the same encoder for every part",
  });
}

/** The mean of the tiles of each bag, [bags, d], summed in double precision. Fails on an empty bag or one of another width. */
export function meanEmbeddings(bags: readonly Bag[]): Outcome<Embeddings> {
  const d = bags[0]?.d ?? 0;
  const values = new Float64Array(bags.length * d);
  for (const [row, bag] of bags.entries()) {
    const width = checkWidth({ values: bag.features, n: bag.n, d: bag.d }, d, `bag ${row}`);
    if (!width.ok) return width;
    if (bag.n < 1) {
      return fail("empty-bag", {
        expected: "at least one tile in every bag",
        received: `none in bag ${row}`,
        remedy: "check the tissue settings, or leave the slide out of the cohort",
      });
    }
    const own = values.subarray(row * d, (row + 1) * d);
    for (let i = 0; i < bag.n; i++) {
      for (let j = 0; j < d; j++) own[j] = (own[j] as number) + (bag.features[i * d + j] as number);
    }
    for (let j = 0; j < d; j++) own[j] = (own[j] as number) / bag.n;
  }
  return ok({ values, n: bags.length, d });
}
