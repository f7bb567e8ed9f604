/**
 * Brings the database up to what was found, in one transaction: only rows that changed are written. What people did stays: annotations,
 * drafts, assignments, states of cases. A slide that is gone stays as failed; a run that is gone takes its answers along. What could not be
 * looked at stays as it was.
 */
import type { Insertable, Kysely, Selectable, Transaction } from "kysely";
import type { Tables } from "../store/tables.ts";
import type { ArchiveProject } from "./archive.ts";
import { chunks, same } from "./changed-rows.ts";
import { keepUnread, recordOf } from "./keep-unread.ts";
import { missingSlide, type ProjectRows } from "./project-rows.ts";
import type { SlideRecord } from "./records.ts";
import { writePredictions, writeRuns } from "./write-runs.ts";

export async function writeRows(
  db: Kysely<Tables>,
  { key: project }: ArchiveProject,
  found: ProjectRows,
  now: string,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const rows = await keepUnread(tx, project, found);
    await writeCases(tx, project, rows, now);
    await writeSlides(tx, project, rows.slides, now);
    await writeRuns(tx, project, rows);
    await writePredictions(tx, project, rows);
    await dropEmptyCases(tx, project, rows);
  });
}

async function writeCases(
  tx: Transaction<Tables>,
  project: string,
  { cases }: ProjectRows,
  now: string,
): Promise<void> {
  const before = new Map(
    (await tx.selectFrom("patient_case").selectAll().where("project", "=", project).execute()).map((row) => [
      row.key,
      row,
    ]),
  );
  const changed = cases.filter((row) => {
    const had = before.get(row.key);
    return had === undefined || !same(row, had, ["name", "patient", "site", "facts"]);
  });
  for (const part of chunks(changed)) {
    await tx
      .insertInto("patient_case")
      .values(part.map((row) => ({ ...row, facts: JSON.stringify(row.facts), state: "new" as const, updated: now })))
      .onConflict((at) =>
        at.column("key").doUpdateSet((row) => ({
          name: row.ref("excluded.name"),
          patient: row.ref("excluded.patient"),
          site: row.ref("excluded.site"),
          facts: row.ref("excluded.facts"),
          updated: row.ref("excluded.updated"),
        })),
      )
      .execute();
  }
}

type SlideRow = Selectable<Tables["slide"]>;
const SLIDE_COLUMNS = [
  "case_key",
  "patient",
  "name",
  "site",
  "stain",
  "scanner",
  "state",
  "failure",
  "quality",
  "synthetic",
  "stamp",
  "facts",
] as const;

async function writeSlides(
  tx: Transaction<Tables>,
  project: string,
  slides: readonly SlideRecord[],
  now: string,
): Promise<void> {
  const before = new Map(
    (await tx.selectFrom("slide").selectAll().where("project", "=", project).execute()).map((row) => [row.key, row]),
  );
  const found = new Set(slides.map(({ key }) => key));
  const gone = [...before.values()].filter((row) => !found.has(row.key)).map(goneSlide);
  const wanted = [...slides.map((slide) => learnt(slide, before.get(slide.key))), ...gone];
  const changed = wanted.filter((row) => {
    const had = before.get(row.key);
    return had === undefined || !same(row, had, SLIDE_COLUMNS);
  });
  for (const part of chunks(changed)) {
    await tx
      .insertInto("slide")
      .values(part.map((row) => insertable(row, now)))
      .onConflict((at) =>
        at.column("key").doUpdateSet((row) => ({
          case_key: row.ref("excluded.case_key"),
          patient: row.ref("excluded.patient"),
          name: row.ref("excluded.name"),
          site: row.ref("excluded.site"),
          stain: row.ref("excluded.stain"),
          scanner: row.ref("excluded.scanner"),
          state: row.ref("excluded.state"),
          failure: row.ref("excluded.failure"),
          quality: row.ref("excluded.quality"),
          synthetic: row.ref("excluded.synthetic"),
          stamp: row.ref("excluded.stamp"),
          facts: row.ref("excluded.facts"),
          seen: row.ref("excluded.seen"),
        })),
      )
      .execute();
  }
}

/** What was learnt by opening the file holds as long as the file is the same: a run that says more is believed first. */
function learnt(slide: SlideRecord, before: SlideRow | undefined): SlideRecord {
  if (before === undefined || before.stamp !== slide.stamp || slide.stamp === "") return slide;
  const synthetic = slide.synthetic || before.synthetic;
  if (slide.state !== "unread") return { ...slide, synthetic };
  return { ...slide, synthetic, state: before.state, failure: before.failure };
}

function goneSlide(row: SlideRow): SlideRecord {
  return { ...recordOf(row), state: "failed", failure: missingSlide(row.path), stamp: "" };
}

function insertable({ failure, quality, facts, ...row }: SlideRecord, seen: string): Insertable<Tables["slide"]> {
  return {
    ...row,
    failure: failure === null ? null : JSON.stringify(failure),
    quality: quality === null ? null : JSON.stringify(quality),
    facts: JSON.stringify(facts),
    seen,
  };
}

/** Cases that no slide and no answer stands for any more, and on which nobody did anything. */
async function dropEmptyCases(tx: Transaction<Tables>, project: string, { cases }: ProjectRows): Promise<void> {
  const kept = new Set(cases.map(({ key }) => key));
  const empty = await tx
    .selectFrom("patient_case as c")
    .select("c.key")
    .where("c.project", "=", project)
    .where("c.state", "=", "new")
    .where("c.assignee", "is", null)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom("slide").select("key").whereRef("case_key", "=", "c.key"))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom("draft").select("version").whereRef("case_key", "=", "c.key"))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom("signed_report").select("number").whereRef("case_key", "=", "c.key"))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom("prediction").select("run").whereRef("case_key", "=", "c.key"))),
    )
    .execute();
  const gone = empty.map(({ key }) => key).filter((key) => !kept.has(key));
  for (const part of chunks(gone)) await tx.deleteFrom("patient_case").where("key", "in", part).execute();
}
