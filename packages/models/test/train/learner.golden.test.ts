import { adamScalars, encodeModel, type TensorData } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { gradientsOf, weightInputs } from "../../src/train/program.ts";
import { lossOf, wholeStep } from "../../src/train/step-graph.ts";
import { bagFeeds, designOf, type GoldenCase, goldenCases, relativeError, weightFeeds } from "../golden.ts";

/** 5e-6, or twice what PyTorch itself loses in single precision: a loss near zero is a difference of large logits. */
const allowed = (float32Error: number): number => Math.max(5e-6, 2 * float32Error);

/** The loss and all gradients of one case, as a session. */
function openGradients(golden: GoldenCase) {
  const weights = weightInputs(designOf(golden));
  const { loss } = lossOf(designOf(golden), weights);
  const slopes = gradientsOf(loss, weights);
  const outputs = Object.fromEntries([...slopes].map(([name, slope]) => [`${name}.slope`, slope]));
  return openSession(encodeModel({ outputs: { loss, ...outputs } }));
}

/** Losses of 20 steps of Adam over the bags in turn, and the weights afterwards. */
async function learn(golden: GoldenCase) {
  const { lr, weightDecay } = golden.adam;
  const session = await openSession(wholeStep(designOf(golden), { weightDecay }).onnx);
  let state: Record<string, TensorData> = weightFeeds(golden);
  for (const [name, { data, dims }] of Object.entries(state)) {
    state[`${name}.m`] = { data: new Float32Array(data.length), dims };
    state[`${name}.v`] = { data: new Float32Array(data.length), dims };
  }
  const losses: number[] = [];
  for (let step = 1; step <= 20; step++) {
    const bag = golden.bags[(step - 1) % golden.bags.length];
    if (bag === undefined) throw new RangeError("expected bags in the golden file, received none");
    const { rate, correction } = adamScalars(step, lr);
    const scalars = {
      rate: { data: Float32Array.of(rate), dims: [] },
      correction: { data: Float32Array.of(correction), dims: [] },
    };
    const out = await session.run({ ...state, ...scalars, ...bagFeeds(golden, bag) });
    losses.push(Number(out.loss?.data[0]));
    state = Object.fromEntries(Object.keys(state).map((name) => [name, out[`${name}.next`] as TensorData]));
  }
  await session.close();
  return { losses, state };
}

describe.each(goldenCases)("$aggregator: $name", (golden) => {
  it("has the loss and the gradients of PyTorch in double precision", async () => {
    const session = await openGradients(golden);
    for (const bag of golden.bags) {
      const out = await session.run({ ...weightFeeds(golden), ...bagFeeds(golden, bag) });
      expect(relativeError(out.loss?.data as Float32Array, [bag.loss])).toBeLessThan(allowed(bag.float32Error.loss));
      const most = allowed(bag.float32Error.gradients);
      for (const [name, slope] of Object.entries(bag.gradients)) {
        expect(relativeError(out[`${name}.slope`]?.data as Float32Array, slope), name).toBeLessThan(most);
      }
    }
    await session.close();
  });

  it("follows PyTorch through 20 steps of Adam with weight decay", async () => {
    const { losses, state } = await learn(golden);
    expect(relativeError(losses, golden.adam.losses)).toBeLessThan(2e-5);
    for (const [name, values] of Object.entries(golden.adam.weights)) {
      expect(relativeError(state[name]?.data as Float32Array, values), name).toBeLessThan(2e-5);
    }
  });
});
