/**
 * The board: within each task every model on the patients all of them share, internal beside external, and ranks that do not
 * separate what the patients cannot. Struck-out models keep their numbers but neither rank nor limit the others.
 */
import { type ClassifyTask, type Failure, fail, type Outcome, ok } from "@nacre/core";
import { accuracyMetric, balancedAccuracyMetric } from "../metric/accuracy.ts";
import { auprcMetric } from "../metric/auprc.ts";
import { aurocMetric } from "../metric/auroc.ts";
import { brierMetric } from "../metric/brier.ts";
import { eceMetric } from "../metric/ece.ts";
import type { Metric } from "../metric/metric.ts";
import { type PredictionRow, toPatients } from "../prediction.ts";
import type { BoardEntry, BoardModel, BoardPartName, BoardTask, PartResult } from "./board-entry.ts";
import { type JudgedPart, judgePart, type PartModel, type SeedTable } from "./judge-part.ts";

/** What a board can rank by. */
export const BOARD_METRICS = ["auroc", "auprc", "accuracy", "balancedAccuracy", "brier"] as const;
export type BoardMetric = (typeof BOARD_METRICS)[number];

const ALL: readonly Metric[] = [
  aurocMetric,
  auprcMetric,
  accuracyMetric,
  balancedAccuracyMetric,
  brierMetric,
  eceMetric,
];

/** The metric a board ranks by. */
export function boardMetric(name: BoardMetric): Metric {
  const metric = ALL.find((m) => m.name === name);
  if (metric === undefined) throw new RangeError(`expected one of ${BOARD_METRICS.join(", ")}, received ${name}`);
  return metric;
}

export interface BoardOptions {
  readonly metric: BoardMetric;
  readonly replicates: number;
  readonly seed: number;
  /** Parts to judge; a sealed part is left out and never looked at. */
  readonly parts: readonly BoardPartName[];
}

export interface Board {
  readonly tasks: readonly BoardTask[];
  /** Entries whose rows cannot be judged, with the reason. */
  readonly failures: readonly { readonly entry: string; readonly failure: Failure }[];
}

interface ReadyEntry {
  readonly entry: BoardEntry;
  readonly tables: Readonly<Record<BoardPartName, SeedTable>>;
}

/**
 * Judges all tasks. Failures: duplicate-id where one task has one encoder, aggregator and seed twice. Bad rows of an entry and
 * patients that cannot be compared are part of the result.
 */
export function judgeBoard(entries: readonly BoardEntry[], options: BoardOptions): Outcome<Board> {
  const twice = repeated(entries);
  if (twice !== null) return twice;
  const failures: { entry: string; failure: Failure }[] = [];
  const tasks: BoardTask[] = [];
  for (const name of [...new Set(entries.map((e) => e.task))]) {
    const own = entries.filter((e) => e.task === name);
    const task = (own[0] as BoardEntry).question;
    const ready: ReadyEntry[] = [];
    for (const entry of own) {
      const made = readyEntry(entry, task, options.parts);
      if (made.ok) ready.push({ entry, tables: made.value });
      else failures.push({ entry: entry.name, failure: made.failure });
    }
    if (ready.length > 0) tasks.push(judgeTask(name, task, ready, options));
  }
  return ok({ tasks, failures });
}

function repeated(entries: readonly BoardEntry[]): Outcome<never> | null {
  const seen = new Map<string, string>();
  for (const e of entries) {
    const key = JSON.stringify([e.task, e.encoder, e.aggregator, e.seed]);
    const first = seen.get(key);
    if (first !== undefined) {
      return fail("duplicate-id", {
        expected: "each task, encoder, aggregator and seed once",
        received: `${modelName(e)}${e.seed === null ? "" : `, seed ${e.seed}`} for ${e.task} twice: ${first} and ${e.name}`,
        remedy: "give the tables different seeds, or the aggregators different names",
      });
    }
    seen.set(key, e.name);
  }
  return null;
}

/** How a model is called on the board. */
export function modelName({ encoder, aggregator }: Pick<BoardEntry, "encoder" | "aggregator">): string {
  return `${encoder} + ${aggregator}`;
}

const NOTHING = { rows: [], patients: [] };

