import { readFileSync } from "node:fs";
import { unwrap } from "@nacre/core";
import { encodeModel } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { predict } from "../../src/index.ts";
import { encodeFitted } from "../../src/model/encode-fitted.ts";
import { gradientsOf, weightInputs } from "../../src/train/program.ts";
import { lossOf } from "../../src/train/step-graph.ts";
import { infoOf } from "../design.ts";
import { bagFeeds, designOf, type GoldenCase, relativeError, weightFeeds, weightsOf } from "../golden.ts";
import { bagOf } from "../planted-bags.ts";

/** Recorded from PyTorch in float64 by tools/oracles/torch_attention_family.py. */
const { cases } = JSON.parse(readFileSync(new URL("../golden/attention-family.json", import.meta.url), "utf8")) as {
  readonly cases: readonly Omit<GoldenCase, "adam">[];
};

describe.each(cases as readonly GoldenCase[])("$aggregator: $name", (golden) => {
  it("has the loss and the gradients of PyTorch in double precision", async () => {
    const weights = weightInputs(designOf(golden));
    const { loss } = lossOf(designOf(golden), weights);
    const slopes = gradientsOf(loss, weights);
    const outputs = Object.fromEntries([...slopes].map(([name, slope]) => [`${name}.slope`, slope]));
    const session = await openSession(encodeModel({ outputs: { loss, ...outputs } }));
    for (const bag of golden.bags) {
      const out = await session.run({ ...weightFeeds(golden), ...bagFeeds(golden, bag) });
      const most = Math.max(5e-6, 2 * Math.max(bag.float32Error.loss, bag.float32Error.gradients));
      expect(relativeError(out.loss?.data as Float32Array, [bag.loss])).toBeLessThan(most);
      for (const [name, slope] of Object.entries(bag.gradients)) {
        expect(relativeError(out[`${name}.slope`]?.data as Float32Array, slope), name).toBeLessThan(most);
      }
    }
    await session.close();
  });

  it("answers as PyTorch in double precision does, output by output", async () => {
    const design = designOf(golden);
    const session = await openSession(encodeFitted(design, weightsOf(golden), infoOf(design)));
    for (const { features, outputs } of golden.bags) {
      const answer = unwrap(await predict(session, bagOf(Float32Array.from(features), golden.d)));
      for (const [name, values] of Object.entries(outputs)) {
        const ours = answer[name as "logits" | "probabilities" | "embedding" | "attention" | "contribution"];
        expect(relativeError(ours, values), name).toBeLessThan(5e-6);
      }
    }
    await session.close();
  });
});
