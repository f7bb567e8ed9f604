import { unwrap } from "@nacre/core";
import { encodeModel, gemm, input, parameter, type Tensor } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { expect, it } from "vitest";
import type { Scope } from "../../src/aggregator/aggregator.ts";
import { PLAIN_LOSS, type ScoreForm } from "../../src/head/head.ts";
import { linearScores, linearTerms, scoreWeights } from "../../src/head/linear-scores.ts";
import { headOf, surveyLabels } from "../../src/head/registry.ts";

const H = 2;

/** Scores, rest and terms of two instances with equal shares, every weight 1, 2, 3 and on. */
async function scored(k: number, forms: readonly ScoreForm[] | undefined, covariates: number) {
  const specs = scoreWeights({ h: H, k, covariates, forms });
  const weights = new Map(specs.map(({ name, shape }) => [name, parameter(name, shape)]));
  const given: Pick<Scope, "k" | "groups" | "covariates" | "weight"> = {
    k,
    groups: [k],
    covariates: covariates === 0 ? null : input("covariates", [1, covariates]),
    weight: (name) => weights.get(name) as Tensor,
  };
  const scope = given as Scope; // the scores read nothing else
  const [instances, shares] = [input("instances", ["n", H]), input("shares", ["n", 1])];
  const pooled = { instances, shares, embedding: gemm(shares, instances, { transA: true }) };
  const terms = linearTerms(scope, pooled, forms) as Tensor;
  const session = await openSession(encodeModel({ outputs: { ...linearScores(scope, pooled, forms), terms } }));
  const fed = Object.fromEntries(
    specs.map(({ name, shape }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return [name, { data: Float32Array.from({ length: size }, (_, i) => i + 1), dims: shape }];
    }),
  );
  const beside =
    covariates === 0 ? {} : { covariates: { data: new Float32Array(covariates).fill(1), dims: [1, covariates] } };
  const out = await session.run({
    ...fed,
    ...beside,
    instances: { data: Float32Array.of(1, 0, 3, 2), dims: [2, H] },
    shares: { data: Float32Array.of(0.5, 0.5), dims: [2, 1] },
  });
  await session.close();
  return Object.fromEntries(Object.entries(out).map(([name, { data }]) => [name, Array.from(data as Float32Array)]));
}

it("scores have slopes and an offset where nothing else is said", async () => {
  expect(scoreWeights({ h: H, k: 3, covariates: 0 }).map(({ shape }) => shape)).toEqual([[H, 3], [3]]);
  const { scores, rest } = await scored(2, undefined, 1);
  expect(scores).toEqual([2 * 1 + 1 * 3 + 1 + 1, 2 * 2 + 1 * 4 + 2 + 2]);
  expect(rest).toEqual([2, 4]);
});

it("a score that is an offset alone is the same for every bag, and no tile adds to it", async () => {
  const { scores, terms, rest } = await scored(3, ["both", "offset", "offset"], 1);
  expect(scores).toEqual([2 * 1 + 1 * 2 + 1 + 1, 2, 3]);
  expect(terms).toEqual([0.5, 0, 0, 3.5, 0, 0]);
  expect(rest).toEqual([2, 2, 3]);
});

it("a score without an offset learns none", async () => {
  expect(scoreWeights({ h: H, k: 1, covariates: 0, forms: ["slope"] }).map(({ name }) => name)).toEqual([
    "head.weight",
  ]);
  const { scores, rest } = await scored(1, ["slope"], 0);
  expect([scores, rest]).toEqual([[2 * 1 + 1 * 2], [0]]);
});

it("grades have one slope for all cut points: proportional odds", () => {
  const task = { kind: "ordinal", label: "g", classes: ["0", "1", "2", "3"] } as const;
  const { forms, k } = headOf(task, unwrap(surveyLabels(task, [0, 1, 2, 3])), PLAIN_LOSS);
  expect(scoreWeights({ h: 512, k, covariates: 0, forms }).map(({ shape }) => shape)).toEqual([[512, 1], [3]]);
});