function readyEntry(
  entry: BoardEntry,
  task: ClassifyTask,
  parts: readonly BoardPartName[],
): Outcome<ReadyEntry["tables"]> {
  const rows = inOrderOf(task, entry);
  if (!rows.ok) return rows;
  const tables = { internal: { entry: entry.name, ...NOTHING }, external: { entry: entry.name, ...NOTHING } };
  for (const part of parts) {
    const own = rows.value.filter((r) => r.part === (part === "internal" ? "test" : "external"));
    const patients = toPatients(own, task);
    if (!patients.ok) return patients;
    Object.assign(tables, { [part]: { entry: entry.name, rows: own, patients: patients.value } });
  }
  return ok(tables);
}

/** The rows with their probabilities in the order of the task's classes. */
function inOrderOf(task: ClassifyTask, { question, rows, name }: BoardEntry): Outcome<readonly PredictionRow[]> {
  const order = task.classes.map((c) => question.classes.indexOf(c));
  if (order.includes(-1) || question.classes.length !== task.classes.length) {
    return fail("bad-value", {
      expected: `the classes of the task: ${task.classes.join(", ")}`,
      received: `${question.classes.join(", ")} in ${name}`,
      remedy: "rename the columns p_<class>, or give the table a task of its own",
    });
  }
  if (order.every((from, to) => from === to)) return ok(rows);
  return ok(rows.map((r) => ({ ...r, probabilities: order.map((from) => r.probabilities[from] ?? Number.NaN) })));
}

function judgeTask(name: string, task: ClassifyTask, ready: readonly ReadyEntry[], options: BoardOptions): BoardTask {
  const names = [...new Set(ready.map((r) => modelName(r.entry)))];
  const groups = names.map((model) => ({ model, own: ready.filter((r) => modelName(r.entry) === model) }));
  const metric = boardMetric(options.metric);
  const judge = (part: BoardPartName): JudgedPart | null =>
    options.parts.includes(part)
      ? judgePart(
          groups.map(({ model, own }) => partModel(model, own, part)),
          {
            task,
            name,
            part,
            metric,
            beside: ALL.filter((m) => m !== metric),
            replicates: options.replicates,
            seed: options.seed,
          },
        )
      : null;
  const internal = judge("internal");
  const external = judge("external");
  const models = groups.map(({ model, own }): BoardModel => {
    const first = own[0] as ReadyEntry;
    return {
      name: model,
      encoder: first.entry.encoder,
      aggregator: first.entry.aggregator,
      entries: own.map((r) => ({ name: r.entry.name, seed: r.entry.seed })),
      barred: barsOf(own),
      internal: internal?.results.get(model) ?? null,
      external: external?.results.get(model) ?? null,
    };
  });
  return {
    task: name,
    classes: task.classes,
    positive: task.positive,
    internal: internal?.part ?? null,
    external: external?.part ?? null,
    models: models.sort(bestFirst(metric)),
  };
}

function partModel(name: string, own: readonly ReadyEntry[], part: BoardPartName): PartModel {
  return { name, isBarred: own.some((r) => r.entry.barred.length > 0), seeds: own.map((r) => r.tables[part]) };
}

/** The bars of all seeds; the seed is named where there are several. */
function barsOf(own: readonly ReadyEntry[]): BoardModel["barred"] {
  return own.flatMap(({ entry }) =>
    entry.barred.map((b) => (own.length === 1 ? b : { ...b, reason: `${entry.name}: ${b.reason}` })),
  );
}

function bestFirst(metric: Metric): (a: BoardModel, b: BoardModel) => number {
  const keys = (m: BoardModel): number[] => [
    m.barred.length > 0 ? 1 : 0,
    ...[m.internal, m.external].flatMap((r) => [r?.rank ?? Number.MAX_VALUE, errorOf(r, metric)]),
  ];
  return (a, b) => {
    const [x, y] = [keys(a), keys(b)];
    const at = x.findIndex((v, i) => v !== y[i]);
    return at < 0 ? (a.name < b.name ? -1 : 1) : (x[at] as number) - (y[at] as number);
  };
}

function errorOf(result: PartResult | null, metric: Metric): number {
  const value = result?.estimate.value ?? null;
  return value === null ? Number.MAX_VALUE : Math.abs(value - metric.perfect);
}
