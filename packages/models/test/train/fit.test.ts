import { type Bag, type ClassifyTask, type FailureKind, randomStream, unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { bagsInMemory, describeModel, type FitRequest, fit, predict } from "../../src/index.ts";
import { bagOf, noiseBag, plantBags } from "../planted-bags.ts";

const task: ClassifyTask = { kind: "classify", label: "egfr", classes: ["wild", "mutant"], positive: "mutant" };
const planted = plantBags({ bags: 16, d: 5, tiles: [1, 12], share: 0.3, distance: 2, seed: 4 });
const small = { name: "abmil", hidden: 8, attention: 4 };

function request(change: Partial<FitRequest> = {}): FitRequest {
  return {
    task,
    aggregator: small,
    options: { epochs: 4, lr: 1e-2, seed: 1 },
    bags: planted.source,
    train: planted.labelled.slice(0, 12),
    tune: planted.labelled.slice(12),
    openSession,
    ...change,
  };
}

async function withBag(id: string, bag: Bag): Promise<FitRequest["bags"]> {
  const bags = new Map<string, Bag>();
  for (const { id: other } of planted.labelled) bags.set(other, unwrap(await planted.source.load(other)));
  return bagsInMemory(bags.set(id, bag));
}

async function failureOf(change: Partial<FitRequest>): Promise<{ kind: FailureKind; received: string } | null> {
  const fitted = await fit(request(change));
  return fitted.ok ? null : fitted.failure;
}

describe("fit", () => {
  it("keeps the epoch of lowest tune loss", async () => {
    const model = unwrap(await fit(request({ options: { epochs: 12, lr: 3e-2, seed: 1 } })));
    const losses = model.history.map(({ tuneLoss }) => tuneLoss as number);
    expect(losses[model.bestEpoch - 1]).toBe(Math.min(...losses));
    expect(model.chosenBy).toBe("tune-loss");
  });

  it("gives the very model it would have given had it ended at the best epoch", async () => {
    const long = unwrap(await fit(request({ options: { epochs: 12, lr: 3e-2, seed: 1 } })));
    const short = unwrap(await fit(request({ options: { epochs: long.bestEpoch, lr: 3e-2, seed: 1 } })));
    expect(short.onnx).toEqual(long.onnx);
  });

  it("says how its largest bag went through a step", async () => {
    const bags = new Map<string, Bag>();
    for (const { id } of planted.labelled) bags.set(id, unwrap(await planted.source.load(id)));
    bags.set(planted.labelled[0]?.id as string, noiseBag(70, 5, randomStream(3)));
    const options = { epochs: 1, seed: 1, chunk: 64 };
    const wayOf = async (name: string) =>
      unwrap(await fit(request({ bags: bagsInMemory(bags), aggregator: { name }, options }))).way;
    expect([await wayOf("abmil"), await wayOf("mean")]).toEqual(["chunks", "whole"]);
  });

  it("keeps the last epoch and says so where there is nothing to tune on", async () => {
    const model = unwrap(await fit(request({ tune: [] })));
    expect(model).toMatchObject({ chosenBy: "last-epoch", bestEpoch: 4, stopped: "epochs" });
    expect(model.history.every(({ tuneLoss }) => tuneLoss === null)).toBe(true);
  });

  it("stops after as many epochs without a lower tune loss as its patience", async () => {
    const model = unwrap(await fit(request({ options: { epochs: 200, lr: 0.1, patience: 3, seed: 1 } })));
    expect(model.stopped).toBe("patience");
    expect(model.history.length).toBe(model.bestEpoch + 3);
  });

  it("never asks for a bag outside the train and tune parts", async () => {
    const asked = new Set<string>();
    const load = (id: string) => {
      asked.add(id);
      return planted.source.load(id);
    };
    const bags = { ...planted.source, load };
    unwrap(await fit(request({ bags, train: planted.labelled.slice(0, 8), tune: planted.labelled.slice(8, 12) })));
    expect([...asked].sort()).toEqual(
      planted.labelled
        .slice(0, 12)
        .map(({ id }) => id)
        .sort(),
    );
  });

  it("writes a model that says what it is for", async () => {
    const model = unwrap(await fit(request()));
    expect(unwrap(describeModel(model.onnx))).toEqual({
      task,
      facts: { counts: [6, 6] },
      covariates: 0,
      d: 5,
      space: "test",
      aggregator: {
        name: "abmil",
        options: { hidden: 8, attention: 4, gated: true, layers: 1, dropout: 0.25, gateDropout: true },
      },
      standardised: true,
      members: 1,
      synthetic: null,
    });
  });

  it("scaling and shifting a feature changes no prediction, since the model standardises by its train tiles", async () => {
    const moved = new Map<string, Bag>();
    for (const { id } of planted.labelled) {
      const { features, d } = unwrap(await planted.source.load(id));
      moved.set(
        id,
        bagOf(
          features.map((v, i) => v * 2 ** ((i % d) - 2) * 8),
          d,
        ),
      );
    }
    const predictAll = async (bags: FitRequest["bags"]) => {
      const session = await openSession(unwrap(await fit(request({ bags }))).onnx);
      const answers = [];
      for (const { id } of planted.labelled) {
        answers.push(...unwrap(await predict(session, unwrap(await bags.load(id)))).probabilities);
      }
      await session.close();
      return answers;
    };
    const [plain, scaled] = [await predictAll(planted.source), await predictAll(bagsInMemory(moved))];
    expect(Math.max(...plain.map((p, i) => Math.abs(p - (scaled[i] as number))))).toBeLessThan(1e-5);
  });

  it("learns from bags of one tile", async () => {
    const one = plantBags({ bags: 8, d: 4, tiles: [1, 1], share: 1, distance: 3, seed: 2 });
    for (const name of ["mean", "max", "abmil", "clam-sb"]) {
      const aggregator = { name };
      const fitted = await fit(
        request({ aggregator, bags: one.source, train: one.labelled, tune: [], options: { epochs: 2 } }),
      );
      expect(fitted.ok, name).toBe(true);
    }
  });

  it("is the same fit where what is not asked for is spelt out", async () => {
    const plain = unwrap(await fit(request()));
    const spelt = {
      optimiser: "adam",
      clipNorm: null,
      ema: null,
      layerDecay: 1,
      warmup: 0,
      sampling: "each",
      tileDropout: 0,
      batch: 1,
    } as const;
    expect(unwrap(await fit(request({ options: { epochs: 4, lr: 1e-2, seed: 1, ...spelt } }))).onnx).toEqual(
      plain.onnx,
    );
  });

  it.each([
    ["adamw", { optimiser: "adamw", weightDecay: 0.1 }],
    ["sgd", { optimiser: "sgd", lr: 0.05 }],
    ["clipping", { clipNorm: 0.05 }],
    ["an average", { ema: 0.5 }],
    ["a warm-up", { warmup: 2 }],
    ["balanced draws", { sampling: "balanced" }],
    ["tile dropout", { tileDropout: 0.5 }],
    ["batches", { batch: 5 }],
  ] as const)("with %s is another fit, the same each time, and learns", async (_, change) => {
    const options = { epochs: 6, lr: 1e-2, seed: 1, ...change };
    const [first, again] = [unwrap(await fit(request({ options }))), unwrap(await fit(request({ options })))];
    expect(again.onnx).toEqual(first.onnx);
    expect(first.weights).not.toEqual(
      unwrap(await fit(request({ options: { epochs: 6, lr: 1e-2, seed: 1 } }))).weights,
    );
    expect(first.history.at(-1)?.trainLoss).toBeLessThan(first.history[0]?.trainLoss as number);
  });

  it("fits on a choice of tiles where a bag is larger than allowed, the same choice each time", async () => {
    const options = { epochs: 3, lr: 1e-2, seed: 1, maxTiles: 3 };
    const [first, second] = [unwrap(await fit(request({ options }))), unwrap(await fit(request({ options })))];
    expect(second.onnx).toEqual(first.onnx);
    expect(first.onnx).not.toEqual(unwrap(await fit(request({ options: { ...options, maxTiles: null } }))).onnx);
  });
});

describe("fit refuses", () => {
  it("a train part without one of the classes, and names the class", async () => {
    const train = planted.labelled.filter(({ label }) => label === 0);
    expect(await failureOf({ train, tune: [] })).toMatchObject({
      kind: "one-class",
      received: "none of mutant among 8",
    });
  });

  it("an empty train part", async () => {
    expect(await failureOf({ train: [], tune: [] })).toMatchObject({ kind: "too-few" });
  });

  it("layer-wise decay for an aggregator of one layer", async () => {
    expect(await failureOf({ options: { layerDecay: 0.5 } })).toMatchObject({ kind: "bad-study" });
  });

  it("follow-ups that are all censored", async () => {
    const censored = { kind: "survive", time: "months", event: "died", intervals: null } as const;
    const train = planted.labelled.map(({ id }, i) => ({ id, label: { time: 1 + i, event: false } }));
    expect(await failureOf({ task: censored, train, tune: [] })).toMatchObject({ kind: "no-events" });
  });

  it("a bag of another dimension", async () => {
    const bags = await withBag("bag-3", noiseBag(4, 6, randomStream(1)));
    expect(await failureOf({ bags })).toMatchObject({ kind: "dimension-mismatch", received: "6 in bag-3" });
  });

  it("a bag of another encoder", async () => {
    const bags = await withBag("bag-3", { ...noiseBag(4, 5, randomStream(1)), space: "other" });
    expect(await failureOf({ bags })).toMatchObject({ kind: "encoder-mismatch" });
  });

  it("a feature that is not a number", async () => {
    const bag = noiseBag(4, 5, randomStream(1));
    bag.features[7] = Number.NaN;
    expect(await failureOf({ bags: await withBag("bag-13", bag) })).toMatchObject({ kind: "not-finite" });
  });

  it("a bag without tiles", async () => {
    const bags = await withBag("bag-3", bagOf(new Float32Array(0), 5));
    expect(await failureOf({ bags })).toMatchObject({ kind: "empty-bag" });
  });

  it("to go on when the loss is no longer a number", async () => {
    const huge = bagOf(new Float32Array(15).fill(3e38), 5);
    const options = { standardise: false, epochs: 3 };
    const bags = await withBag("bag-3", huge);
    expect(await failureOf({ aggregator: { name: "mean" }, bags, options })).toMatchObject({ kind: "diverged" });
  });

  it("to go on when it is told to stop", async () => {
    const stop = new AbortController();
    const onEpoch = ({ epoch }: { epoch: number }): void => {
      if (epoch === 2) stop.abort();
    };
    expect(await failureOf({ signal: stop.signal, onEpoch })).toMatchObject({ kind: "cancelled" });
  });

  it("an unknown aggregator or option, and names the nearest", async () => {
    const wrong = await fit(request({ aggregator: { name: "abmill" } }));
    expect(wrong).toMatchObject({ ok: false, failure: { kind: "bad-study", remedy: "did you mean abmil" } });
    const misspelt = await fit(request({ aggregator: { name: "abmil", hiden: 3 } }));
    expect(misspelt).toMatchObject({ ok: false, failure: { kind: "bad-study", remedy: "did you mean hidden" } });
  });

  it("a class that the task does not have", async () => {
    await expect(fit(request({ train: [{ id: "bag-0", label: 2 }] }))).rejects.toThrow(RangeError);
  });
});
