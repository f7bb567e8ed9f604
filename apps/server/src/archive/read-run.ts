/** A run folder as it lies there: what was asked, what became of each slide, what was answered. Read anew at each scan; files are the record. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RunRow } from "@nacre/api";
import type { Failure } from "@nacre/core";
import { readStudy, readTable } from "@nacre/pipeline";
import { judgementOf } from "../case/standing.ts";
import { answerColumns } from "./answer-columns.ts";
import { headlineNumbers } from "./headline-numbers.ts";
import { insideOf, realInside } from "./inside.ts";
import { type BagAnswers, readAnswers } from "./read-answers.ts";
import { type CohortCells, readCohortCells, rowsOf } from "./read-cells.ts";

/** What slides.csv says of a slide. */
export interface RunSlide {
  readonly state: "ready" | "failed" | "unread";
  readonly failure: Failure | null;
  /** null where quality was not looked at. */
  readonly quality: readonly string[] | null;
  readonly synthetic: boolean;
}

export interface FoundRun {
  /** Inside the project, with `/`; "" is the project's folder itself. */
  readonly folder: string;
  readonly name: string;
  readonly task: string;
  readonly encoder: string | null;
  readonly aggregator: string | null;
  readonly state: RunRow["state"];
  readonly failure: Failure | null;
  readonly counts: RunRow["slides"];
  readonly numbers: RunRow["numbers"];
  readonly judgement: ReturnType<typeof judgementOf>;
  readonly synthetic: boolean;
  readonly started: Date | null;
  readonly finished: Date | null;
  /** Where its slides lie, inside the project; null: outside of it, or there are none (features were brought). */
  readonly slidesRoot: string | null;
  readonly cohort: readonly CohortCells[];
  /** By the id of the slide. */
  readonly slides: ReadonlyMap<string, RunSlide>;
  readonly bag: "slide" | "case" | "patient";
  readonly answers: readonly BagAnswers[];
  /** Columns of the cohort that hold the answer to its task. */
  readonly answerColumns: readonly string[];
  /** When it was last written: of two runs that disagree about a slide, the later is believed. */
  readonly time: number;
}

/** Reads a run. What is broken in it is its failure, and the rest is read all the same. @param project real path of the project's folder @param isUnread of a path inside it */
export function readRun(project: string, inside: string, isUnread: (path: string) => boolean = () => false): FoundRun {
  const folder = join(project, inside);
  const file = join(folder, "study.yaml");
  const study = readStudy(file);
  const scorecard = readJson(join(folder, "scorecard.json"));
  const rows = tableRows(join(folder, "slides.csv"));
  const slides = slidesOf(folder, rows);
  const states = [...slides.values()];
  const base = {
    folder: inside,
    counts: {
      ready: states.filter((s) => s.state === "ready").length,
      failed: states.filter((s) => s.state === "failed").length,
      waiting: 0,
    },
    numbers: headlineNumbers(scorecard),
    judgement: judgementOf(scorecard),
    synthetic: states.some((s) => s.synthetic),
    started: timeOf(file),
    slides,
    time: Math.max(
      ...[file, join(folder, "slides.csv"), join(folder, "predictions.csv")].map((f) => +(timeOf(f) ?? 0)),
    ),
  };
  if (!study.ok)
    return {
      ...base,
      name: inside.split("/").at(-1) || "run",
      task: "unknown",
      encoder: null,
      aggregator: null,
      state: "failed",
      failure: withoutPaths(study.failure, project),
      finished: null,
      slidesRoot: null,
      cohort: [],
      bag: "slide",
      answers: [],
      answerColumns: [],
    };
  const { name, task, encoder, aggregator, bag, cohort, slides: root } = study.value;
  const table = realInside(project, cohort);
  const state = stateOf(folder);
  return {
    ...base,
    name,
    task: task.kind,
    encoder: study.value.features === undefined ? (encoder.split(/[/\\]/).at(-1) ?? encoder) : null,
    aggregator: aggregator.name,
    state,
    failure: null,
    finished:
      state === "finished" ? (timeOf(join(folder, "scorecard.json")) ?? timeOf(join(folder, "predictions.csv"))) : null,
    slidesRoot: root === undefined ? null : slidesRootOf(project, root, isUnread),
    cohort: (table === null ? null : readCohortCells(table)) ?? cohortOfSlides(rows),
    bag,
    answers: readAnswers(folder, task),
    answerColumns: answerColumns(task),
  };
}

