import { readFileSync } from "node:fs";
import {
  constant,
  crossEntropy,
  encodeModel,
  gradients,
  input,
  mul,
  parameter,
  sum,
  type Tensor,
  type TensorData,
} from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { longnet } from "../../src/aggregator/longnet.ts";
import type { Branch } from "../../src/longnet/config.ts";
import { branchesOf, dilatedAttention } from "../../src/longnet/dilated-attention.ts";
import { assemble, bagInputs, weightSpecs } from "../../src/train/program.ts";
import { classifyDesign } from "../design.ts";
import { relativeError } from "../golden.ts";

interface Numbers {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

interface AttentionCase {
  readonly width: number;
  readonly heads: number;
  readonly masksPadding: boolean;
  readonly branches: readonly Branch[];
  readonly inputs: readonly [Numbers, Numbers, Numbers];
  readonly weight: Numbers;
  readonly out: Numbers;
  readonly gradients: readonly Numbers[];
}

interface ModelCase {
  readonly config: Readonly<Record<string, number | boolean>> & { readonly branches: readonly Branch[] };
  readonly x: Numbers;
  readonly places: readonly (readonly number[])[];
  readonly weights: Readonly<Record<string, Numbers>>;
  readonly scores: Numbers;
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Numbers>>;
}

const file = new URL("../golden/longnet.json", import.meta.url);
const golden: { readonly attention: readonly AttentionCase[]; readonly models: readonly ModelCase[] } = JSON.parse(
  readFileSync(file, "utf8"),
);

const dataOf = ({ shape, values }: Numbers): TensorData => ({ data: Float32Array.from(values), dims: shape });

async function run(outputs: Record<string, Tensor>, feeds: Record<string, TensorData>) {
  const session = await openSession(encodeModel({ outputs }));
  const found = await session.run(feeds);
  await session.close();
  return (name: string): Float32Array => found[name]?.data as Float32Array;
}

describe("dilated attention, against PyTorch in float64", () => {
  it.each(
    golden.attention.map(
      (c) => [`${c.inputs[0].shape[0]} tokens, ${c.heads} heads, ${c.branches.length} branches`, c] as const,
    ),
  )(
    "%s: values to 2e-6 and gradients to 5e-6",
    async (_, { width, heads, masksPadding, branches, inputs, weight, out, gradients: slopes }) => {
      const [q, k, v] = ["q", "k", "v"].map((name) => input(name, ["tokens", width])) as [Tensor, Tensor, Tensor];
      const config = { width, heads, ffn: 1, layers: 1, branches, grid: 1, masksPadding };
      const mixed = dilatedAttention({ q, k, v }, config, branchesOf(q, config)).out;
      const loss = sum(mul(mixed, input("weight", ["tokens", width])));
      const [gq, gk, gv] = gradients(loss, [q, k, v]) as [Tensor, Tensor, Tensor];
      const [a, b, c] = inputs.map(dataOf) as [TensorData, TensorData, TensorData];
      const found = await run({ mixed, gq, gk, gv }, { q: a, k: b, v: c, weight: dataOf(weight) });
      expect(relativeError(found("mixed"), out.values)).toBeLessThan(2e-6);
      for (const [i, name] of ["gq", "gk", "gv"].entries()) {
        expect(relativeError(found(name), slopes[i]?.values ?? [])).toBeLessThan(5e-6);
      }
    },
  );
});

describe("longnet as an aggregator, against PyTorch in float64", () => {
  it.each(golden.models.map((c) => [c.config.classToken ? "class token" : "mean", c] as const))(
    "%s: scores, loss and the gradient of every weight to 5e-6",
    async (_, { config: { branches, ...config }, x, places, weights, scores, loss, gradients: slopes }) => {
      const own = Object.fromEntries(
        [1, 2, 3, 4, 5].flatMap((i) => [
          [`segment${i}`, branches[i - 1]?.segment ?? 0],
          [`ratio${i}`, branches[i - 1]?.ratio ?? 1],
        ]),
      );
      const design = classifyDesign(
        { name: "longnet", ...config, ...own, layer: Number(config.layers), grid: 10 },
        { d: x.shape[1] as number, k: 2 },
      );
      const nodes = new Map(weightSpecs(design).map(({ name, shape }) => [name, parameter(name, shape)]));
      expect([...nodes.keys()].sort()).toEqual(Object.keys(weights).sort());
      const { scored } = assemble(design, nodes, bagInputs(design), null);
      const cost = crossEntropy(scored.scores, constant([0, 1], [1, 2]));
      const found = await run(
        {
          scores: scored.scores,
          cost,
          ...Object.fromEntries(
            gradients(cost, [...nodes.values()]).map((g, i) => [`slope of ${[...nodes.keys()][i]}`, g]),
          ),
        },
        {
          features: dataOf(x),
          places: { data: Float32Array.from(places.flat()), dims: [places.length, 2] },
          ...Object.fromEntries(Object.entries(weights).map(([name, numbers]) => [name, dataOf(numbers)])),
        },
      );
      expect(relativeError(found("scores"), scores.values)).toBeLessThan(5e-6);
      expect(Math.abs((found("cost")[0] as number) - loss)).toBeLessThan(5e-6);
      const largest = Math.max(...Object.values(slopes).flatMap(({ values }) => values.map(Math.abs)));
      for (const [name, { values }] of Object.entries(slopes)) {
        const worst = values.reduce(
          (most, value, i) => Math.max(most, Math.abs(value - (found(`slope of ${name}`)[i] as number))),
          0,
        );
        expect([name, worst / largest < 5e-6]).toEqual([name, true]);
      }
    },
  );

  it("has the 86,330,880 numbers of the published encoder (12 layers, 768), and as many as its larger forms have by formula", () => {
    const count = (options: Record<string, number | boolean>): number => {
      const design = classifyDesign({ name: "longnet", lastNorm: true, ...options }, { d: 1536, k: 2 });
      const own = longnet.weights(design.options as never, { d: 1536, k: 2, groups: [2], covariates: 0 });
      return own.reduce((total, { shape }) => total + shape.reduce((product, size) => product * size, 1), 0);
    };
    expect(count({})).toBe(86_330_880);
    expect(count({ width: 1024, layers: 24, ffn: 4096 })).toBe(304_134_144);
    expect(count({ width: 1536, ffn: 6144 })).toBe(342_531_072);
  });
});
