import { type Bag, randomStream, unwrap } from "@nacre/core";
import { encodeModel } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { openSlideEncoder } from "../../src/longnet/slide-encoder.ts";
import { bagFeeds } from "../../src/train/bag-feeds.ts";
import { initialise } from "../../src/train/initialise.ts";
import { assemble, bagInputs, weightInputs, weightSpecs } from "../../src/train/program.ts";
import { classifyDesign } from "../design.ts";
import { noiseBag } from "../planted-bags.ts";

const SMALL = { width: 24, heads: 6, ffn: 40, layers: 3, layer: 2, grid: 300 };
const BRANCHES = {
  segment1: 16,
  segment2: 37,
  segment3: 1000,
  segment4: 0,
  segment5: 0,
  ratio1: 1,
  ratio2: 4,
  ratio3: 3,
};

function scattered(n: number, seed: number): Bag {
  const random = randomStream(seed, "places");
  const bag = noiseBag(n, 5, random);
  const places = random.shuffled(Array.from({ length: 900 }, (_, i) => i)).slice(0, n);
  return {
    ...bag,
    x: Int32Array.from(places, (p) => 256 * Math.floor(p / 30)),
    y: Int32Array.from(places, (p) => 256 * (p % 30)),
  };
}

async function inOneGraph(design: ReturnType<typeof classifyDesign>, weights: ReturnType<typeof initialise>, bag: Bag) {
  const embedding = assemble(design, weightInputs(design), bagInputs(design), null).scored.embedding;
  const session = await openSession(encodeModel({ outputs: { embedding } }));
  const fed = Object.fromEntries(
    weightSpecs(design).map(({ name, shape }) => [name, { data: weights[name] as Float32Array, dims: shape }]),
  );
  const found = await session.run({ ...fed, ...bagFeeds(bag, null, { places: true, covariates: 0 }) });
  await session.close();
  return found.embedding?.data as Float32Array;
}

describe("the slide encoder in blocks", () => {
  it.each([
    ["padding in the softmax", {}],
    ["padding left out", { maskPadding: true }],
    ["the class token", { classToken: true }],
    ["all layers and the last normalisation", { lastNorm: true }],
    ["tiles as they come", { sorted: false }],
  ])("gives the embedding of the one graph: %s", async (_, changed) => {
    const standardisation = { mean: new Float32Array(5).fill(0.3), deviation: new Float32Array(5).fill(1.7) };
    const spec = { name: "longnet", ...SMALL, ...BRANCHES, ...changed };
    const design = classifyDesign(spec, { d: 5, k: 2, standardisation });
    const weights = initialise(weightSpecs(design), 3);
    const encoder = await openSlideEncoder({ design, weights }, openSession, { rows: 20, logits: 1000 });
    for (const n of [1, 16, 90]) {
      const bag = scattered(n, n);
      const { embedding } = unwrap(await encoder.encode(bag));
      const wanted = await inOneGraph(design, weights, bag);
      expect(Math.max(...wanted.map((w, i) => Math.abs(w - (embedding[i] as number))))).toBeLessThan(3e-6);
    }
    await encoder.close();
  });

  it("names the tile that lies beyond the grid of positions", async () => {
    const design = classifyDesign({ name: "longnet", ...SMALL, ...BRANCHES, grid: 10 }, { d: 5, k: 2 });
    const encoder = await openSlideEncoder({ design, weights: initialise(weightSpecs(design), 1) }, openSession);
    const bag = { ...noiseBag(3, 5, randomStream(1)), x: Int32Array.of(0, 256, 2560), y: new Int32Array(3) };
    const outcome = await encoder.encode(bag);
    expect(outcome.ok ? "" : `${outcome.failure.kind}: ${outcome.failure.received}`).toBe(
      "out-of-bounds: tile 2 in column 10, row 0",
    );
    await encoder.close();
  });
});
