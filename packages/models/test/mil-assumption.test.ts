/**
 * The single-concept test of Raff and Holt 2023 (Reproducibility in multiple instance learning: a case for algorithmic unit
 * tests), from its description; sizes are ours. A bag is positive if it holds the concept. In training negative bags also hold
 * a poison tile, in the test positive ones do. A method that keeps to the multiple instance assumption reads the concept and
 * stays above 1/2; one that reads "no poison" as evidence for positive falls below.
 */
import { type Bag, type ClassifyTask, randomStream, unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { type AggregatorSpec, bagsInMemory, fit, type Labelled, predict } from "../src/index.ts";
import { areaUnderCurve } from "./area-under-curve.ts";
import { noiseBag } from "./planted-bags.ts";

const task: ClassifyTask = { kind: "classify", label: "concept", classes: ["no", "yes"], positive: "yes" };
const D = 16;

function makeBags(
  part: "train" | "test",
  poisoned: number | null,
): { bags: Map<string, Bag>; labelled: Labelled<number>[] } {
  const random = randomStream(5, part);
  const bags = new Map<string, Bag>();
  const labelled: Labelled<number>[] = [];
  for (let i = 0; i < 80; i++) {
    const label = i % 2;
    const bag = noiseBag(10 + random.below(11), D, random);
    if (label === 1) plant(bag, 1, 3);
    if (label === poisoned) plant(bag, 0, -10);
    bags.set(`${part}-${i}`, bag);
    labelled.push({ id: `${part}-${i}`, label });
  }
  return { bags, labelled };
  function plant(bag: Bag, place: number, centre: number): void {
    for (let j = 0; j < D; j++) bag.features[place * D + j] = centre + 0.1 * random.normal();
  }
}

async function areas(
  aggregator: AggregatorSpec,
  lr: number,
  isPoisoned: boolean,
): Promise<{ train: number; test: number }> {
  const [train, test] = [makeBags("train", isPoisoned ? 0 : null), makeBags("test", isPoisoned ? 1 : null)];
  const bags = bagsInMemory(new Map([...train.bags, ...test.bags]));
  const model = unwrap(
    await fit({
      task,
      aggregator,
      options: { epochs: 20, lr, seed: 1 },
      bags,
      train: train.labelled.slice(0, 60),
      tune: train.labelled.slice(60),
      openSession,
    }),
  );
  const session = await openSession(model.onnx);
  const area = async (labelled: readonly Labelled<number>[]): Promise<number> => {
    const scores: { score: number; label: number }[] = [];
    for (const { id, label } of labelled) {
      const { logits } = unwrap(await predict(session, unwrap(await bags.load(id))));
      scores.push({ score: (logits[1] as number) - (logits[0] as number), label });
    }
    return areaUnderCurve(scores);
  };
  const result = { train: await area(train.labelled.slice(0, 60)), test: await area(test.labelled) };
  await session.close();
  return result;
}

/** The last column: whether a poison of low values in negative bags misleads the method. A maximum cannot see low values. */
const methods = [
  ["mean", { name: "mean" }, 1e-2, true],
  ["max", { name: "max" }, 1e-2, false],
  ["abmil", { name: "abmil", hidden: 32, attention: 16 }, 2e-3, true],
  ["clam-sb", { name: "clam-sb", hidden: 32, attention: 16 }, 2e-3, true],
  ["toad", { name: "toad", hidden: 32, attention: 16 }, 2e-3, true],
  ["chief", { name: "chief", hidden: 32, attention: 16 }, 2e-3, true],
] as const;

describe.each(methods)("%s", (_, aggregator, lr, isFooled) => {
  it("reads the concept where nothing else tells the classes apart", async () => {
    const { train, test } = await areas(aggregator, lr, false);
    expect(Math.min(train, test)).toBeGreaterThan(0.9);
  });

  it(`is ${isFooled ? "misled by" : "blind to"} a sign of negative bags, as its documentation says`, async () => {
    const { train, test } = await areas(aggregator, lr, true);
    expect(train).toBeGreaterThan(0.95);
    expect(test < 0.5).toBe(isFooled);
  });
});
