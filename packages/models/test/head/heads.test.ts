import type { ClassifyTask, FailureKind, MultitaskTask, SurviveTask, Task } from "@nacre/core";
import { isFailureError, randomStream, unwrap } from "@nacre/core";
import { encodeModel, gradients, input } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { type Head, type Label, type LossOptions, PLAIN_LOSS } from "../../src/head/head.ts";
import { headOf, surveyLabels } from "../../src/head/registry.ts";

const classes: ClassifyTask = { kind: "classify", label: "y", classes: ["a", "b", "c"], positive: "a" };
const cox: SurviveTask = { kind: "survive", time: "days", event: "dead", intervals: null };
const grades: Task = { kind: "ordinal", label: "g", classes: ["0", "1", "2", "3"] };
const labels: Task = { kind: "multilabel", labels: ["er", "pr"] };
const age: Task = { kind: "regress", label: "age" };
const mixed: MultitaskTask = {
  kind: "multitask",
  tasks: [
    { name: "organ", weight: 3, task: classes },
    { name: "age", weight: 1, task: { kind: "regress", label: "age" } },
    { name: "death", weight: 1, task: cox },
  ],
};
const dead = (time: number, event = true) => ({ time, event });

const headFor = (task: Task, train: readonly Label[], options: Partial<LossOptions> = {}): Head =>
  headOf(task, unwrap(surveyLabels(task, train)), { ...PLAIN_LOSS, ...options });

function targetsOf(head: Head, all: readonly Label[]): Float64Array {
  const rows = new Float32Array(all.length * head.t);
  all.forEach((label, i) => {
    head.encode(label, rows.subarray(i * head.t, (i + 1) * head.t));
  });
  return Float64Array.from(rows);
}

/** Losses of bags, and their slopes, from the graph. */
async function inGraph(head: Head, scores: Float64Array, targets: Float64Array, m: number) {
  const [x, target] = [input("x", [1, head.k]), input("target", [1, head.t])];
  const loss = head.loss?.(x, target);
  if (loss === undefined) throw new TypeError("expected a head with a loss of one bag");
  const [slope = x] = gradients(loss, [x]);
  const session = await openSession(encodeModel({ outputs: { loss, slope } }));
  const found: { loss: number; slope: Float32Array }[] = [];
  for (let i = 0; i < m; i++) {
    const part = (from: Float64Array, width: number) => Float32Array.from(from.subarray(i * width, (i + 1) * width));
    const out = await session.run({
      x: { data: part(scores, head.k), dims: [1, head.k] },
      target: { data: part(targets, head.t), dims: [1, head.t] },
    });
    found.push({ loss: Number(out.loss?.data[0]), slope: out.slope?.data as Float32Array });
  }
  await session.close();
  return found;
}

const survey = (task: Task, train: readonly Label[]): FailureKind | null => {
  const found = surveyLabels(task, train);
  return found.ok ? null : found.failure.kind;
};

describe("the mean loss of bags in the graph", () => {
  const S = [dead(3), dead(5), dead(5), dead(9), dead(2, false), dead(12, false)];
  it.each<[string, Task, readonly Label[], Partial<LossOptions>]>([
    ["classes", classes, [0, 1, 2, 2], {}],
    ["classes, focal", classes, [0, 1, 2, 2], { loss: "focal" }],
    ["classes, asymmetric", classes, [0, 1, 2, 2], { loss: "asymmetric" }],
    ["grades", grades, [0, 1, 2, 3], {}],
    ["grades, focal", grades, [0, 1, 2, 3], { loss: "focal" }],
    [
      "labels",
      labels,
      [
        [0, 1],
        [1, 0],
      ],
      {},
    ],
    [
      "labels, focal",
      labels,
      [
        [0, 1],
        [1, 0],
      ],
      { loss: "focal" },
    ],
    [
      "labels, asymmetric",
      labels,
      [
        [0, 1],
        [1, 0],
      ],
      { loss: "asymmetric" },
    ],
    ["a number", age, [3, 5, 8], {}],
    ["a number, huber", age, [3, 5, 8], { loss: "huber" }],
    ["intervals", { ...cox, intervals: 2 }, S, {}],
  ])("is what the judge says of them: %s", async (_, task, all, options) => {
    const head = headFor(task, all, options);
    const random = randomStream(3, "scores");
    const scores = Float64Array.from({ length: all.length * head.k }, () => Math.fround(2 * random.normal()));
    const targets = targetsOf(head, all);
    const losses = (await inGraph(head, scores, targets, all.length)).map(({ loss }) => loss);
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / all.length;
    expect(Math.abs(mean / head.judge(scores, targets, all.length) - 1)).toBeLessThan(1e-6);
  });

  it("and its slopes stay finite where the model is as wrong or as right as it can be", async () => {
    for (const [task, train] of [
      [classes, [0, 1, 2]],
      [grades, [0, 1, 2, 3]],
      [
        labels,
        [
          [0, 1],
          [1, 0],
        ],
      ],
      [{ ...cox, intervals: 2 }, S],
    ] as const) {
      for (const loss of ["cross-entropy", "focal", "asymmetric"] as const) {
        if (task.kind === "survive" && loss !== "cross-entropy") continue;
        const head = headFor(task, train, { loss, labelSmoothing: 0.1 });
        const scores = Float64Array.from({ length: train.length * head.k }, (_, i) => (i % 2 === 0 ? 300 : -300));
        for (const found of await inGraph(head, scores, targetsOf(head, train), train.length)) {
          expect([found.loss, ...found.slope].every(Number.isFinite), `${task.kind}, ${loss}`).toBe(true);
        }
      }
    }
  });
});

