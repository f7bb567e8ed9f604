/** One scan of a project: walk, read the tables and runs, write what changed. Reading gives way to requests between runs. */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import type { Kysely } from "kysely";
import type { Tables } from "../store/tables.ts";
import type { ArchiveProject, ScanCounts } from "./archive.ts";
import { joined, PROJECT_ROOTS } from "./find-slide.ts";
import { realInside } from "./inside.ts";
import { belowOf } from "./keep-unread.ts";
import { type LooseCohort, projectRows } from "./project-rows.ts";
import { readCohort } from "./read-cells.ts";
import { type FoundRun, readRun } from "./read-run.ts";
import { type FoundFolder, type FoundSlide, MOST_LEFT, stampOf, walkFolder } from "./walk-folder.ts";
import { writeRows } from "./write-rows.ts";

export interface ScanOptions {
  readonly db: Kysely<Tables>;
  /** Folder of tables that people brought for this project. */
  readonly tables: string;
  readonly now: () => Date;
}

export async function scanProject(project: ArchiveProject, { db, tables, now }: ScanOptions): Promise<ScanCounts> {
  const found = await walkFolder(project.folder);
  const isUnread = belowOf(found.unread);
  const runs: FoundRun[] = [];
  for (const folder of found.runs) {
    runs.push(readRun(project.folder, folder, isUnread));
    await breathe();
  }
  runs.sort((a, b) => b.time - a.time || (a.folder < b.folder ? -1 : 1));
  const emptyRows: string[] = [];
  const cohorts = [...broughtTables(tables, emptyRows), ...looseCohorts(project.folder, found, emptyRows)];
  const rows = projectRows(project.key, await withNamed(project.folder, found, runs), { runs, cohorts });
  await writeRows(db, project, rows, now().toISOString());
  return {
    slides: rows.slides.length,
    cases: rows.cases.length,
    runs: rows.runs.length,
    left: [...emptyRows, ...found.left].slice(0, MOST_LEFT),
    leftTotal: emptyRows.length + found.leftTotal,
  };
}

/** What runs name and a walk passes by: pictures beside slides, single instances of a series. They are slides because they were used as such. */
async function withNamed(root: string, found: FoundFolder, runs: readonly FoundRun[]): Promise<FoundFolder> {
  const known = new Set(found.slides.map(({ path }) => path));
  const named: FoundSlide[] = [];
  for (const { slidesRoot, cohort } of runs) {
    for (const cells of slidesRoot === null ? [] : cohort) {
      const path = joined(slidesRoot ?? "", cells.path);
      const real = known.has(path) ? null : realInside(root, path);
      known.add(path);
      const stamp = real === null ? null : await stampOf(real);
      if (stamp !== null) named.push({ path, stamp });
    }
  }
  return { ...found, slides: [...found.slides, ...named] };
}

/** cohort.csv where no run lies beside it: its slides lie beside it or in `slides/`. */
function looseCohorts(root: string, { tables, runs }: FoundFolder, emptyRows: string[]): LooseCohort[] {
  const ofRuns = new Set(runs);
  return tables.flatMap((table) => {
    const folder = dirname(table) === "." ? "" : dirname(table);
    const read = ofRuns.has(folder) ? null : readCohort(join(root, table));
    if (read === null) return [];
    tellEmpty(emptyRows, table, read.withoutSlide);
    return [{ roots: [folder, folder === "" ? "slides" : `${folder}/slides`], rows: read.rows }];
  });
}

/** Tables that people brought, the newest first: they say what no table in the folder says. */
function broughtTables(folder: string, emptyRows: string[]): LooseCohort[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".csv"));
  } catch {
    return [];
  }
  return names
    .sort()
    .reverse()
    .flatMap((name) => {
      const read = readCohort(join(folder, name));
      if (read === null) return [];
      tellEmpty(emptyRows, `the table brought as ${name}`, read.withoutSlide);
      return [{ roots: PROJECT_ROOTS, rows: read.rows }];
    });
}

function tellEmpty(emptyRows: string[], table: string, n: number): void {
  if (n > 0) emptyRows.push(`${table}: ${n === 1 ? "a row names" : `${n} rows name`} no slide`);
}
