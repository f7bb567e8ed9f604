/** Integrated gradients against 2,000 steps of a plain quadrature in float64 (tools/oracles/torch_explain.py). */
import { readFileSync } from "node:fs";
import { unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { expect, it } from "vitest";
import { integratedGradients } from "../../src/index.ts";
import { encodeFitted } from "../../src/model/encode-fitted.ts";
import type { ModelDesign } from "../../src/train/program.ts";
import { classifyDesign, infoOf } from "../design.ts";
import { relativeError } from "../golden.ts";
import { bagOf } from "../planted-bags.ts";

interface Array64 {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

interface Golden {
  readonly hidden: number;
  readonly attention: number;
  readonly mean: Array64;
  readonly deviation: Array64;
  readonly weights: Readonly<Record<string, Array64>>;
  readonly x: Array64;
  readonly parts: Array64;
  readonly change: Array64;
  readonly missed: number;
}

const golden = JSON.parse(readFileSync(new URL("../golden/explain.json", import.meta.url), "utf8")) as Golden;
const floats = ({ values }: Array64): Float32Array<ArrayBuffer> => Float32Array.from(values);

/** Gated attention that keeps its instances to itself, so that its contributions are gradients, as of a model that mixes tiles. */
function closedDesign(): ModelDesign {
  const { hidden, attention, mean, deviation } = golden;
  const standardisation = { mean: floats(mean), deviation: floats(deviation) };
  const design = classifyDesign({ name: "abmil", hidden, attention }, { d: mean.values.length, k: 3, standardisation });
  const { aggregator } = design;
  return {
    ...design,
    aggregator: {
      ...aggregator,
      build(scope, options) {
        const built = aggregator.build(scope, options);
        if (!("instances" in built)) throw new Error("expected pooled instances");
        const { instances: _, ...pooled } = built;
        return pooled;
      },
    },
  };
}

it("integrated gradients of gated attention are those of the quadrature, tile by tile and score by score", async () => {
  const design = closedDesign();
  const weights = Object.fromEntries(Object.entries(golden.weights).map(([name, array]) => [name, floats(array)]));
  const session = await openSession(encodeFitted(design, weights, infoOf(design)));
  const bag = bagOf(floats(golden.x), golden.mean.values.length);
  const tight = unwrap(await integratedGradients(session, bag, { tolerance: 1e-5, mostRuns: 2000 }));
  const usual = unwrap(await integratedGradients(session, bag));
  await session.close();
  expect(golden.missed).toBeLessThan(1e-3);
  expect(relativeError([...tight.values], golden.parts.values)).toBeLessThan(1e-4);
  expect(relativeError([...usual.values], golden.parts.values)).toBeLessThan(1e-3);
  for (const [c, change] of golden.change.values.entries()) {
    const sum = tight.values.reduce((total, value, i) => total + (i % 3 === c ? value : 0), 0);
    expect(Math.abs(sum - change)).toBeLessThan(1e-4);
  }
});