describe("the slopes of the coupled loss", () => {
  it("are its finite differences, ties and censoring among them", () => {
    const head = headFor(cox, [dead(1)]);
    const random = randomStream(1, "cox");
    const all = Array.from({ length: 12 }, () => dead(1 + random.below(5), random.below(3) > 0));
    const scores = Float64Array.from(all, () => random.normal());
    const targets = targetsOf(head, all);
    const slopes = head.slopes?.(scores, targets, 12).slopes ?? [];
    for (let i = 0; i < 12; i++) {
      const lossAt = (step: number): number =>
        head.slopes?.(
          scores.map((s, j) => (j === i ? s + step : s)),
          targets,
          12,
        ).loss ?? Number.NaN;
      expect(Math.abs((lossAt(1e-5) - lossAt(-1e-5)) / 2e-5 - (slopes[i] as number))).toBeLessThan(1e-9);
    }
  });

  it("sum to zero: a hazard higher for all changes nothing", () => {
    const head = headFor(cox, [dead(1)]);
    const all = [dead(3), dead(4, false), dead(3), dead(7)];
    const { loss, slopes } = head.slopes?.(Float64Array.of(0.3, 1, -2, 0.1), targetsOf(head, all), 4) ?? fallback();
    expect(Math.abs(slopes.reduce((a, b) => a + b, 0))).toBeLessThan(1e-15);
    expect(head.judge(Float64Array.of(5.3, 6, 3, 5.1), targetsOf(head, all), 4)).toBeCloseTo(loss, 12);
  });

  it("are zero, and so is the loss, in a step without events", () => {
    const head = headFor(cox, [dead(1)]);
    const found = head.slopes?.(Float64Array.of(1, 2), targetsOf(head, [dead(1, false), dead(2, false)]), 2);
    expect([found?.loss, ...(found?.slopes ?? [])].map((value) => Math.abs(value ?? 1))).toEqual([0, 0, 0]);
  });

  it("reach only the scores of coupled tasks, and only of bags whose label is known", () => {
    const train = [
      [0, 1, dead(3)],
      [1, 2, null],
      [2, 4, dead(5)],
    ];
    const head = headFor(mixed, train);
    const { slopes } = head.slopes?.(new Float64Array(15).fill(0.5), targetsOf(head, train), 3) ?? fallback();
    const nonZero = [...slopes.entries()].filter(([, value]) => value !== 0).map(([at]) => at);
    expect(nonZero).toEqual([4, 14]);
  });
});

describe("several tasks", () => {
  it("are scored side by side, each answer under the name of its task", () => {
    const head = headFor(mixed, [
      [0, 1, dead(3)],
      [1, 2, null],
      [2, 4, dead(5)],
    ]);
    expect([head.k, head.groups, head.forms]).toEqual([5, [3, 1, 1], ["both", "both", "both", "both", "slope"]]);
    const answers = head.answers(input("x", [1, 5]));
    expect(Object.keys(answers)).toEqual(["organ.probabilities", "age.value", "death.risk"]);
  });

  it("take no loss from a label that is not known, and judge the others as they would alone", async () => {
    const two: Task = { kind: "multitask", tasks: [mixed.tasks[0], mixed.tasks[1] as (typeof mixed.tasks)[0]] };
    const train = [
      [0, 10],
      [1, null],
      [2, 30],
    ];
    const head = headFor(two, train);
    const scores = Float64Array.from({ length: 12 }, (_, i) => i / 10);
    const targets = targetsOf(head, [
      [null, null],
      [1, null],
      [null, 20],
    ]);
    const losses = await inGraph(head, scores, targets, 3);
    expect(losses[0]?.loss).toBe(0);
    expect([...(losses[1]?.slope ?? [])][3]).toBe(0);
    expect([...(losses[2]?.slope ?? [])].slice(0, 3)).toEqual([0, 0, 0]);
    const organ = headFor(classes, [0, 1, 2]);
    const age = headFor({ kind: "regress", label: "age" }, [10, 30]);
    const alone = 0.75 * organ.judge(scores.slice(4, 7), targetsOf(organ, [1]), 1);
    const beside = 0.25 * age.judge(scores.slice(11), targetsOf(age, [20]), 1);
    expect(head.judge(scores, targets, 3)).toBeCloseTo(alone + beside, 12);
  });

  it("have no loss of one bag where every task compares bags", () => {
    const only: Task = { kind: "multitask", tasks: [mixed.tasks[2] as (typeof mixed.tasks)[0]] };
    expect(headFor(only, [[dead(1)]]).loss).toBeNull();
    expect(headFor({ ...only, tasks: [mixed.tasks[0]] }, [[0], [1], [2]]).slopes).toBeUndefined();
  });
});

