/** Every kind of task through a fit, a file and a prediction, on bags whose mean tile says where they stand. */
import { type Bag, type MultitaskTask, randomStream, type Task, unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import type { Label } from "../../src/head/head.ts";
import { averageModels, bagsInMemory, describeModel, type FitRequest, fit, predict } from "../../src/index.ts";
import { decodeFitted, encodeFitted } from "../../src/model/encode-fitted.ts";
import { noiseBag } from "../planted-bags.ts";

const BAGS = 60;
const random = randomStream(17, "stands");
const stands = Array.from({ length: BAGS }, () => random.normal());
const bags = new Map<string, Bag>(
  stands.map((stand, i) => {
    const bag = noiseBag(8, 4, random);
    for (let tile = 0; tile < 8; tile++) bag.features[tile * 4] = stand + 0.3 * (bag.features[tile * 4] as number);
    return [`bag-${i}`, bag];
  }),
);

const followed = (stand: number, i: number) => ({ time: Math.round(20 * Math.exp(-stand)) + 1, event: i % 4 !== 0 });
const gradeOf = (stand: number): number => [-0.7, 0, 0.7].filter((cut) => stand > cut).length;
const cox: Task = { kind: "survive", time: "t", event: "e", intervals: null };

/** A task, the label of a bag by where it stands, and the answer that rises with it. */
const KINDS: Readonly<Record<string, readonly [Task, (stand: number, i: number) => Label, string]>> = {
  grades: [{ kind: "ordinal", label: "g", classes: ["0", "1", "2", "3"] }, gradeOf, "grade"],
  labels: [
    { kind: "multilabel", labels: ["er", "pr"] },
    (stand, i) => [i % 5 === 0 ? null : stand > 0 ? 1 : 0, stand > 0.5 ? 1 : 0],
    "probabilities",
  ],
  "a number": [{ kind: "regress", label: "age" }, (stand) => 60 + 8 * stand, "value"],
  "proportional hazards": [cox, followed, "risk"],
  intervals: [{ ...cox, intervals: 4 }, followed, "risk"],
  "several tasks": [
    {
      kind: "multitask",
      tasks: [
        { name: "death", weight: 2, task: cox },
        { name: "age", weight: 1, task: { kind: "regress", label: "age" } },
      ],
    } satisfies MultitaskTask,
    (stand, i) => [followed(stand, i), i % 3 === 0 ? null : 60 + 8 * stand],
    "death.risk",
  ],
};

function request(name: string, change: Partial<FitRequest> = {}): FitRequest {
  const [task, labelOf] = KINDS[name] as (typeof KINDS)[string];
  const labelled = stands.map((stand, i) => ({ id: `bag-${i}`, label: labelOf(stand, i) }));
  return {
    task,
    aggregator: { name: "mean" },
    options: { epochs: 25, lr: 3e-2, seed: 1, batch: 8 },
    bags: bagsInMemory(bags),
    train: labelled.slice(0, 40),
    tune: labelled.slice(40),
    openSession,
    ...change,
  };
}

describe.each(Object.keys(KINDS))("%s", (name) => {
  it("are learned, and foretold by the file alone in the order in which the bags stand", async () => {
    const answer = KINDS[name]?.[2] as string;
    const model = unwrap(await fit(request(name)));
    const session = await openSession(model.onnx);
    const found: number[] = [];
    for (const bag of bags.values()) found.push(unwrap(await predict(session, bag)).answers[answer]?.[0] as number);
    await session.close();
    expect(concordance(found, stands)).toBeGreaterThan(0.85);
  });

  it("are in the file: read and written again it has the same bytes, and the same fit gives them too", async () => {
    const options = { epochs: 2, lr: 1e-2, seed: 3, batch: 8 };
    const { onnx } = unwrap(await fit(request(name, { options })));
    const read = unwrap(decodeFitted(onnx));
    expect(encodeFitted(read.design, read.weights, read.info)).toEqual(onnx);
    expect(unwrap(await fit(request(name, { options }))).onnx).toEqual(onnx);
  });
});

it("an average of two fits answers with the mean of their answers", async () => {
  const fits = await Promise.all(
    [1, 2].map(async (seed) => unwrap(await fit(request("grades", { options: { epochs: 2, seed } }))).onnx),
  );
  const answers = await Promise.all(
    [...fits, averageModels(fits)].map(async (onnx) => {
      const session = await openSession(onnx);
      const found = unwrap(await predict(session, bags.get("bag-0") as Bag));
      await session.close();
      return found;
    }),
  );
  const [first, second, mean] = answers.map((a) => a.answers.grade?.[0] as number) as [number, number, number];
  expect(mean).toBeCloseTo((first + second) / 2, 6);
  expect(answers[2]?.probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
});

it("a regression keeps the mean and deviation of its train labels in the file, and answers in their unit", async () => {
  const { onnx } = unwrap(await fit(request("a number")));
  const { mean = 0, deviation = 0 } = unwrap(describeModel(onnx)).facts as Record<string, number>;
  expect(mean).toBeCloseTo(60 + 8 * (stands.slice(0, 40).reduce((a, b) => a + b, 0) / 40), 9);
  expect(deviation).toBeGreaterThan(5);
});

it.each([
  ["grades", { train: [{ id: "bag-0", label: 1 }] }, "one-class"],
  ["proportional hazards", { train: [{ id: "bag-0", label: { time: 3, event: false } }] }, "no-events"],
  ["proportional hazards", { tune: [{ id: "bag-0", label: { time: 3, event: false } }] }, "no-events"],
  ["a number", { options: { loss: "focal" as const } }, "bad-study"],
])("a fit of %s with labels or a loss that cannot be is a failure by name", async (name, change, kind) => {
  const found = await fit(request(name, change));
  expect(found.ok ? null : found.failure.kind).toBe(kind);
});

/** Share of pairs in the same order in both lists. */
function concordance(a: readonly number[], b: readonly number[]): number {
  let [same, all] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      all += 1;
      if (((a[i] as number) - (a[j] as number)) * ((b[i] as number) - (b[j] as number)) > 0) same += 1;
    }
  }
  return same / all;
}
