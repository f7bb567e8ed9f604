/** What a board is made of: the entries that board.yaml names, or every sub-folder that holds a scorecard.json. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fail, nearestName, type Outcome, ok } from "@nacre/core";
import { parse, YAMLParseError } from "yaml";
import type { z } from "zod";
import { counted } from "../report/number-text.ts";
import { readText } from "../study/read-text.ts";
import { type BoardFile, type BoardFileEntry, boardSchema, knownBoardKeys } from "./board-schema.ts";

/** Where an entry comes from, before its files are read. Paths are absolute. */
export interface EntryPlan {
  /** What a run folder says of itself where `described` is null. */
  readonly described: Pick<BoardFileEntry, "task" | "encoder" | "aggregator"> | null;
  readonly name: string;
  readonly seed: number | null;
  readonly source:
    | { readonly kind: "run"; readonly folder: string }
    | { readonly kind: "table"; readonly file: string };
  readonly cost: BoardFileEntry["cost"] | null;
  readonly pretraining: readonly string[] | null;
}

export interface BoardPlan extends Pick<BoardFile, "metric" | "bootstrap" | "seed" | "tasks"> {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly sealed: { readonly part: "external"; readonly log: string } | null;
  readonly entries: readonly EntryPlan[];
}

/** Name of the run file of a board. */
export const BOARD_FILE = "board.yaml";

/** Reads the plan of a board. Failures: bad-usage (no such folder, nothing in it), bad-study (board.yaml). */
export function readBoard(dir: string): Outcome<BoardPlan> {
  const folder = resolve(dir);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return nothingThere(`no folder at ${dir}`);
  if (existsSync(join(folder, BOARD_FILE))) return readBoardFile(folder, join(dir, BOARD_FILE));
  const runs = readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "scorecard.json")))
    .sort();
  if (runs.length === 0) return nothingThere(`neither in ${dir}`, tablesIn(folder));
  const defaults = boardSchema.omit({ entries: true }).parse({});
  return ok({
    ...defaults,
    name: basename(folder),
    folder,
    sealed: null,
    entries: runs.map((name) => ({
      described: null,
      name,
      seed: null,
      source: { kind: "run", folder: join(folder, name) },
      cost: null,
      pretraining: null,
    })),
  });
}

/** Tables of predictions, as far as a name can tell. */
function tablesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.(csv|tsv)$/i.test(name))
    .sort();
}

function nothingThere(received: string, tables: readonly string[] = []): Outcome<never> {
  const [first = "uni.csv", second = "texture.csv"] = tables;
  return fail("bad-usage", {
    expected: `a folder with ${BOARD_FILE}, or with run folders (scorecard.json)`,
    received: tables.length === 0 ? received : `${received}, but ${counted(tables.length, "table")}`,
    remedy: `name the folder that holds the runs, or write ${BOARD_FILE} there, with a line for each table:
name: my-board
entries:
  - {task: egfr, encoder: uni, aggregator: abmil, predictions: ${inYaml(first)}}
  - {task: egfr, encoder: texture, aggregator: abmil, predictions: ${inYaml(second)}}`,
  });
}

function inYaml(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : JSON.stringify(name);
}

function readBoardFile(folder: string, shown: string): Outcome<BoardPlan> {
  const text = readText(join(folder, BOARD_FILE));
  if (!text.ok) return text;
  let value: unknown;
  try {
    value = parse(text.value);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const line = error.linePos?.[0]?.line ?? "?";
    return badBoard("valid YAML", `${error.message.split("\n")[0]} (line ${line})`, `mend ${shown}`);
  }
  return checkBoard(value, folder, shown);
}

/** Checks a parsed board.yaml; `folder` is where its paths start. */
export function checkBoard(value: unknown, folder: string, shown: string): Outcome<BoardPlan> {
  const parsed = boardSchema.safeParse(value);
  if (!parsed.success) {
    const { issues } = parsed.error;
    const issue = issues.find((i) => i.code === "unrecognized_keys") ?? issues[0];
    return explain(issue as z.core.$ZodIssue, value, shown);
  }
  const board = parsed.data;
  const entries: EntryPlan[] = [];
  for (const [i, entry] of board.entries.entries()) {
    const plan = planOf(entry, i, folder, shown);
    if (!plan.ok) return plan;
    entries.push(plan.value);
  }
  const strange = Object.keys(board.tasks).find((t) => !board.entries.some((e) => e.task === t));
  if (strange !== undefined) {
    const known = [...new Set(board.entries.map((e) => e.task))];
    return badBoard(
      `tasks among those of the entries: ${known.join(", ")}`,
      `\`${strange}\``,
      remedyFor(strange, known),
    );
  }
  const sealed = sealOf(board, folder);
  if (!sealed.ok) return sealed;
  const { metric, bootstrap, seed, tasks } = board;
  const name = board.name ?? basename(folder);
  return ok({ metric, bootstrap, seed, tasks, name, folder, sealed: sealed.value, entries });
}

