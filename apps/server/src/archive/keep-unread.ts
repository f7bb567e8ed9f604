/**
 * What a scan could not look at stays as the last scan left it: a share that does not answer for a moment takes no run, no answer and no
 * slide along. Slides that only the table of such a run names keep their case as well.
 */
import type { Selectable, Transaction } from "kysely";
import type { Tables } from "../store/tables.ts";
import { foldersAbove } from "./find-slide.ts";
import type { ProjectRows } from "./project-rows.ts";
import type { SlideRecord } from "./records.ts";

type SlideRow = Selectable<Tables["slide"]>;

/** Whether a path inside the project is one of these, or lies below one; "" is the project's folder itself. */
export function belowOf(unread: readonly string[]): (path: string) => boolean {
  const all = new Set(unread);
  return (path) => all.has("") || all.has(path) || foldersAbove(path).some((folder) => all.has(folder));
}

/** A row of the database as a scan would have found it. */
export function recordOf({ seen: _, ...row }: SlideRow): SlideRecord {
  // Every slide is written with a case; the column is nullable for other writers.
  return { ...row, case_key: row.case_key as string };
}

/** The rows found, and in place of what could not be looked at what the database has. Runs and answers: `writeRuns`, `writePredictions`. */
export async function keepUnread(tx: Transaction<Tables>, project: string, rows: ProjectRows): Promise<ProjectRows> {
  if (rows.unread.length === 0) return rows;
  const isUnread = belowOf(rows.unread);
  const found = new Set([...rows.runs, ...rows.slides].map(({ key }) => key));
  const runs = await tx.selectFrom("run").select(["key", "folder"]).where("project", "=", project).execute();
  const isRunUnread = runs.some(({ key, folder }) => !found.has(key) && isUnread(folder));
  const had = await tx.selectFrom("slide").selectAll().where("project", "=", project).execute();
  const before = new Map(had.map((row) => [row.key, recordOf(row)]));
  const slides = rows.slides.map((slide): SlideRecord => {
    const was = before.get(slide.key);
    if (was === undefined) return slide;
    if (slide.stamp === "" && isUnread(slide.path)) return was;
    if (!isRunUnread || !rows.unnamed.has(slide.key)) return slide;
    return { ...was, state: "unread", failure: null, stamp: slide.stamp };
  });
  const unseen = [...before.values()].filter(({ key, path }) => !found.has(key) && isUnread(path));
  const cases = new Set([...slides, ...rows.predictions].map(({ case_key }) => case_key));
  return { ...rows, slides: [...slides, ...unseen], cases: rows.cases.filter(({ key }) => cases.has(key)) };
}
