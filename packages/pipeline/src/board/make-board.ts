/**
 * `nacre board`: reads the entries, lets the referee judge them, keeps the seal, writes board/index.html, board.json and
 * board.md. The same files give the same bytes; a page never holds what its seal hides.
 */
import { join } from "node:path";
import { type Failure, FailureError, fail, type Outcome, ok, unwrap } from "@nacre/core";
import { answers, BOARD_METRICS_OF, type Board, type BoardEntry, judgeBoard } from "@nacre/evaluation";
import { writeWhole } from "../run/write-file.ts";
import type { BoardDocument } from "./board-document.ts";
import { documentOf } from "./document-of.ts";
import { type BoardPlan, readBoard } from "./read-board.ts";
import { type LoadedEntry, readEntry } from "./read-entry.ts";
import { renderBoard } from "./render-board.ts";
import { renderBoardMarkdown } from "./render-markdown.ts";
import { openSeal, readSeal, type Sealable } from "./seal.ts";

export interface MakeBoardOptions {
  /** Opens the sealed part under this name; null leaves it as it is. */
  readonly openSealed: string | null;
  /** Written into the seal's log. */
  readonly command: string;
}

export interface MadeBoard {
  readonly document: BoardDocument;
  /** The written files. */
  readonly page: string;
  readonly json: string;
  readonly markdown: string;
  /** True where an entry failed or a comparison was refused; both are listed in the document. */
  readonly isPartial: boolean;
}

/**
 * Makes the board of a folder.
 * @throws FailureError bad-usage, bad-study, duplicate-id; refused (the seal, or no task that can be compared);
 * nothing-usable; disk-full, no-permission
 */
export function makeBoard(dir: string, { openSealed, command }: MakeBoardOptions): MadeBoard {
  const plan = unwrap(readBoard(dir));
  if (openSealed !== null && plan.sealed === null) unwrap(noSeal(dir));
  const { loaded, failures } = readAll(plan);
  const entries = unwrap(withPositive(loaded, plan));
  const metrics = unwrap(metricsOf(plan, entries));
  const sealable = sealableOf(plan, loaded, entries);
  const before = plan.sealed === null ? null : unwrap(readSeal(plan.sealed.log, sealable));
  const wanted = openSealed !== null && before?.state === "closed" ? ("open" as const) : before?.state;
  const shows = plan.sealed === null || wanted === "open";
  if (openSealed !== null && failures.length > 0 && before?.state === "closed")
    throw new FailureError(unreadable(failures));
  const board = unwrap(
    judgeBoard(entries, {
      metric: plan.metric,
      metrics,
      replicates: plan.bootstrap,
      seed: plan.seed,
      parts: shows ? ["internal", "external"] : ["internal"],
    }),
  );
  const all = [...failures, ...board.failures];
  const refused = board.tasks.flatMap((t) => [t.internal?.refused ?? [], t.external?.refused ?? []].flat());
  refuseEmpty(board, all, refused);
  const seal =
    plan.sealed === null || openSealed === null
      ? before
      : unwrap(openSeal(plan.sealed.log, sealable, { name: openSealed, command }));
  const document = documentOf(plan, { loaded, entries, board, seal, failures: all });
  return { document, ...write(plan.folder, document), isPartial: all.length > 0 || refused.length > 0 };
}

function readAll(plan: BoardPlan): { loaded: LoadedEntry[]; failures: { entry: string; failure: Failure }[] } {
  const loaded: LoadedEntry[] = [];
  const failures: { entry: string; failure: Failure }[] = [];
  for (const entry of plan.entries) {
    const read = readEntry(entry);
    if (read.ok) loaded.push(read.value);
    else failures.push({ entry: entry.name, failure: read.failure });
  }
  return { loaded: plan.entries.some((e) => e.described !== null) ? loaded : toldApart(loaded), failures };
}

/** Run folders found by themselves may differ in something that no column shows: then the folder's name is added. */
function toldApart(loaded: readonly LoadedEntry[]): LoadedEntry[] {
  const key = ({ entry: e }: LoadedEntry): string => JSON.stringify([e.task, e.encoder, e.aggregator, e.seed]);
  return loaded.map((l) =>
    loaded.filter((other) => key(other) === key(l)).length === 1
      ? l
      : { ...l, entry: { ...l.entry, aggregator: `${l.entry.aggregator} (${l.entry.name})` } },
  );
}