/** A folder that cannot be looked at now keeps its name. */
function slidesRootOf(project: string, root: string, isUnread: (path: string) => boolean): string | null {
  const real = realInside(project, root);
  const inside = insideOf(project, real ?? root);
  return inside !== null && (real !== null || isUnread(inside)) ? inside : null;
}

/** slides.csv stands in for a cohort table that is not inside the project. */
function cohortOfSlides(rows: readonly Record<string, string>[]): CohortCells[] {
  return rows.map((r) => ({
    path: r.path || (r.slide ?? ""),
    id: r.slide ?? "",
    patient: r.patient || null,
    case: r.case || r.patient || null,
    site: r.site || null,
    stain: null,
    scanner: null,
    facts: r.label ? { label: r.label } : {},
  }));
}

function slidesOf(folder: string, rows: readonly Record<string, string>[]): Map<string, RunSlide> {
  return new Map(
    rows.map((r) => [
      r.slide ?? "",
      {
        state: r.state === "ready" ? "ready" : r.state === "failed" ? "failed" : "unread",
        failure: r.state === "failed" ? failureOf(r, folder) : null,
        quality: r.quality ? (r.quality === "pass" ? [] : r.quality.split(" ")) : null,
        synthetic: isDrawn(folder, r.slide ?? ""),
      },
    ]),
  );
}

/** Names of files stand for patients as their ids do: whoever sees the failure knows which slide it is of. */
function failureOf(r: Record<string, string>, folder: string): Failure {
  const { failure = "", expected = "", received = "", remedy = "", path = "", slide = "" } = r;
  // Kinds of a run's own table are those of core.
  const kind = (failure || "internal") as Failure["kind"];
  const cut = (text: string): string =>
    [folder, path, slide]
      .filter((name) => name.length > 2)
      .reduce((said, name) => said.replaceAll(name, name === folder ? "…" : "the slide"), text);
  return { kind, expected: cut(expected), received: cut(received), remedy: cut(remedy) };
}

/** The run remembers of each slide whether its file said that a program drew it. */
function isDrawn(folder: string, slide: string): boolean {
  const note = readJson(join(folder, ".nacre", "steps", `extract-${slide}.json`)) as {
    note?: { synthetic?: boolean };
  } | null;
  return note?.note?.synthetic === true;
}

/** A run that says "running" and has written nothing for this long was ended from outside. */
const SILENT_MS = 10 * 60_000;

function stateOf(folder: string): RunRow["state"] {
  const said = readJson(join(folder, ".nacre", "state.json")) as { state?: string } | null;
  if (said?.state === "running") {
    const last = Math.max(
      +(timeOf(join(folder, ".nacre", "steps")) ?? 0),
      +(timeOf(join(folder, ".nacre", "state.json")) ?? 0),
    );
    return Date.now() - last < SILENT_MS ? "running" : "stopped";
  }
  if (said?.state === "stopped") return "stopped";
  return said !== null || existsSync(join(folder, "predictions.csv")) ? "finished" : "stopped";
}

function tableRows(file: string): Record<string, string>[] {
  if (!existsSync(file)) return [];
  const table = readTable(file);
  return table.ok ? rowsOf(table.value) : [];
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

function timeOf(file: string): Date | null {
  return statSync(file, { throwIfNoEntry: false })?.mtime ?? null;
}

/** A message for people who do not know where the folder lies, and need not. */
export function withoutPaths<F extends Failure>(failure: F, folder: string): F {
  const cut = (text: string): string => text.replaceAll(`${folder}/`, "").replaceAll(folder, "the folder");
  return { ...failure, expected: cut(failure.expected), received: cut(failure.received), remedy: cut(failure.remedy) };
}
