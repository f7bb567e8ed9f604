/** The page of a run: what its folder holds, and what was told while it was at work. Files are the record; a document that is not there yet is null. */
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Person, RunEvent, RunPage } from "@nacre/api";
import { parse } from "yaml";
import { type FoundRun, readRun as readFolder } from "../archive/read-run.ts";
import { seesIdentifiers } from "../case/case-scope.ts";
import type { Services } from "../services.ts";
import { filesOf } from "./run-files.ts";
import { type RunRecord, runRow } from "./run-rows.ts";
import { shortOf, type Veil, veilOf } from "./veil.ts";

const MOST_LOG = 500;

export async function runPage(
  { db, archive }: Pick<Services, "db" | "archive">,
  who: Person,
  run: RunRecord,
): Promise<RunPage> {
  const project = archive.project(who, run.project);
  const folder = archive.pathIn(run.project, run.folder);
  const found = readFolder(project.folder, run.folder);
  const identifiers = seesIdentifiers(who);
  const veil = veilOf(project.folder, identifiers ? [] : namesIn(found));
  const events = await db
    .selectFrom("run_event")
    .select(["at", "event"])
    .where("run", "=", run.key)
    .orderBy("seq")
    .execute();
  const isAtWork = run.state === "queued" || run.state === "running";
  const scorecard = isAtWork ? null : veil.document(await readJson(join(folder, "scorecard.json")));
  const study = (await readText(join(folder, "study.yaml"))) ?? "";
  return {
    ...runRow(run, { identifiers }),
    failure: veil.document(run.failure) as RunPage["failure"],
    study: veil.text(study),
    folder: run.folder,
    settings: veil.document(settingsOf(study)) as Record<string, string>,
    files: identifiers && !isAtWork ? filesOf(folder) : [],
    summary: isAtWork ? null : textOf(veil, await readText(join(folder, "summary.md"))),
    scorecard,
    audit: (scorecard as { audit?: unknown } | null)?.audit ?? null,
    failures: await failuresOf(db, run, { found, events, veil, identifiers }),
    losses: lossesOf(folder, events),
    log: logOf(events, veil),
    hasReport: existsSync(join(folder, "report.html")),
  };
}

/** A study file's keys with their dots. Empty where the text is none. */
export function settingsOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (value: unknown, path: readonly string[]): void => {
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
    else if (path.length > 0) found[path.join(".")] = Array.isArray(value) ? value.map(plain).join(", ") : plain(value);
  };
  const plain = (value: unknown): string =>
    typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
  try {
    walk(parse(text, { maxAliasCount: 20 }), []);
  } catch {
    // The text itself is shown; there is nothing to compare.
    return {};
  }
  return found;
}

type Events = readonly { readonly at: Date; readonly event: RunEvent }[];

/** Slides, patients and cases of a run: what names somebody. */
export function namesIn(found: FoundRun): string[] {
  return [...found.slides.keys(), ...found.cohort.flatMap((row) => [row.patient, row.case, row.id, row.path])].filter(
    (name): name is string => name !== null,
  );
}

function textOf(veil: Veil, text: string | null): string | null {
  return text === null ? null : veil.text(text);
}

async function failuresOf(
  db: Services["db"],
  run: RunRecord,
  {
    found,
    events,
    veil,
    identifiers,
  }: { readonly found: FoundRun; readonly events: Events; readonly veil: Veil; readonly identifiers: boolean },
): Promise<RunPage["failures"]> {
  const failed = new Map<string, RunPage["failures"][number]["failure"]>();
  // The table of the folder is of the last run that came so far; what was told since is newer.
  for (const [slide, { state, failure }] of found.slides)
    if (state === "failed" && failure !== null) failed.set(slide, failure);
  for (const { event } of sinceStart(events)) {
    if (event.kind !== "slide") continue;
    if (event.state === "failed" && event.failure !== null) failed.set(event.slide, event.failure);
    else failed.delete(event.slide);
  }
  if (failed.size === 0) return [];
  const rows = await db.selectFrom("slide").select(["key", "name"]).where("project", "=", run.project).execute();
  const keys = new Map(rows.flatMap(({ key, name }) => [[name, key] as const, [withoutEnding(name), key] as const]));
  return [...failed].map(([name, { kind, expected, received, remedy }]) => ({
    slide: keys.get(name) ?? null,
    name: identifiers ? name : shortOf(name),
    failure: { kind, expected: veil.text(expected), received: veil.text(received), remedy: veil.text(remedy) },
  }));
}

function withoutEnding(name: string): string {
  return name.replace(/\.[^.]+$/, "");
}

/** Events since the run was put in line for the last time. */
function sinceStart(events: Events): Events {
  const at = events.findLastIndex(({ event }) => event.kind === "state" && event.state === "queued");
  return events.slice(at + 1);
}

/** Told epoch by epoch, or, of folds that were fitted before, as their steps remember. */
function lossesOf(folder: string, events: Events): RunPage["losses"] {
  const told = new Map<string, RunPage["losses"][number]>();
  for (let fold = 0; ; fold++) {
    const history = historyOf(join(folder, ".nacre", "steps", `fit-${fold}.json`));
    if (history === null) break;
    for (const { epoch, trainLoss, tuneLoss } of history)
      told.set(`${fold} ${epoch}`, { fold, epoch, train: trainLoss, tune: tuneLoss });
  }
  for (const { event } of sinceStart(events))
    if (event.kind === "loss") {
      const { fold, epoch, train, tune } = event;
      told.set(`${fold} ${epoch}`, { fold, epoch, train, tune });
    }
  return [...told.values()].sort((a, b) => a.fold - b.fold || a.epoch - b.epoch);
}

interface Epoch {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly tuneLoss: number | null;
}

function historyOf(file: string): readonly Epoch[] | null {
  try {
    const { note } = JSON.parse(readFileSync(file, "utf8")) as { note?: { history?: Epoch[] } };
    return note?.history ?? [];
  } catch {
    return null;
  }
}

function logOf(events: Events, veil: Veil): RunPage["log"] {
  const lines = events.flatMap(({ at, event }) => {
    const text = lineOf(event);
    return text === null ? [] : [{ at: at.toISOString(), text: veil.text(text) }];
  });
  return lines.slice(-MOST_LOG);
}

function lineOf(event: RunEvent): string | null {
  if (event.kind === "said") return event.text;
  if (event.kind !== "state") return null;
  const { state, failure } = event;
  return failure === null ? state : `${state}: ${failure.kind}, ${failure.received}`;
}

async function readText(file: string): Promise<string | null> {
  return readFile(file, "utf8").catch(() => null);
}

async function readJson(file: string): Promise<unknown> {
  const text = await readText(file);
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
