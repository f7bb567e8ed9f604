import { type Random, randomStream, unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { type AggregatorSpec, aggregators, fit } from "../../src/index.ts";
import { type Example, type LearnerOptions, openLearner, type PlannedStep } from "../../src/train/learner.ts";
import type { ModelDesign } from "../../src/train/program.ts";
import { inRowOf } from "../../src/train/steps-in-row.ts";
import { classifyDesign } from "../design.ts";
import { noiseBag, plantBags } from "../planted-bags.ts";

const SETTINGS = { batch: 1, chunk: 4096, threads: 1, seed: 3, weightDecay: 1e-3 } as const;
const MANY = { bytes: 1e5, steps: 1e5 };

const inRow = aggregators()
  .map(({ name }) => name)
  .filter((name) => inRowOf(classifyDesign({ name }, { d: 6, k: 3 }), SETTINGS, MANY) > 1);

function smallOf(name: string): AggregatorSpec {
  const options = aggregators().find((known) => known.name === name)?.options ?? {};
  return { name, ...("hidden" in options && { hidden: 12 }), ...("attention" in options && { attention: 6 }) };
}

const sizes = [5, 1, 9, 5, 3, 12, 2, 7, 4, 6, 8];

function examplesOf(design: ModelDesign, lengths: readonly number[]): Example[] {
  return lengths.map((n, i) => {
    const covariates = design.covariates === 0 ? null : new Array<number>(design.covariates).fill(i / 10);
    return { id: `bag-${i}`, tiles: noiseBag(n, design.d, randomStream(7, i)), covariates, label: i % design.head.k };
  });
}

/** Losses and weights after steps of one bag each, asked for `length` at a time. */
async function learned(design: ModelDesign, options: Partial<LearnerOptions>, length: number, lengths = sizes) {
  const learner = await openLearner(design, { ...SETTINGS, ...options, inRow: length }, openSession);
  const masks: Random = randomStream(11, "masks");
  const plan: PlannedStep[] = examplesOf(design, lengths).map((bag, i) => ({ batch: [bag], lr: 1e-2 / (i + 1) }));
  const losses: number[] = [];
  for (let at = 0; at < plan.length; at += length) {
    losses.push(...(await learner.steps(plan.slice(at, at + length), masks)));
  }
  const weights = await learner.weights();
  await learner.close();
  return { losses, weights };
}

describe("steps in a row", () => {
  it("are taken with every aggregator whose step is small", () => {
    const small = ["mean", "max", "top-k", "per-tile", "abmil", "clam-sb", "clam-mb", "toad", "chief", "dsmil"];
    expect(inRow.toSorted()).toEqual(small.toSorted());
  });

  it.each(inRow)(
    "have the bits of single ones with %s, with dropout, bags of unlike length and another number of threads",
    async (name) => {
      const design = classifyDesign(smallOf(name), { d: 6, k: 3, dropout: 0.25, covariates: 2 });
      expect(await learned(design, { threads: 2 }, 4)).toEqual(await learned(design, {}, 1));
    },
  );

  it.each<[string, Partial<LearnerOptions>]>([
    ["momentum", { optimiser: "sgd", momentum: 0.9 }],
    ["decoupled decay, clipped", { optimiser: "adamw", clipNorm: 0.1 }],
    ["an average of the weights", { ema: 0.9 }],
  ])("have the bits of single ones with %s", async (_, options) => {
    const design = classifyDesign({ name: "abmil", hidden: 8, attention: 4 }, { d: 6, k: 3, dropout: 0.5 });
    expect(await learned(design, options, 4)).toEqual(await learned(design, options, 1));
  });

  it("give way to single ones where a bag is gone through in chunks", async () => {
    const design = classifyDesign({ name: "abmil", hidden: 8, attention: 4 }, { d: 6, k: 3 });
    const lengths = [5, 80, 9, 5, 7, 3, 8, 9];
    expect(await learned(design, { chunk: 64 }, 4, lengths)).toEqual(await learned(design, { chunk: 64 }, 1, lengths));
  });

  it("are not planned for large bags, few steps or several bags a step", () => {
    const design = classifyDesign({ name: "abmil" }, { d: 6, k: 3 });
    const planned = (change: Partial<typeof MANY>): number => inRowOf(design, SETTINGS, { ...MANY, ...change });
    expect([planned({}), planned({ bytes: 1e8 }), planned({ steps: 100 }), planned({ steps: 0 })]).toEqual([
      8, 1, 1, 1,
    ]);
  });
});

describe("a fit long enough for rows", () => {
  it("is the fit of single steps", async () => {
    const { source, labelled } = plantBags({ bags: 20, d: 4, tiles: [1, 9], share: 0.3, distance: 2, seed: 1 });
    const task = classifyDesign({ name: "abmil" }, { d: 4, k: 2 }).task;
    const fitted = async (epochs: number) => {
      const options = { epochs, lr: 1e-2, seed: 1 };
      const aggregator = { name: "abmil", hidden: 8, attention: 4 };
      const labels = { train: labelled.slice(0, 15), tune: labelled.slice(15) };
      return unwrap(await fit({ task, aggregator, options, bags: source, ...labels, openSession }));
    };
    const [short, long] = [await fitted(33), await fitted(34)]; // 495 and 510 steps: one step at a time, and eight
    expect(long.history.slice(0, short.history.length)).toEqual(short.history);
  });
});
