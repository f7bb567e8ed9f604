/** Probes of bags: a linear one is a model file that answers as the probe does; another answers from what it remembers. */
import { type Bag, randomStream, type Task, unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import {
  averageModels,
  bagsInMemory,
  describeModel,
  fitProbe,
  type Labelled,
  openProbe,
  predict,
} from "../../src/index.ts";
import { bagOf } from "../planted-bags.ts";

const D = 5;
const random = randomStream(3, "probe-bags");
const hidden = Array.from({ length: 40 }, () => random.normal());
const bags = new Map<string, Bag>(
  hidden.map((value, i) => {
    const features = Float32Array.from(
      { length: (3 + (i % 4)) * D },
      (_, at) => random.normal() + (at % D === 0 ? value : 0),
    );
    return [`bag-${i}`, bagOf(features, D)];
  }),
);
const source = bagsInMemory(bags);

const TASKS: readonly [string, Task, (value: number, i: number) => Labelled["label"], string][] = [
  [
    "linear",
    { kind: "classify", label: "l", classes: ["no", "yes"], positive: "yes" },
    (v) => (v > 0 ? 1 : 0),
    "probabilities",
  ],
  ["linear", { kind: "regress", label: "l" }, (v) => 30 + 4 * v, "value"],
  [
    "linear",
    { kind: "multilabel", labels: ["a", "b"] },
    (v, i) => [v > 0 ? 1 : 0, i % 3 === 0 ? 1 : 0],
    "probabilities",
  ],
  [
    "elastic-net",
    { kind: "classify", label: "l", classes: ["no", "yes"], positive: "yes" },
    (v) => (v > 0 ? 1 : 0),
    "probabilities",
  ],
  [
    "cox",
    { kind: "survive", time: "t", event: "e", intervals: null },
    (v, i) => ({ time: Math.exp(-v) + i / 1000, event: i % 5 > 0 }),
    "risk",
  ],
];
const OTHERS: typeof TASKS = [
  [
    "knn",
    { kind: "classify", label: "l", classes: ["no", "yes"], positive: "yes" },
    (v) => (v > 0 ? 1 : 0),
    "probabilities",
  ],
  [
    "prototypes",
    { kind: "classify", label: "l", classes: ["no", "yes"], positive: "yes" },
    (v) => (v > 0 ? 1 : 0),
    "probabilities",
  ],
];

function request([name, task, label]: (typeof TASKS)[number], from = 0) {
  const labelled = hidden.map((value, i): Labelled => ({ id: `bag-${i}`, label: label(value, i) }));
  const train = labelled.slice(from, from + 26);
  return { task, probe: { name }, bags: source, train, tune: labelled.slice(30) };
}

describe("a probe of bags", () => {
  it.each(TASKS)("%s answers %j through its ONNX file as it does itself, with exact contributions", async (...one) => {
    const fitted = unwrap(await fitProbe(request(one)));
    const onnx = fitted.onnx as Uint8Array;
    const [probe, info] = [unwrap(openProbe(fitted.record)), unwrap(describeModel(onnx))];
    expect(info.aggregator.name).toBe("mean");
    const session = await openSession(onnx);
    for (const id of ["bag-26", "bag-27", "bag-28"]) {
      const bag = bags.get(id) as Bag;
      const prediction = unwrap(await predict(session, bag, { info }));
      const own = unwrap(probe.predict(bag))[one[3]] as readonly number[];
      const answers = prediction.answers[one[3]] as readonly number[];
      expect(answers).toHaveLength(own.length);
      for (const [i, value] of own.entries()) {
        expect(Math.abs((answers[i] as number) - value)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
      }
      const k = prediction.logits.length;
      for (let c = 0; c < k; c++) {
        const sum = prediction.contribution.reduce(
          (s, v, at) => (at % k === c ? s + v : s),
          prediction.bias[c] as number,
        );
        expect(sum).toBeCloseTo(prediction.logits[c] as number, 4);
      }
    }
    await session.close();
  });

  it("averages with other folds like any model", async () => {
    const [first] = TASKS as [(typeof TASKS)[number]];
    const onnx = await Promise.all(
      [0, 4].map(async (from) => unwrap(await fitProbe(request(first, from))).onnx as Uint8Array),
    );
    expect(unwrap(describeModel(averageModels(onnx))).members).toBe(2);
  });

  it.each(OTHERS)("%s has no file, and answers the same when it is fitted again from its record", async (...one) => {
    const given = request(one);
    const fitted = unwrap(
      await fitProbe({ ...given, probe: { ...given.probe, ...(one[0] === "knn" ? { neighbours: 5 } : {}) } }),
    );
    expect(fitted.onnx).toBeNull();
    const bag = bags.get("bag-29") as Bag;
    const [a, b] = [unwrap(openProbe(fitted.record)), unwrap(openProbe(structuredClone(fitted.record)))].map((p) =>
      unwrap(p.predict(bag)),
    );
    expect(a).toEqual(b);
    expect((a?.probabilities ?? []).reduce((s, v) => s + v, 0)).toBeCloseTo(1, 9);
  });

  it("refuses covariates, unknown labels, intervals, and kinds of task it does not take", async () => {
    const [first, , labels, , cox] = TASKS as [
      (typeof TASKS)[number],
      unknown,
      (typeof TASKS)[number],
      unknown,
      (typeof TASKS)[number],
    ];
    const given = request(first);
    const kinds = [
      await fitProbe({ ...given, train: given.train.map((l) => ({ ...l, covariates: [1] })) }),
      await fitProbe(
        request([labels[0], labels[1], (v, i) => [v > 0 ? 1 : 0, i % 3 === 0 ? 1 : i % 3 === 1 ? 0 : null], labels[3]]),
      ),
      await fitProbe(
        request([cox[0], { ...(cox[1] as Extract<Task, { kind: "survive" }>), intervals: 3 }, cox[2], cox[3]]),
      ),
      await fitProbe(request(["prototypes", { kind: "regress", label: "l" }, (v) => v, "value"])),
    ].map((outcome) => (outcome.ok ? null : outcome.failure.kind));
    expect(kinds).toEqual(["bad-study", "bad-value", "bad-study", "bad-study"]);
  });

  it("refuses a bag of another width", async () => {
    const [first] = TASKS as [(typeof TASKS)[number]];
    const probe = unwrap(openProbe(unwrap(await fitProbe(request(first))).record));
    const refused = probe.predict(bagOf(new Float32Array(6), 3));
    expect(refused.ok ? null : refused.failure.kind).toBe("dimension-mismatch");
  });
});