describe("train labels are refused", () => {
  it.each<[string, Task, readonly Label[], FailureKind]>([
    ["without one of the grades", grades, [0, 1, 3], "one-class"],
    [
      "with a label that is only yes",
      labels,
      [
        [1, 0],
        [1, 1],
        [null, 0],
      ],
      "one-class",
    ],
    ["with one number for all", age, [4, 4, 4], "bad-value"],
    ["with everybody censored", cox, [dead(1, false), dead(2, false)], "no-events"],
    ["with everybody censored, intervals", { ...cox, intervals: 4 }, [dead(1, false)], "no-events"],
    ["with fewer times of events than intervals", { ...cox, intervals: 4 }, [dead(1), dead(1), dead(2)], "too-few"],
    ["with a negative time", cox, [dead(-1), dead(2)], "bad-value"],
    ["with a time that is not a number", cox, [dead(Number.NaN), dead(2)], "not-finite"],
    [
      "with a task of which no label is known",
      mixed,
      [
        [0, 1, null],
        [1, 2, null],
        [2, 3, null],
      ],
      "too-few",
    ],
    [
      "with a task that lacks a class",
      mixed,
      [
        [0, 1, dead(2)],
        [1, 2, null],
      ],
      "one-class",
    ],
    ["when there are none", grades, [], "too-few"],
  ])("%s", (_, task, train, kind) => {
    expect(survey(task, train)).toBe(kind);
  });

  it("with the name of the task they are for", () => {
    const found = surveyLabels(mixed, [
      [0, 1, dead(2, false)],
      [1, 2, null],
      [2, 3, null],
    ]);
    expect(found.ok ? "" : found.failure.expected).toContain("for the task death");
  });
});

describe("a tune part that says nothing", () => {
  it("is refused by name instead of choosing an epoch at random", () => {
    const kindOf = (head: Head, label: Label): unknown => {
      try {
        return head.judge(new Float64Array(head.k), targetsOf(head, [label]), 1);
      } catch (error) {
        return isFailureError(error) ? error.failure.kind : error;
      }
    };
    expect(kindOf(headFor(cox, [dead(1)]), dead(4, false))).toBe("no-events");
    expect(
      kindOf(
        headFor(labels, [
          [0, 1],
          [1, 0],
        ]),
        [null, null],
      ),
    ).toBe("unlabelled");
    expect(
      kindOf(
        headFor(mixed, [
          [0, 1, dead(3)],
          [1, 2, null],
          [2, 4, null],
        ]),
        [null, null, null],
      ),
    ).toBe("unlabelled");
  });
});

describe("programmers' mistakes throw", () => {
  it.each<[string, Task, Label]>([
    ["a class that is none", classes, 3],
    ["a grade that is none", grades, 1.5],
    ["labels of another number", labels, [1]],
    ["a label beyond yes and no", labels, [1, 2]],
    ["a number that is none", age, Number.NaN],
    ["a follow-up without an event", cox, 12],
    ["labels of another number of tasks", mixed, [1]],
  ])("%s", (_, task, label) => {
    expect(() => surveyLabels(task, [label])).toThrow(RangeError);
  });

  it("weights that are no shares, and names given twice", () => {
    const [first] = mixed.tasks;
    expect(() => surveyLabels({ kind: "multitask", tasks: [{ ...first, weight: 0 }] }, [[0]])).toThrow(/weights/);
    expect(() => surveyLabels({ kind: "multitask", tasks: [first, first] }, [[0, 0]])).toThrow(/twice/);
    expect(() => surveyLabels({ ...cox, intervals: 1 }, [dead(1)])).toThrow(/at least 2 intervals/);
  });
});

it("a loss that the kind of task does not have is refused by name", () => {
  expect(() => headFor(cox, [dead(1)], { loss: "focal" })).toThrow("bad-study");
  expect(() => headFor(classes, [0, 1, 2], { loss: "huber" })).toThrow("bad-study");
});

function fallback(): never {
  throw new TypeError("expected a head whose loss compares bags");
}