function planOf(entry: BoardFileEntry, i: number, folder: string, shown: string): Outcome<EntryPlan> {
  const sources = [entry.predictions, entry.run].filter((s) => s !== undefined);
  const [source] = sources;
  if (source === undefined || sources.length > 1) {
    const received = sources.length === 0 ? "neither" : "both";
    return badBoard(`exactly one of predictions: and run: in entry ${i + 1}`, `${received} in ${shown}`, "name one");
  }
  const path = isAbsolute(source) ? source : resolve(folder, source);
  const { task, encoder, aggregator, seed } = entry;
  return ok({
    described: { task, encoder, aggregator },
    name: [task, encoder, aggregator, ...(seed === undefined ? [] : [`seed ${seed}`])].join(" / "),
    seed: seed ?? null,
    source: entry.run === undefined ? { kind: "table", file: path } : { kind: "run", folder: path },
    cost: entry.cost ?? null,
    pretraining: entry.pretraining ?? null,
  });
}

/** The log lies inside the folder of the board, so that it travels with what it tells about. */
function sealOf({ sealed }: BoardFile, folder: string): Outcome<BoardPlan["sealed"]> {
  if (sealed === undefined) return ok(null);
  const log = resolve(folder, sealed.log);
  const inside = relative(folder, log);
  if (inside === "" || inside.startsWith("..") || isAbsolute(inside) || inside.startsWith("board/")) {
    return badBoard(
      "sealed.log, a file inside the folder of the board and outside board/",
      sealed.log,
      "for example log: seal.log",
    );
  }
  if (dirname(log) !== folder && !existsSync(dirname(log))) {
    return badBoard("sealed.log in a folder that is there", sealed.log, "make that folder, or write log: seal.log");
  }
  return ok({ part: sealed.part, log });
}

function explain(issue: z.core.$ZodIssue, value: unknown, shown: string): Outcome<never> {
  const place = issue.path.map(String).join(".") || "the top level";
  if (issue.code === "unrecognized_keys") {
    const known = knownBoardKeys(issue.path);
    const named = issue.keys.map((key) => `\`${key}\``).join(", ");
    const remedies = new Set(issue.keys.map((key) => remedyFor(key, known)));
    return badBoard(`a known key at ${place} (${known.join(", ")})`, `${named} in ${shown}`, [...remedies].join("; "));
  }
  const found = issue.path.reduce<unknown>((v, key) => (v as Record<PropertyKey, unknown> | null)?.[key], value);
  const said = found === undefined ? "nothing" : (JSON.stringify(found)?.slice(0, 80) ?? typeof found);
  return badBoard(
    `${place}: ${issue.message.replace("Invalid input: expected ", "")}`,
    `${said} in ${shown}`,
    `correct ${place} in ${BOARD_FILE}`,
  );
}

/** What people write for the keys of an entry. */
const MEANT: Readonly<Record<string, string>> = {
  model: "name the `encoder` and the `aggregator`, which together are a model",
  name: "name the `encoder` and the `aggregator`, which together are a model",
  file: "write `predictions` for a table, or `run` for a run folder",
  path: "write `predictions` for a table, or `run` for a run folder",
  table: "write `predictions`",
  folder: "write `run`",
};

function remedyFor(name: string, known: readonly string[]): string {
  const meant = known.includes("encoder") ? MEANT[name] : undefined;
  if (meant !== undefined) return meant;
  const near = nearestName(name, known);
  return near === null ? "remove it" : `did you mean \`${near}\`?`;
}

function badBoard(expected: string, received: string, remedy: string): Outcome<never> {
  return fail("bad-study", { expected, received, remedy });
}
