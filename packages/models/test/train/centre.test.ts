import { type Bag, type MultitaskTask, randomStream, type SurviveTask, type Task, unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { type HeadFacts, type Label, PLAIN_LOSS } from "../../src/head/head.ts";
import { averageModels, bagsInMemory, describeModel, type FitRequest, fit, predict } from "../../src/index.ts";
import { decodeFitted, encodeFitted } from "../../src/model/encode-fitted.ts";
import { centred } from "../../src/train/centre.ts";
import type { Weights } from "../../src/train/initialise.ts";
import { openJudge } from "../../src/train/judge.ts";
import { noiseBag } from "../planted-bags.ts";

const cox: SurviveTask = { kind: "survive", time: "t", event: "e", intervals: null };
const both: MultitaskTask = {
  kind: "multitask",
  tasks: [
    { name: "age", weight: 1, task: { kind: "regress", label: "age" } },
    { name: "death", weight: 1, task: cox },
  ],
};
const random = randomStream(23, "centre");
// Features far from zero, so that scores are too.
const bags = new Map<string, Bag>(
  Array.from({ length: 24 }, (_, i) => {
    const bag = noiseBag(6, 4, random);
    return [`bag-${i}`, { ...bag, features: bag.features.map((value) => value + 4) }];
  }),
);
const followed = (i: number) => ({ time: 1 + ((7 * i) % 11), event: i % 3 !== 0 });

async function fitted(
  task: Task,
  labelOf: (i: number) => Label,
  change: Partial<FitRequest> = {},
): Promise<Uint8Array> {
  const labelled = [...bags.keys()].map((id, i) => ({ id, label: labelOf(i) }));
  const request: FitRequest = {
    task,
    aggregator: { name: "mean" },
    options: { epochs: 3, lr: 1e-2, seed: 1, batch: 8, standardise: false },
    bags: bagsInMemory(bags),
    train: labelled.slice(0, 16),
    tune: labelled.slice(16),
    openSession,
    ...change,
  };
  return unwrap(await fit(request)).onnx;
}

/** Answers of all bags. */
async function answersOf(onnx: Uint8Array, name: string): Promise<number[]> {
  const session = await openSession(onnx);
  const found: number[] = [];
  for (const bag of bags.values()) found.push(unwrap(await predict(session, bag)).answers[name]?.[0] as number);
  await session.close();
  return found;
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe("risks of proportional hazards", () => {
  it.each([1, 2])("are counted from the mean of the train bags, whatever the seed (%d)", async (seed) => {
    const options = { epochs: 3, lr: 1e-2, seed, batch: 8, standardise: false };
    const onnx = await fitted(cox, followed, { options });
    const risks = await answersOf(onnx, "risk");
    expect(mean(risks.slice(0, 16))).toBeCloseTo(0, 5);
    expect(Math.abs(unwrap(describeModel(onnx)).facts.zero as number)).toBeGreaterThan(0.1);
    expect(Math.max(...risks.map(Math.abs))).toBeGreaterThan(0.01);
  });

  it("have their zero in a fit without a tune part and in one of several tasks, whose other answers stay", async () => {
    expect(mean((await answersOf(await fitted(cox, followed, { tune: [] }), "risk")).slice(0, 16))).toBeCloseTo(0, 5);
    const onnx = await fitted(both, (i) => [60 + i, followed(i)]);
    const { tasks } = unwrap(describeModel(onnx)).facts as { tasks: HeadFacts[] };
    expect(tasks.map((facts) => "zero" in facts)).toEqual([false, true]);
    expect(mean((await answersOf(onnx, "death.risk")).slice(0, 16))).toBeCloseTo(0, 5);
  });

  it("do not change when a constant is added to all scores", async () => {
    const onnx = await fitted(cox, followed, { aggregator: { name: "dsmil" } });
    const { design, weights, info } = unwrap(decodeFitted(onnx));
    const examples = [...bags].slice(0, 16).map(([id, tiles]) => ({ id, tiles, covariates: null }));
    const shiftedBy = async (shift: number): Promise<{ zero: number; risks: number[] }> => {
      const own: Weights = { ...weights, "bag.bias": (weights["bag.bias"] as Weights[string]).map((b) => b + shift) };
      const judge = await openJudge(design, 1, openSession);
      const learned = { design, facts: { events: info.facts.events as number }, loss: PLAIN_LOSS };
      const known = await centred(learned, own, inTurn(examples), judge);
      await judge.close();
      const file = encodeFitted(known.design, own, { ...info, facts: known.facts });
      return { zero: known.facts.zero as number, risks: await answersOf(file, "risk") };
    };
    const [plain, moved] = [await shiftedBy(0), await shiftedBy(3)];
    expect(moved.zero - plain.zero).toBeGreaterThan(1);
    moved.risks.forEach((risk, i) => {
      expect(risk).toBeCloseTo(plain.risks[i] as number, 5);
    });
  });

  it("of two fits are averaged on one scale", async () => {
    const files = [await fitted(cox, followed), await fitted(cox, followed, { aggregator: { name: "max" } })];
    const risks = await answersOf(averageModels(files), "risk");
    expect(mean(risks.slice(0, 16))).toBeCloseTo(0, 5);
  });
});

async function* inTurn<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}
