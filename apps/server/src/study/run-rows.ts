/** Rows of runs and of what happened in them. */
import type { RunEvent, RunRow } from "@nacre/api";
import { type Kysely, type Selectable, sql } from "kysely";
import type { FailureJson, Tables } from "../store/tables.ts";

type Db = Kysely<Tables>;
export type RunRecord = Selectable<Tables["run"]>;

/** As a caller sees it. What is at work may be a file's name: it needs the right to identifiers. */
export function runRow(run: RunRecord, { identifiers }: { readonly identifiers: boolean }): RunRow {
  const { key, project, name, task, encoder, aggregator, state, failure, numbers, synthetic, by } = run;
  const progress = run.progress === null ? null : identifiers ? run.progress : { ...run.progress, note: null };
  return {
    key,
    project,
    name,
    task,
    encoder,
    aggregator,
    state,
    progress: state === "running" ? progress : null,
    failure,
    slides: run.counts,
    numbers,
    synthetic,
    started: run.started?.toISOString() ?? null,
    finished: run.finished?.toISOString() ?? null,
    by,
  };
}

export async function findRun(db: Db, key: string): Promise<RunRecord | undefined> {
  return db.selectFrom("run").selectAll().where("key", "=", key).executeTakeFirst();
}

export interface RunChange {
  readonly state?: RunRow["state"];
  readonly failure?: FailureJson | null;
  readonly progress?: RunRow["progress"];
  readonly counts?: RunRow["slides"];
  readonly started?: Date;
  readonly finished?: Date | null;
}

export async function changeRun(db: Db, key: string, change: RunChange): Promise<void> {
  const { state, failure, progress, counts, started, finished } = change;
  const text = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
  await db
    .updateTable("run")
    .set({
      ...(state === undefined ? {} : { state }),
      ...(failure === undefined ? {} : { failure: text(failure) }),
      ...(progress === undefined ? {} : { progress: text(progress) }),
      ...(counts === undefined ? {} : { counts: JSON.stringify(counts) }),
      ...(started === undefined ? {} : { started: started.toISOString() }),
      ...(finished === undefined ? {} : { finished: finished?.toISOString() ?? null }),
    })
    .where("key", "=", key)
    .execute();
}

/** @returns the number of the event */
export async function noteEvent(db: Db, run: string, event: RunEvent, now: Date): Promise<number> {
  const { seq } = await db
    .insertInto("run_event")
    .values({ run, at: now.toISOString(), event: JSON.stringify(event) })
    .returning("seq")
    .executeTakeFirstOrThrow();
  return Number(seq);
}

export interface SeenEvent {
  readonly seq: number;
  readonly event: RunEvent;
}

const MOST_EVENTS = 20_000;

/** Events after a number, in order. */
export async function eventsAfter(db: Db, run: string, after: number): Promise<SeenEvent[]> {
  const rows = await db
    .selectFrom("run_event")
    .select(["seq", "event"])
    .where("run", "=", run)
    .where("seq", ">", after)
    .orderBy("seq")
    .limit(MOST_EVENTS)
    .execute();
  return rows.map(({ seq, event }) => ({ seq: Number(seq), event }));
}

/** The number before the event that put the run in line for the last time; 0 where it never was. */
export async function beforeLastTry(db: Db, run: string): Promise<number> {
  const row = await db
    .selectFrom("run_event")
    .select(({ fn }) => fn.max("seq").as("seq"))
    .where("run", "=", run)
    .where(sql<boolean>`event ->> 'kind' = 'state' and event ->> 'state' = 'queued'`)
    .executeTakeFirst();
  return Math.max(0, Number(row?.seq ?? 0) - 1);
}
