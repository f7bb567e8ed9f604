/** The answers of scikit-learn, recorded by tools/oracles/probe.py, and the rows they belong to. */
import { readFileSync } from "node:fs";
import type { Embeddings } from "../../src/index.ts";
import type { ProbePart } from "../../src/probe/probe.ts";

interface Rows {
  readonly n: number;
  readonly d: number;
  readonly x: readonly number[];
  readonly label: readonly number[];
}

type Name = "two" | "three" | "threeTune" | "wide";

interface Recorded extends Readonly<Record<Name, Rows>> {
  readonly logistic: readonly {
    readonly rows: Name;
    readonly c: number;
    readonly balanced: boolean;
    readonly coef: readonly number[];
    readonly intercept: readonly number[];
    readonly probabilities: readonly number[];
  }[];
  readonly path: readonly number[];
  readonly ridge: {
    readonly three: readonly number[];
    readonly wide: readonly number[];
    readonly fits: readonly {
      readonly rows: "three" | "wide";
      readonly alpha: number;
      readonly coef: readonly number[];
      readonly intercept: number;
    }[];
  };
  readonly knn: readonly {
    readonly neighbours: number;
    readonly cosine: boolean;
    readonly weighted: boolean;
    readonly probabilities: readonly number[];
    readonly numbers: readonly number[];
  }[];
  readonly prototypes: { readonly classes: readonly number[]; readonly squared: readonly number[] };
  readonly uni: readonly number[];
}

export const recorded: Recorded = JSON.parse(readFileSync(new URL("../golden/probe.json", import.meta.url), "utf8"));

export function embeddingsOf(name: Name): Embeddings {
  const { x, n, d } = recorded[name];
  return { values: Float64Array.from(x), n, d };
}

export function classesOf(name: Name): ProbePart {
  const { label } = recorded[name];
  return { embeddings: embeddingsOf(name), labels: { kind: "classify", label, k: Math.max(...label) + 1 } };
}

/** Largest absolute difference of two lists of one length. */
export function gap(received: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (received.length !== expected.length) return Number.POSITIVE_INFINITY;
  return Array.from(expected).reduce((most, value, i) => Math.max(most, Math.abs(value - (received[i] as number))), 0);
}
