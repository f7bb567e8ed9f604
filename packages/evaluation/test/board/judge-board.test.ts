import { unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import type { BoardEntry, BoardTask } from "../../src/board/board-entry.ts";
import { type BoardOptions, judgeBoard } from "../../src/board/judge-board.ts";
import { auroc } from "../../src/metric/auroc.ts";
import { entry, madeRows } from "./made-entries.ts";

const OPTIONS: BoardOptions = { metric: "auroc", replicates: 300, seed: 1, parts: ["internal", "external"] };

function only(entries: readonly BoardEntry[], change: Partial<BoardOptions> = {}): BoardTask {
  return unwrap(judgeBoard(entries, { ...OPTIONS, ...change })).tasks[0] as BoardTask;
}
const internalOf = (task: BoardTask, encoder: string) => task.models.find((m) => m.encoder === encoder)?.internal;

const STRONG = madeRows({ n: 200, strength: 1.5, seed: 1 });
const EQUAL = madeRows({ n: 200, strength: 1.5, seed: 2 });
const WEAK = madeRows({ n: 200, strength: 0.2, seed: 3 });

describe("the ranks of a board", () => {
  it("are shared by models that the patients cannot tell apart, and put the clearly worse one behind both", () => {
    const task = only([entry("weak", WEAK), entry("strong", STRONG), entry("equal", EQUAL)]);
    expect(task.models.map((m) => m.internal?.rank)).toEqual([1, 1, 3]);
    expect(task.models[2]?.encoder).toBe("weak");
    expect([...(task.internal?.first ?? [])].sort()).toEqual(["equal + abmil", "strong + abmil"]);
    expect(internalOf(task, "strong")?.tiedWith).toEqual(["equal + abmil"]);
    const behind = internalOf(task, "weak")?.behind;
    expect(behind?.difference.high).toBeLessThan(0);
    expect(behind?.p).toBeLessThan(0.05);
  });

  it("tie a model with its own copy", () => {
    const task = only([entry("a", WEAK), entry("b", WEAK)]);
    expect(task.models.map((m) => m.internal?.rank)).toEqual([1, 1]);
  });

  it("do not depend on the order of the entries", () => {
    const entries = [entry("weak", WEAK), entry("strong", STRONG), entry("equal", EQUAL)];
    expect(only([...entries].reverse()).models).toEqual(only(entries).models);
  });

  it("turn round for a metric whose perfect value is 0", () => {
    const task = only([entry("weak", WEAK), entry("strong", STRONG)], { metric: "brier" });
    expect(task.models.map((m) => m.encoder)).toEqual(["strong", "weak"]);
    expect(task.models.map((m) => m.internal?.rank)).toEqual([1, 2]);
  });
});

describe("seeds and folds", () => {
  const seeds = [STRONG, EQUAL].map((rows, i) => entry("a", rows, { name: `a${i}`, seed: i }));

  it("give the mean over seeds, not the metric of the mean prediction, and their spread beside it", () => {
    const result = internalOf(only(seeds), "a");
    const each = [STRONG, EQUAL].map((rows) =>
      auroc(
        rows.map((r) => r.probabilities[1] as number),
        Uint8Array.from(rows, (r) => (r.label === "yes" ? 1 : 0)),
      ),
    ) as number[];
    expect(result?.estimate.value).toBeCloseTo(((each[0] as number) + (each[1] as number)) / 2, 12);
    expect(result?.seeds).toMatchObject({ count: 2, low: Math.min(...each), high: Math.max(...each) });
    expect(result?.estimate.method).toContain("mean over 2 seeds");
  });

  it("keep the spread of folds apart from that of seeds", () => {
    const one = internalOf(only([entry("a", STRONG)]), "a");
    expect(one?.seeds).toBeNull();
    expect(one?.folds?.of.map((f) => [f.name, f.n])).toEqual([
      ["fold 0", 100],
      ["fold 1", 100],
    ]);
  });

  it("give no spread of folds where the folds of the seeds hold different patients", () => {
    const other = madeRows({ n: 200, strength: 1.5, seed: 2, folds: 4 });
    const task = only([entry("a", STRONG, { name: "a0", seed: 0 }), entry("a", other, { name: "a1", seed: 1 })]);
    expect(internalOf(task, "a")?.folds).toBeNull();
    expect(internalOf(task, "a")?.seeds?.count).toBe(2);
  });
});

describe("patients", () => {
  it("are those that all ranked models share, and what was left out is told", () => {
    const fewer = madeRows({ n: 200, strength: 1.5, seed: 2, without: (i) => i < 50 });
    const task = only([entry("a", STRONG), entry("b", fewer)]);
    expect(task.internal?.n).toBe(150);
    expect(task.models.map((m) => m.internal?.estimate.n)).toEqual([150, 150]);
    expect(internalOf(task, "a")?.patients).toBe(200);
    expect(task.internal?.notes).toEqual([
      "a predicts 200 labelled patients; the 150 that all tables share are compared",
    ]);
  });

  it("in common below ten are refused where the tables differ, and the task has no number", () => {
    const others = madeRows({ n: 200, strength: 1.5, seed: 2, without: (i) => i >= 9 });
    const task = only([entry("a", STRONG), entry("b", others)]);
    expect(task.internal?.refused?.kind).toBe("refused");
    expect(task.internal?.refused?.received).toContain("9 in common");
    expect(task.models.every((m) => m.internal === null)).toBe(true);
  });

  it("may be few where all tables hold the same ones", () => {
    const few = madeRows({ n: 8, strength: 1, seed: 4 });
    expect(only([entry("a", few), entry("b", few)]).internal).toMatchObject({ n: 8, refused: null });
  });

  it("with two labels in two tables end the comparison, naming both tables", () => {
    const wrong = EQUAL.map((r, i) => (i === 0 ? { ...r, label: "yes" } : r));
    const refused = only([entry("a", STRONG), entry("b", wrong)]).internal?.refused;
    expect(refused?.kind).toBe("conflicting-label");
    expect(refused?.received).toBe("no in a and yes in b for patient test-0");
  });
});

describe("a struck-out model", () => {
  const barred = [{ kind: "patient-leak", reason: "met before" }];

  it("keeps its number, has no rank, and does not limit the others", () => {
    const few = madeRows({ n: 40, strength: 3, seed: 9 });
    const task = only([entry("leaky", few, { barred }), entry("a", STRONG), entry("b", WEAK)]);
    expect(task.internal).toMatchObject({ n: 200, compared: 2 });
    expect(task.models.map((m) => m.encoder)).toEqual(["a", "b", "leaky"]);
    expect(internalOf(task, "leaky")).toMatchObject({ rank: null, estimate: { n: 40 } });
  });

  it("is the whole model where one of its seeds is struck out", () => {
    const task = only([
      entry("a", STRONG, { name: "a0", seed: 0 }),
      entry("a", EQUAL, { name: "a1", seed: 1, barred }),
      entry("b", WEAK),
    ]);
    expect(task.models.find((m) => m.encoder === "a")).toMatchObject({
      barred: [{ kind: "patient-leak", reason: "a1: met before" }],
      internal: { rank: null },
    });
  });
});

describe("parts", () => {
  const both = (seed: number) => [
    ...madeRows({ n: 60, strength: 1, seed }),
    ...madeRows({ n: 30, strength: 0.5, seed, part: "external" }),
  ];

  it("are judged beside each other, each on its own patients", () => {
    const task = only([entry("a", both(1)), entry("b", both(2))]);
    expect([task.internal?.n, task.external?.n]).toEqual([60, 30]);
    expect(task.models.map((m) => m.external?.estimate.n)).toEqual([30, 30]);
  });

  it("that were not asked for leave no trace", () => {
    const sealed = only([entry("a", both(1)), entry("b", both(2))], { parts: ["internal"] });
    expect(sealed.external).toBeNull();
    expect(sealed.models.map((m) => m.external)).toEqual([null, null]);
  });
});

describe("entries", () => {
  it("with the same encoder, aggregator and seed twice are refused by name", () => {
    const twice = judgeBoard([entry("a", STRONG, { name: "x" }), entry("a", WEAK, { name: "y" })], OPTIONS);
    expect(twice.ok ? null : [twice.failure.kind, twice.failure.received]).toEqual([
      "duplicate-id",
      "a + abmil for task twice: x and y",
    ]);
  });

  it("whose columns stand in another order are read by the names of the classes", () => {
    const turned = STRONG.map((r) => ({ ...r, probabilities: [...r.probabilities].reverse() }));
    const question = { kind: "classify", label: "label", classes: ["yes", "no"], positive: "yes" } as const;
    const task = only([entry("a", STRONG), entry("b", turned, { question })]);
    expect(internalOf(task, "b")?.estimate.value).toBe(internalOf(task, "a")?.estimate.value);
  });

  it("that cannot be judged are listed with the reason, and the others stand", () => {
    const bad = STRONG.map((r, i) => (i === 3 ? { ...r, probabilities: [0.9, 0.9] } : r));
    const board = unwrap(judgeBoard([entry("a", STRONG), entry("bad", bad)], OPTIONS));
    expect(board.failures.map((f) => [f.entry, f.failure.kind])).toEqual([["bad", "bad-value"]]);
    expect(board.tasks[0]?.models.map((m) => m.encoder)).toEqual(["a"]);
  });

  it("rank more classes by the mean of one against the rest", () => {
    const question = { kind: "classify", label: "label", classes: ["x", "y", "z"], positive: "z" } as const;
    const rows = STRONG.map((r, i) => {
      const label = question.classes[i % 3] as string;
      const probabilities = question.classes.map((c) => (c === label ? 0.5 : 0.25));
      return { ...r, label, probabilities };
    });
    expect(internalOf(only([entry("a", rows, { question })]), "a")?.estimate.value).toBe(1);
  });
});
