/** Boards of risks, numbers and several labels: the laws of the ranks hold for every kind. */
import { randomStream, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import type { BoardEntry, BoardTask, EntryFacts } from "../../src/board/board-entry.ts";
import { metricNameOf } from "../../src/board/board-metric.ts";
import type { Answers } from "../../src/board/board-question.ts";
import { type BoardOptions, judgeBoard } from "../../src/board/judge-board.ts";
import type { MultilabelRow } from "../../src/kind/multilabel.ts";
import type { SurviveRow } from "../../src/kind/survive.ts";
import { measure } from "../../src/metric/metric.ts";
import { harrellMetric } from "../../src/survival/harrell.ts";

const OPTIONS: BoardOptions = { metric: "auroc", replicates: 200, seed: 1, parts: ["internal", "external"] };
const N = 120;

function entry(encoder: string, answers: Answers, change: Partial<EntryFacts> = {}): BoardEntry {
  const facts: EntryFacts = { name: encoder, task: "t", encoder, aggregator: "a", seed: null, barred: [], ...change };
  return { ...facts, ...answers };
}

const place = (i: number) => ({ slide: `s${i}`, patient: `p${i}`, site: null, part: "test", fold: i % 2 }) as const;

/** Patients with a hidden value; `noise` says how badly a model sees it. */
function hidden(noise: number, seed: number): { value: number; seen: number }[] {
  const random = randomStream(9, "hidden");
  const own = randomStream(seed, "model");
  return Array.from({ length: N }, () => {
    const value = random.normal();
    return { value, seen: value + noise * own.normal() };
  });
}

function risks(noise: number, seed: number): Answers {
  const rows = hidden(noise, seed).map(({ value, seen }, i) => ({
    ...place(i),
    label: { time: Math.exp(2 - value), event: i % 4 === 0 ? (0 as const) : (1 as const) },
    prediction: [seen],
  }));
  return { question: { kind: "survive" }, rows };
}

function numbers(noise: number, seed: number): Answers {
  const rows = hidden(noise, seed).map(({ value, seen }, i) => ({ ...place(i), label: value, prediction: [seen] }));
  return { question: { kind: "regress" }, rows };
}

function labels(noise: number, seed: number, names: readonly string[] = ["x", "y"]): Answers {
  const rows = hidden(noise, seed).map(({ value, seen }, i): MultilabelRow => {
    const p = 1 / (1 + Math.exp(-seen));
    const both = { x: [value > 0 ? 1 : 0, p] as const, y: [value > 0.5 ? 1 : 0, p] as const };
    const of = names.map((n) => both[n as "x" | "y"]);
    return { ...place(i), label: of.map(([y]) => y), prediction: of.map(([, q]) => q) };
  });
  return { question: { kind: "multilabel", names }, rows };
}

function only(entries: readonly BoardEntry[], change: Partial<BoardOptions> = {}): BoardTask {
  return unwrap(judgeBoard(entries, { ...OPTIONS, ...change })).tasks[0] as BoardTask;
}

describe.each([
  ["survive", risks, "cIndex", "higher"],
  ["regress", numbers, "spearman", "higher"],
  ["multilabel", labels, "macroAuroc", "higher"],
] as const)("a board of kind %s", (kind, answers, metric, better) => {
  it("ranks by its usual metric; what cannot be told apart shares a rank, the clearly worse comes behind", () => {
    const task = only([entry("bad", answers(4, 1)), entry("good", answers(0.3, 2)), entry("copy", answers(0.3, 2))]);
    expect(task).toMatchObject({ kind, metric: { name: metric, better }, positive: null });
    expect(task.models.map((m) => m.internal?.rank)).toEqual([1, 1, 3]);
    expect(task.models[2]?.encoder).toBe("bad");
    expect(task.internal).toMatchObject({ n: N, compared: 3 });
    expect(task.models[0]?.internal?.folds?.count).toBe(2);
  });

  it("does not depend on the order of the entries", () => {
    const entries = [entry("bad", answers(4, 1)), entry("good", answers(0.3, 2))];
    expect(only(entries.toReversed()).models).toEqual(only(entries).models);
  });
});

it("a board of risks gives Harrell's index of the table itself", () => {
  const given = risks(0.5, 3);
  const task = only([entry("a", given)]);
  const rows = given.rows as readonly SurviveRow[];
  const value = measure(harrellMetric, {
    n: N,
    time: Float64Array.from(rows, (r) => r.label?.time ?? Number.NaN),
    event: Uint8Array.from(rows, (r) => r.label?.event ?? 0),
    risk: Float64Array.from(rows, (r) => r.prediction[0] as number),
    curves: null,
  });
  expect(task.models[0]?.internal?.estimate.value).toBeCloseTo(value as number, 12);
  expect(task.internal?.classes).toEqual({ "with the event": 90, "followed without it": 30 });
});

it("an error ranks the other way round, and says so", () => {
  const task = only([entry("bad", numbers(4, 1)), entry("good", numbers(0.3, 2))], { metrics: { t: "mae" } });
  expect(task.metric).toMatchObject({ name: "mae", better: "lower" });
  expect(task.models.map((m) => [m.encoder, m.internal?.rank])).toEqual([
    ["good", 1],
    ["bad", 2],
  ]);
});

it("labels in another order are the same labels; other labels are a failure of that table", () => {
  const turned = entry("turned", labels(0.3, 2, ["y", "x"]));
  const task = only([entry("a", labels(0.3, 2)), turned]);
  expect(task.models[0]?.internal?.estimate).toEqual(task.models[1]?.internal?.estimate);
  const board = unwrap(judgeBoard([entry("a", labels(0.3, 2)), entry("b", labels(0.3, 2, ["x"]))], OPTIONS));
  expect(board.failures.map((f) => [f.entry, f.failure.kind])).toEqual([["b", "bad-value"]]);
});

it("a table that answers another question than its task is a failure of that table", () => {
  const board = unwrap(judgeBoard([entry("a", risks(1, 1)), entry("b", numbers(1, 1))], OPTIONS));
  expect(board.failures[0]?.failure.received).toBe("one that answers a number: b");
});

it("two follow-ups of one patient in two tables end the comparison", () => {
  const later = risks(1, 2);
  const [first, ...rest] = later.rows as readonly [SurviveRow, ...SurviveRow[]];
  const rows: SurviveRow[] = [{ ...first, label: { time: 999, event: 1 } }, ...rest];
  const task = only([entry("a", risks(1, 1)), entry("b", { ...later, rows } as Answers)]);
  expect(task.internal?.refused?.kind).toBe("conflicting-label");
});

it("a metric that a kind does not have is a mistake of the caller", () => {
  expect(metricNameOf("survive", null, "brier")).toBe("cIndex");
  expect(metricNameOf("classify", null, "brier")).toBe("brier");
  expect(() => metricNameOf("survive", "auroc", "auroc")).toThrow(
    /expected one of cIndex, unoCIndex .* received auroc/,
  );
});
