/**
 * The board: within each task every model on the patients all of them share, internal beside external, and ranks that do not
 * separate what the patients cannot. Struck-out models keep their numbers but neither rank nor limit the others.
 */
import { type Failure, fail, type Outcome, ok } from "@nacre/core";
import type { Metric, Sized } from "../metric/metric.ts";
import { multilabelBoard, REGRESS, SURVIVE } from "./answer-kinds.ts";
import type { BoardEntry, BoardModel, BoardPartName, BoardTask, PartResult } from "./board-entry.ts";
import type { BoardKind, BoardPatient, BoardRow } from "./board-kind.ts";
import { type BoardMetric, metricNameOf } from "./board-metric.ts";
import type { BoardQuestion } from "./board-question.ts";
import { classifyKind } from "./classify-kind.ts";
import { type JudgedPart, judgePart, type PartModel, type SeedTable } from "./judge-part.ts";

export interface BoardOptions {
  /** Of classes. Risks are ranked by the C-index, numbers by Spearman's correlation, labels by the macro AUROC. */
  readonly metric: BoardMetric;
  /** What single tasks are ranked by instead, by name of the task. */
  readonly metrics?: Readonly<Record<string, string>>;
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

interface ReadyEntry<Row extends BoardRow, P extends BoardPatient> {
  readonly entry: BoardEntry;
  readonly tables: Readonly<Record<BoardPartName, SeedTable<Row, P>>>;
}

interface JudgedTask {
  readonly task: BoardTask | null;
  readonly failures: Board["failures"];
}

/**
 * Judges all tasks. Failures: duplicate-id where one task has one encoder, aggregator and seed twice. Bad rows of an entry and
 * patients that cannot be compared are part of the result.
 */
export function judgeBoard(entries: readonly BoardEntry[], options: BoardOptions): Outcome<Board> {
  const twice = repeated(entries);
  if (twice !== null) return twice;
  const names = [...new Set(entries.map((e) => e.task))];
  const judged = names.map((name) => {
    const own = entries.filter((e) => e.task === name);
    return judgeQuestion((own[0] as BoardEntry).question, own, options);
  });
  return ok({
    tasks: judged.flatMap((j) => j.task ?? []),
    failures: judged.flatMap((j) => j.failures),
  });
}

function judgeQuestion(question: BoardQuestion, own: readonly BoardEntry[], options: BoardOptions): JudgedTask {
  switch (question.kind) {
    case "classify": {
      const { classes, positive } = question;
      return judgeTask(own, classifyKind(question), { ...options, classes, positive });
    }
    case "survive":
      return judgeTask(own, SURVIVE, { ...options, classes: [], positive: null });
    case "regress":
      return judgeTask(own, REGRESS, { ...options, classes: [], positive: null });
    case "multilabel":
      return judgeTask(own, multilabelBoard(question), { ...options, classes: question.names, positive: null });
  }
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

function readyEntry<Row extends BoardRow, P extends BoardPatient, S extends Sized>(
  entry: BoardEntry,
  kind: BoardKind<Row, P, S>,
  parts: readonly BoardPartName[],
): Outcome<ReadyEntry<Row, P>["tables"]> {
  const rows = kind.rowsOf(entry);
  if (!rows.ok) return rows;
  const tables: Record<BoardPartName, SeedTable<Row, P>> = {
    internal: { entry: entry.name, ...NOTHING },
    external: { entry: entry.name, ...NOTHING },
  };
  for (const part of parts) {
    const own = rows.value.filter((r) => r.part === (part === "internal" ? "test" : "external"));
    const patients = kind.patientsOf(own);
    if (!patients.ok) return patients;
    tables[part] = { entry: entry.name, rows: own, patients: patients.value };
  }
  return ok(tables);
}

interface TaskOptions extends BoardOptions, Pick<BoardTask, "classes" | "positive"> {}

/** Judges the tables of one task. */
function judgeTask<Row extends BoardRow, P extends BoardPatient, S extends Sized>(
  own: readonly BoardEntry[],
  kind: BoardKind<Row, P, S>,
  options: TaskOptions,
): JudgedTask {
  const { task: name, question } = own[0] as BoardEntry;
  const failures: { entry: string; failure: Failure }[] = [];
  const ready: ReadyEntry<Row, P>[] = [];
  for (const entry of own) {
    const made = readyEntry(entry, kind, options.parts);
    if (made.ok) ready.push({ entry, tables: made.value });
    else failures.push({ entry: entry.name, failure: made.failure });
  }
  if (ready.length === 0) return { task: null, failures };
  const metric = metricOf(kind, metricNameOf(question.kind, options.metrics?.[name] ?? null, options.metric));
  const groups = groupsOf(ready);
  const judge = (part: BoardPartName): JudgedPart | null =>
    options.parts.includes(part)
      ? judgePart(
          groups.map(({ model, own: seeds }) => partModel(model, seeds, part)),
          {
            kind,
            name,
            part,
            metric,
            beside: kind.metrics.filter((m) => m !== metric),
            replicates: options.replicates,
            seed: options.seed,
          },
        )
      : null;
  const internal = judge("internal");
  const external = judge("external");
  const models = groups.map(({ model, own: seeds }) => ({
    ...modelOf(model, seeds),
    internal: internal?.results.get(model) ?? null,
    external: external?.results.get(model) ?? null,
  }));
  const { title, perfect } = metric;
  const task: BoardTask = {
    task: name,
    kind: question.kind,
    metric: { name: metric.name, title, perfect, better: perfect === 0 ? "lower" : "higher" },
    classes: options.classes,
    positive: options.positive,
    internal: internal?.part ?? null,
    external: external?.part ?? null,
    models: models.sort(bestFirst(metric)),
  };
  return { task, failures };
}

function metricOf<S extends Sized>({ metrics }: { readonly metrics: readonly Metric<S>[] }, name: string): Metric<S> {
  const metric = metrics.find((m) => m.name === name);
  if (metric === undefined) {
    throw new RangeError(`expected one of ${metrics.map((m) => m.name).join(", ")}, received ${name}`);
  }
  return metric;
}

interface ModelGroup<Entry> {
  readonly model: string;
  readonly own: readonly Entry[];
}

function groupsOf<Entry extends { readonly entry: BoardEntry }>(ready: readonly Entry[]): ModelGroup<Entry>[] {
  const names = [...new Set(ready.map((r) => modelName(r.entry)))];
  return names.map((model) => ({ model, own: ready.filter((r) => modelName(r.entry) === model) }));
}

function modelOf(
  name: string,
  own: readonly { readonly entry: BoardEntry }[],
): Omit<BoardModel, "internal" | "external"> {
  const { encoder, aggregator } = (own[0] as { readonly entry: BoardEntry }).entry;
  const entries = own.map((r) => ({ name: r.entry.name, seed: r.entry.seed }));
  return { name, encoder, aggregator, entries, barred: barsOf(own) };
}

function partModel<Row extends BoardRow, P extends BoardPatient>(
  name: string,
  own: readonly ReadyEntry<Row, P>[],
  part: BoardPartName,
): PartModel<Row, P> {
  return { name, isBarred: own.some((r) => r.entry.barred.length > 0), seeds: own.map((r) => r.tables[part]) };
}

/** The bars of all seeds; the seed is named where there are several. */
function barsOf(own: readonly { readonly entry: BoardEntry }[]): BoardModel["barred"] {
  return own.flatMap(({ entry }) =>
    entry.barred.map((b) => (own.length === 1 ? b : { ...b, reason: `${entry.name}: ${b.reason}` })),
  );
}

function bestFirst(metric: { readonly perfect: number }): (a: BoardModel, b: BoardModel) => number {
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

function errorOf(result: PartResult | null, metric: { readonly perfect: number }): number {
  const value = result?.estimate.value ?? null;
  return value === null ? Number.MAX_VALUE : Math.abs(value - metric.perfect);
}