/** One positive class for each task: the board's, else that of its runs, else the last. Failures: bad-study. */
function withPositive(loaded: readonly LoadedEntry[], plan: BoardPlan): Outcome<BoardEntry[]> {
  const out: BoardEntry[] = [];
  for (const { entry } of loaded) {
    const asked = plan.tasks[entry.task]?.positive;
    if (!answers(entry, "classify")) {
      if (asked !== undefined) return noClasses(entry, asked);
      out.push(entry);
      continue;
    }
    const { classes } = entry.question;
    const ran = loaded.find((l) => l.entry.task === entry.task && l.positive !== null)?.positive ?? undefined;
    const positive = asked ?? ran ?? entry.question.positive;
    if (asked !== undefined && !classes.includes(asked)) {
      return fail("bad-study", {
        expected: `tasks.${entry.task}.positive among ${classes.join(", ")}`,
        received: asked,
        remedy: "name one of the classes",
      });
    }
    out.push(classes.includes(positive) ? { ...entry, question: { ...entry.question, positive } } : entry);
  }
  return ok(out);
}

function noClasses({ task, name }: BoardEntry, positive: string): Outcome<never> {
  return fail("bad-study", {
    expected: `tasks.${task}.positive for a task of classes alone`,
    received: `${positive}, where ${name} holds no classes`,
    remedy: "leave positive: out for this task",
  });
}

/** What single tasks are ranked by, checked against what they answer. Failures: bad-study. */
function metricsOf(plan: BoardPlan, entries: readonly BoardEntry[]): Outcome<Record<string, string>> {
  const metrics: Record<string, string> = {};
  for (const [task, { metric }] of Object.entries(plan.tasks)) {
    const kind = entries.find((e) => e.task === task)?.question.kind;
    if (metric === undefined || kind === undefined) continue;
    const known = BOARD_METRICS_OF[kind];
    if (!known.includes(metric)) {
      return fail("bad-study", {
        expected: `tasks.${task}.metric among ${known.join(", ")}`,
        received: metric,
        remedy: "name one of them, or leave metric: out for the first",
      });
    }
    metrics[task] = metric;
  }
  return ok(metrics);
}

function sealableOf(plan: BoardPlan, loaded: readonly LoadedEntry[], entries: readonly BoardEntry[]): Sealable {
  const tasks = [...new Set(entries.map((e) => e.task))].map((task) => {
    const first = entries.find((e) => e.task === task);
    const positive = first !== undefined && answers(first, "classify") ? first.question.positive : "";
    const metric = plan.tasks[task]?.metric;
    return { task, positive, ...(metric === undefined ? {} : { metric }) };
  });
  return {
    metric: plan.metric,
    tasks,
    entries: loaded.map(({ entry: e, sha256 }) => ({
      name: e.name,
      task: e.task,
      encoder: e.encoder,
      aggregator: e.aggregator,
      seed: e.seed,
      sha256,
    })),
  };
}

function noSeal(dir: string): Outcome<never> {
  return fail("bad-usage", {
    expected: "a board with a sealed part for --open-sealed",
    received: `no sealed: in board.yaml of ${dir}`,
    remedy: "add sealed: {part: external, log: seal.log}, or leave --open-sealed out",
  });
}

function unreadable(failures: readonly { readonly entry: string }[]): Failure {
  return {
    kind: "refused",
    expected: "every entry readable before the sealed part is opened, since it is opened once",
    received: `${failures.length} that cannot be read, for example ${failures[0]?.entry}`,
    remedy: "mend these entries or take them out, then open",
  };
}

function refuseEmpty(
  board: Board,
  failures: readonly { readonly entry: string; readonly failure: Failure }[],
  refused: readonly Failure[],
): void {
  const stands = board.tasks.some((t) => [t.internal, t.external].some((p) => p !== null && p.refused === null));
  if (stands) return;
  const [first] = refused;
  if (first !== undefined) throw new FailureError(first);
  const failed = failures[0];
  unwrap(
    fail("nothing-usable", {
      expected: "at least one entry with labelled test patients",
      received:
        failed === undefined
          ? "none"
          : `${failures.length} that failed, the first ${failed.entry}: ${failed.failure.received}`,
      remedy: failed?.failure.remedy ?? "add a column part with test rows, and labels",
    }),
  );
}

function write(folder: string, document: BoardDocument): Pick<MadeBoard, "page" | "json" | "markdown"> {
  const file = (name: string): string => join(folder, "board", name);
  const made = { page: file("index.html"), json: file("board.json"), markdown: file("board.md") };
  writeWhole(made.json, `${JSON.stringify(document, null, 2)}\n`);
  writeWhole(made.markdown, renderBoardMarkdown(document));
  writeWhole(made.page, renderBoard(document));
  return made;
}
