/** From judged entries to board.json: costs, pretraining, audits, the seal and the names of files laid beside the numbers. */
import { relative, sep } from "node:path";
import {
  archivesOf,
  type Board,
  type BoardEntry,
  type BoardModel,
  boardMetric,
  type PredictionRow,
  pretrainingOverlap,
  pretrainingSourceOf,
  type TestData,
} from "@nacre/evaluation";
import type { BoardDocument, Cost, EntryRecord, ModelRecord, SealRecord, TaskRecord } from "./board-document.ts";
import type { BoardPlan } from "./read-board.ts";
import type { LoadedEntry } from "./read-entry.ts";
import type { SealState } from "./seal.ts";

/** Everything a document is written from. */
export interface Made {
  readonly loaded: readonly LoadedEntry[];
  readonly entries: readonly BoardEntry[];
  readonly board: Board;
  readonly seal: SealState | null;
  readonly failures: BoardDocument["failures"];
}

/** The document; holds nothing of a part that was not judged. */
export function documentOf(plan: BoardPlan, { loaded, entries, board, seal, failures }: Made): BoardDocument {
  const metric = boardMetric(plan.metric);
  return {
    format: "nacre-board",
    version: 1,
    name: plan.name,
    unit: "patient",
    metric: { name: metric.name, title: metric.title, perfect: metric.perfect },
    bootstrap: plan.bootstrap,
    seed: plan.seed,
    sealed: plan.sealed === null || seal === null ? null : sealRecord(plan, plan.sealed.log, seal, loaded),
    tasks: board.tasks.map((task): TaskRecord => {
      const rows = entries
        .filter((e) => e.task === task.task)
        .flatMap((e): readonly Pick<PredictionRow, "part" | "patient">[] => e.rows);
      const data = dataOf(rows, plan.tasks[task.task]);
      return { ...task, models: task.models.map((m) => modelRecord(m, loaded, data)) };
    }),
    entries: loaded.map((l) => entryRecord(l, plan.folder)),
    failures,
  };
}

function sealRecord(plan: BoardPlan, log: string, seal: SealState, loaded: readonly LoadedEntry[]): SealRecord {
  return {
    part: "external",
    log: inFolder(plan.folder, log),
    state: seal.state,
    opened: seal.opening?.opened ?? null,
    command: seal.opening?.command ?? null,
    changes: seal.changes,
    toldElsewhere: loaded.filter((l) => l.tellsExternal).map((l) => l.entry.name),
  };
}

/** The data behind the parts of a task: the names the board gives, and the archives whose ids the patients carry. */
function dataOf(
  rows: readonly Pick<PredictionRow, "part" | "patient">[],
  task: BoardPlan["tasks"][string] | undefined,
): TestData[] {
  return (["internal", "external"] as const).flatMap((part) => {
    const role = part === "internal" ? "test" : "external";
    const patients = new Set(rows.filter((r) => r.part === role).map((r) => r.patient));
    return [
      ...(task?.[part] ?? []).map((name): TestData => ({ name, part, patients: null })),
      ...archivesOf(patients, part),
    ];
  });
}

function modelRecord(model: BoardModel, loaded: readonly LoadedEntry[], data: readonly TestData[]): ModelRecord {
  const own = model.entries.flatMap((e) => loaded.find((l) => l.entry.name === e.name) ?? []);
  const declared = own.flatMap((l) => declaredPretraining(l) ?? []);
  const isDeclared = own.some((l) => declaredPretraining(l) !== null);
  const published = pretrainingSourceOf(model.encoder);
  const pretraining = isDeclared ? [...new Set(declared)] : (published?.sources ?? null);
  const warnings = own.flatMap((l) => (l.warnings === null ? [] : [l.warnings]));
  return {
    ...model,
    cost: costOf(own),
    pretraining,
    pretrainingFrom: isDeclared ? "board" : published === null ? null : "list",
    licence: published?.licence ?? null,
    overlap: pretrainingOverlap(pretraining, data),
    warnings: warnings.length < own.length ? null : [...new Set(warnings.flat())],
  };
}

/** The built-in encoder learned from nothing; of others only the board can tell. */
function declaredPretraining({ plan, entry }: LoadedEntry): readonly string[] | null {
  return plan.pretraining ?? (entry.encoder === "texture" ? [] : null);
}

function costOf(own: readonly LoadedEntry[]): Cost {
  const first = <T>(pick: (l: LoadedEntry) => T | null | undefined): T | null =>
    own.map(pick).find((v) => v !== null && v !== undefined) ?? null;
  const memory = first((l) => l.plan.cost?.memory);
  return {
    tilesPerSecond: first((l) => l.plan.cost?.tilesPerSecond),
    parameters: first((l) => l.plan.cost?.parameters),
    aggregatorParameters: first((l) => l.aggregatorParameters),
    memoryBytes: memory === null ? null : bytesOf(memory),
  };
}

const UNIT: Readonly<Record<string, number>> = { K: 1, M: 2, G: 3 };

/** Bytes of "1.5 GB" (powers of 1000) or "1.5 GiB" (powers of 1024). */
function bytesOf(text: string): number {
  const [, amount = "0", unit = "K", binary = ""] = /^([\d.]+) ?([KMG])(i?)B$/.exec(text) ?? [];
  return Math.round(Number(amount) * (binary === "i" ? 1024 : 1000) ** (UNIT[unit] ?? 1));
}

function entryRecord({ entry, predictions, report, sha256, warnings }: LoadedEntry, folder: string): EntryRecord {
  const { name, task, encoder, aggregator, seed, barred } = entry;
  return {
    name,
    task,
    encoder,
    aggregator,
    seed,
    predictions: inFolder(folder, predictions),
    sha256,
    report: report === null ? null : inFolder(folder, report),
    barred,
    warnings,
  };
}

function inFolder(folder: string, path: string): string {
  return relative(folder, path).split(sep).join("/");
}
