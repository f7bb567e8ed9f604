/**
 * What may be wrong with a bag, with labels and with a checkpoint, once for every aggregator and every method: a failure of its own kind
 * in a sentence that says what was expected, what came and what to do; or, for very small bags, an answer.
 */
import { readdirSync, readFileSync } from "node:fs";
import { type Bag, describeFailure, type Failure, type Outcome, randomStream, unwrap } from "@nacre/core";
import { readWeights, type Session } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type AggregatorSpec,
  aggregators,
  bagsInMemory,
  type Checkpoint,
  checkpoints,
  type FitRequest,
  fit,
  importCheckpoint,
  type Labelled,
  predict,
} from "../src/index.ts";
import { encodeFitted } from "../src/model/encode-fitted.ts";
import { initialise } from "../src/train/initialise.ts";
import { weightSpecs } from "../src/train/program.ts";
import { classesOf, classifyDesign, infoOf } from "./design.ts";
import { noiseBag } from "./planted-bags.ts";

const D = 6;
const gate = { hidden: 8, attention: 4 };
const blocks = { heads: 2, headWidth: 4, ratio: 1 };
/** A small form of every aggregator. */
const SMALL: Readonly<Record<string, Readonly<Record<string, number | boolean>>>> = {
  mean: {},
  max: {},
  "top-k": { hidden: 8, count: 3 },
  "per-tile": { hidden: 8 },
  abmil: gate,
  "clam-sb": gate,
  "clam-mb": gate,
  toad: gate,
  chief: gate,
  dsmil: { query: 4, values: true },
  transmil: { heads: 2, headWidth: 4, landmarks: 4, iterations: 2 },
  "set-transformer": blocks,
  genbloom: { ...blocks, layers: 1 },
  longnet: { width: 8, ffn: 8, heads: 2, layers: 1, grid: 50, segment1: 4, ratio1: 1, segment2: 8, ratio2: 2 },
};

/** The failure of an outcome, held to the form of every failure. */
function failureOf(outcome: Outcome<unknown>): Failure {
  if (outcome.ok) throw new Error("expected a failure, received a result");
  const { expected, received, remedy } = outcome.failure;
  for (const part of [expected, received, remedy]) expect(part.length).toBeGreaterThan(1);
  return outcome.failure;
}

const random = randomStream(5, "bad-input");
const bagOfSize = (n: number): Bag => noiseBag(n, D, random);

function spoilt(value: number): Bag {
  const bag = bagOfSize(4);
  bag.features[2 * D + 1] = value;
  return bag;
}

it("every aggregator is held to the laws below", () => {
  expect(Object.keys(SMALL).sort()).toEqual(
    aggregators()
      .map(({ name }) => name)
      .sort(),
  );
});

