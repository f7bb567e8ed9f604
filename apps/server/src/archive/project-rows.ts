/**
 * From what was found in a folder to the rows of the database, without touching either: which slide is whose, what is known of it, what was
 * answered. A slide that two runs name is one row; where they disagree, the run written last is believed.
 */
import { slideIdOf } from "@nacre/core";
import type { FailureJson } from "../store/tables.ts";
import { type CaseNames, caseNames } from "./case-names.ts";
import { foldersAbove, joined, slideFinder } from "./find-slide.ts";
import { keyOf } from "./key-of.ts";
import { type PredictionRow, predictionRows } from "./prediction-rows.ts";
import type { CohortCells } from "./read-cells.ts";
import type { FoundRun, RunSlide } from "./read-run.ts";
import type { CaseRecord, RunRecord, SlideRecord } from "./records.ts";
import type { FoundFolder } from "./walk-folder.ts";

export interface ProjectRows {
  readonly slides: readonly SlideRecord[];
  readonly cases: readonly CaseRecord[];
  readonly runs: readonly RunRecord[];
  readonly predictions: readonly PredictionRow[];
  /** Keys of slides that no table names. */
  readonly unnamed: ReadonlySet<string>;
  /** Folders and slides that could not be looked at, inside the project; "" is its folder itself. */
  readonly unread: readonly string[];
}

/** A cohort table that belongs to no run, and where its slides lie (inside the project). */
export interface LooseCohort {
  readonly roots: readonly string[];
  readonly rows: readonly CohortCells[];
}

/** What is known of one slide before its case has a name. */
interface Known {
  readonly path: string;
  readonly stamp: string | null;
  readonly cells: CohortCells | null;
  readonly said: RunSlide | null;
}

/** @param runs and @param cohorts the most believable first */
export function projectRows(
  project: string,
  found: FoundFolder,
  { runs, cohorts }: { readonly runs: readonly FoundRun[]; readonly cohorts: readonly LooseCohort[] },
): ProjectRows {
  const known = knownSlides(found, runs, cohorts);
  const names = caseNames([...known.values()].flatMap(({ cells }) => (cells === null ? [] : [cells])));
  const all = [...known.values()];
  const slides = all.map((slide) => slideRecord(project, slide, names));
  const unnamed = new Set(slides.flatMap(({ key }, i) => (all[i]?.cells === null ? [key] : [])));
  const cases = caseRecords(project, slides, names);
  const records = runs.map((run) => ({ key: keyOf("run", project, run.folder), run }));
  const predictions = records.flatMap(({ key, run }) => predictionRows(key, run, { project, slides, names }));
  return {
    slides,
    cases: withAnswered(project, cases, predictions),
    runs: records,
    predictions,
    unnamed,
    unread: found.unread,
  };
}

function knownSlides(
  found: FoundFolder,
  runs: readonly FoundRun[],
  cohorts: readonly LooseCohort[],
): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>();
  const find = slideFinder(found.slides.map(({ path }) => path));
  const stamps = new Map(found.slides.map(({ path, stamp }) => [path, stamp]));
  for (const run of runs) {
    for (const cells of run.cohort) {
      const path = run.slidesRoot === null ? outside(run, cells) : joined(run.slidesRoot, cells.path);
      merge(known, { path, stamp: stamps.get(path) ?? null, cells, said: run.slides.get(cells.id) ?? null });
    }
  }
  for (const { roots, rows } of cohorts) {
    for (const cells of rows) {
      const path = find(cells, roots);
      if (path !== undefined) merge(known, { path, stamp: stamps.get(path) ?? null, cells, said: null });
    }
  }
  const insides = [...known.keys()];
  const claimed = new Set(insides.flatMap(foldersAbove));
  for (const { path, stamp } of found.slides) {
    // A series whose files a table names one by one, and a file inside a folder that a table names, are no slides more.
    if (claimed.has(path) || foldersAbove(path).some((folder) => known.has(folder))) continue;
    merge(known, { path, stamp, cells: null, said: null });
  }
  return known;
}

/** Slides of a run whose files the project does not hold: they are told, never opened. */
const outside = ({ folder }: FoundRun, { id }: CohortCells): string => joined(folder, `.nacre/outside/${id}`);

function merge(known: Map<string, Known>, more: Known): void {
  const before = known.get(more.path);
  const said = before?.said ?? more.said;
  known.set(more.path, {
    path: more.path,
    stamp: before?.stamp ?? more.stamp,
    cells: before?.cells ?? more.cells,
    said: said === null || more.said === null ? said : { ...said, synthetic: said.synthetic || more.said.synthetic },
  });
}

function slideRecord(project: string, { path, stamp, cells, said }: Known, names: CaseNames): SlideRecord {
  const name = cells?.id ?? slideIdOf(path);
  const missing = stamp === null;
  return {
    key: keyOf("slide", project, path),
    project,
    case_key: keyOf("case", project, cells === null ? name : names.of(cells, name)),
    patient: cells?.patient ?? null,
    name,
    path,
    site: cells?.site ?? null,
    stain: cells?.stain ?? null,
    scanner: cells?.scanner ?? null,
    state: missing ? "failed" : (said?.state ?? "unread"),
    failure: missing ? missingSlide(path) : (said?.failure ?? null),
    quality: said?.quality ?? null,
    synthetic: said?.synthetic ?? false,
    stamp: stamp ?? "",
    facts: cells?.facts ?? {},
  };
}

/** A slide that a table names, or that was here before, and that is not here now. */
export function missingSlide(path: string): FailureJson {
  const isOutside = path.includes(".nacre/outside/");
  return {
    kind: "missing-file",
    expected: "the slide's file inside the served folder",
    received: isOutside ? "a study whose slides lie outside of it" : "no file where a table, or the last scan, has it",
    remedy: isOutside
      ? "serve a folder that holds both the run and its slides"
      : "bring the file back and scan again, or correct the table",
  };
}

function caseRecords(project: string, slides: readonly SlideRecord[], names: CaseNames): CaseRecord[] {
  const cases = new Map<string, CaseRecord>();
  for (const { case_key: key, patient, site, facts, name } of slides) {
    const before = cases.get(key);
    if (before === undefined)
      cases.set(key, { key, project, name: names.ofKey(project, key) ?? name, patient, site, facts });
    else cases.set(key, { ...before, site: before.site ?? site, facts: common(before.facts, facts) });
  }
  return [...cases.values()];
}

/** What is true of every slide of a case. */
function common(a: CaseRecord["facts"], b: CaseRecord["facts"]): CaseRecord["facts"] {
  return Object.fromEntries(Object.entries(a).filter(([column, value]) => b[column] === value));
}

/** Cases that a run answered and of which no slide is known: features were brought without slides. */
function withAnswered(
  project: string,
  cases: readonly CaseRecord[],
  predictions: readonly PredictionRow[],
): CaseRecord[] {
  const known = new Set(cases.map(({ key }) => key));
  const more = new Map<string, CaseRecord>();
  for (const { case_key: key, caseName, patient } of predictions) {
    if (!known.has(key)) more.set(key, { key, project, name: caseName, patient, site: null, facts: {} });
  }
  return [...cases, ...more.values()];
}