describe.each(Object.entries(SMALL))("a model of %s", (name, options) => {
  const design = classifyDesign({ name, ...options }, { d: D, k: 2 });
  const info = { ...infoOf(design), space: "uni" };
  let session: Session;
  beforeAll(async () => {
    session = await openSession(encodeFitted(design, initialise(weightSpecs(design), 3), info));
  });
  afterAll(() => session.close());
  const asked = (bag: Bag) => predict(session, { ...bag, space: "uni" }, { info, name: "slide 7" });

  it.each([1, 2, 3])("answers of a bag of %i tiles", async (n) => {
    const { probabilities, attention, contribution } = unwrap(await asked(bagOfSize(n)));
    expect([...probabilities, ...contribution].every(Number.isFinite)).toBe(true);
    expect(attention.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
  });

  it.each([
    ["no tiles", bagOfSize(0), "empty-bag", /at least one tile in the bag of slide 7/],
    ["NaN", spoilt(Number.NaN), "not-finite", /NaN at tile 2, feature 1/],
    ["an infinite feature", spoilt(Number.NEGATIVE_INFINITY), "not-finite", /-Infinity at tile 2, feature 1/],
    ["fewer features", noiseBag(3, D - 1, random), "dimension-mismatch", /6 features a tile.*5 in slide 7/],
  ])("refuses a bag with %s by name", async (_, bag, kind, text) => {
    const failure = failureOf(await asked(bag));
    expect([failure.kind, describeFailure(failure)]).toEqual([kind, expect.stringMatching(text)]);
  });

  it("refuses features of another encoder, by the name of both", async () => {
    const failure = failureOf(await predict(session, { ...bagOfSize(3), space: "conch" }, { info, name: "slide 7" }));
    expect(failure.kind).toBe("encoder-mismatch");
    expect(describeFailure(failure)).toMatch(
      /features of uni.*features of conch in slide 7.*encode the slide with uni/i,
    );
  });
});

describe.each(Object.entries(SMALL))("a fit of %s", (name, options) => {
  const aggregator: AggregatorSpec = { name, ...options };
  const labelled = (count: number): Labelled<number>[] =>
    Array.from({ length: count }, (_, i) => ({ id: `bag-${i}`, label: i % 2 }));

  /** A fit on bags of the sizes given, some of them replaced. */
  function request(sizes: readonly number[], change: Partial<FitRequest> & { readonly bag?: Bag } = {}): FitRequest {
    const { bag, ...rest } = change;
    const bags = new Map(sizes.map((n, i) => [`bag-${i}`, i === 1 && bag !== undefined ? bag : bagOfSize(n)]));
    return {
      task: classesOf(2),
      aggregator,
      options: { epochs: 1, seed: 2 },
      bags: bagsInMemory(bags),
      train: labelled(sizes.length),
      tune: [],
      openSession,
      ...rest,
    };
  }

  it("goes through bags of 1, 2 and 3 tiles", async () => {
    const { history } = unwrap(await fit(request([1, 3, 2, 1])));
    expect(history.every(({ trainLoss }) => Number.isFinite(trainLoss))).toBe(true);
  });

  it.each([
    ["no tiles", bagOfSize(0), "empty-bag", /bag of bag-1/],
    ["NaN", spoilt(Number.NaN), "not-finite", /finite features for bag-1.*NaN at tile 2/],
    ["an infinite feature", spoilt(Number.POSITIVE_INFINITY), "not-finite", /Infinity at tile 2/],
    ["other features", noiseBag(4, D + 1, random), "dimension-mismatch", /6 features a tile.*7 in bag-1/],
    ["another encoder's features", { ...bagOfSize(4), space: "conch" }, "encoder-mismatch", /conch in bag-1/],
  ])("refuses a bag with %s before it begins, by name", async (_, bag, kind, text) => {
    const failure = failureOf(await fit(request([4, 4], { bag })));
    expect([failure.kind, describeFailure(failure)]).toEqual([kind, expect.stringMatching(text)]);
  });

  it("refuses a train part without one of the classes, by its name", async () => {
    const train = labelled(2).map((one) => ({ ...one, label: 0 }));
    const failure = failureOf(await fit(request([4, 4], { train })));
    expect(failure.kind).toBe("one-class");
    expect(describeFailure(failure)).toMatch(/bags of every class of y.*none of b among 2.*drop the class/);
  });

  const survives = aggregators().find((one) => one.name === name)?.kinds ?? ["survive"];
  it.skipIf(!survives.includes("survive"))("refuses a train part in which all times are censored", async () => {
    const task = { kind: "survive", time: "days", event: "dead", intervals: null } as const;
    const train = labelled(3).map(({ id }, i) => ({ id, label: { time: i + 1, event: false } }));
    for (const intervals of [null, 2]) {
      const failure = failureOf(await fit(request([4, 4, 4], { task: { ...task, intervals }, train })));
      expect(failure.kind).toBe("no-events");
      expect(describeFailure(failure)).toMatch(
        /at least one event in the train part \(column dead\).*3 bags, all censored/,
      );
    }
  });
});

describe.each(checkpoints().map((checkpoint) => [checkpoint.method, checkpoint] as const))(
  "a %s checkpoint",
  (method, checkpoint) => {
    const bytes = new Uint8Array(readFileSync(new URL(`golden/checkpoints/${method}.pt`, import.meta.url)));
    const archive = unwrap(readWeights(bytes, `${method}.pt`));
    const config = method === "longnet" ? { heads: 4, segment_length: [4, 8], dilated_ratio: [1, 2] } : {};
    const key = lastKeyOf(checkpoint, [...archive.tensors.keys()]);
    const changed = async (change: (tensors: Map<string, { shape: readonly number[] }>) => void): Promise<Failure> => {
      const tensors = new Map(archive.tensors);
      change(tensors);
      return failureOf(await importCheckpoint(checkpoint, { ...archive, tensors }, config));
    };
    const bare = key.replace(/^(state_dict\.|model\.|module\.)+/, "");

    it("that lacks an array is told its key", async () => {
      const failure = await changed((tensors) => tensors.delete(key));
      expect(failure.kind).toMatch(/bad-weights|bad-model/);
      expect(describeFailure(failure)).toContain(told(method, bare));
    });

    it("that holds an array too many is told its key", async () => {
      const prefix = key.slice(0, key.length - bare.length);
      const extra = archive.tensors.get(key);
      const failure = await changed((tensors) => extra !== undefined && tensors.set(`${prefix}decoder.bias`, extra));
      expect([failure.kind, failure.received]).toEqual([
        "bad-weights",
        expect.stringContaining("left over: decoder.bias"),
      ]);
    });

    it("that holds an array of another shape is told its key and both shapes", async () => {
      const failure = await changed((tensors) => {
        const tensor = tensors.get(key);
        if (tensor !== undefined) tensors.set(key, { ...tensor, shape: [...tensor.shape, 3] });
      });
      expect(failure.kind).toMatch(/bad-weights|bad-model/);
      expect(`${failure.expected} ${failure.received}`).toContain("3]");
    });
  },
);

/** An array that the method must have and that no size is read from. */
function lastKeyOf({ method }: Checkpoint, keys: readonly string[]): string {
  const own = keys.find((key) => key.endsWith(KEY[method] ?? ""));
  if (own === undefined) throw new Error(`expected ${KEY[method]} among ${keys.join(", ")}`);
  return own;
}

const KEY: Readonly<Record<string, string>> = {
  abmil: "attention.0.bias",
  "clam-sb": "attention_a.0.bias",
  "clam-mb": "attention_a.0.bias",
  dsmil: "b_classifier.q.0.bias",
  transmil: "_fc1.0.bias",
  toad: "attention_a.0.bias",
  chief: "attention_a.0.bias",
  longnet: "encoder.layers.0.ffn.fc1.bias",
};

/** How the key is called in the sentence: attention pooling is told by roles, since its codes agree on no names. */
function told(method: string, key: string): string {
  if (method === "abmil") return "V.bias";
  return method.startsWith("clam") ? key.replace("attention_net.module.", "attention_net.") : key;
}

describe("a pickle that imports", () => {
  const folder = new URL("../../graph/test/golden/weights/", import.meta.url);
  it.each(readdirSync(folder).filter((name) => name.startsWith("hostile-")))("is refused, nothing run: %s", (name) => {
    const failure = failureOf(readWeights(new Uint8Array(readFileSync(new URL(name, folder))), name));
    expect(failure.kind).toBe("bad-weights");
    expect(describeFailure(failure)).toMatch(/tensors, numbers and texts alone.*an import of \S+.*nothing was run/i);
  });
});
