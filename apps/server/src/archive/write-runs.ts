/** Runs and their answers into the database. A run that the service itself holds in hand is left to it. */
import type { Transaction } from "kysely";
import type { Tables } from "../store/tables.ts";
import { chunks, same } from "./changed-rows.ts";
import { belowOf } from "./keep-unread.ts";
import type { ProjectRows } from "./project-rows.ts";

export async function writeRuns(
  tx: Transaction<Tables>,
  project: string,
  { runs, unread }: Pick<ProjectRows, "runs" | "unread">,
): Promise<void> {
  const before = await tx.selectFrom("run").selectAll().where("project", "=", project).execute();
  const found = new Set(runs.map(({ key }) => key));
  const live = new Set(before.filter((row) => row.by !== null && isLive(row.state)).map(({ key }) => key));
  const isUnread = belowOf(unread);
  const gone = before
    .filter(({ key, folder }) => !found.has(key) && !live.has(key) && !isUnread(folder))
    .map(({ key }) => key);
  if (gone.length > 0) await tx.deleteFrom("run").where("key", "in", gone).execute();
  for (const { key, run } of runs) {
    if (live.has(key)) continue;
    const { folder, name, task, encoder, aggregator, state, synthetic } = run;
    // A run that the service refused or that failed in its hands left no mark in its folder.
    const had = before.find((row) => row.key === key);
    const isOurs =
      had !== undefined &&
      had.by !== null &&
      // A killed process leaves a folder that says for a while that it is at work.
      (had.state === "stopped"
        ? state === "running"
        : (had.state === "failed" || had.state === "refused") && state !== "finished");
    const row = {
      name,
      folder,
      task,
      encoder,
      aggregator,
      state: isOurs ? had.state : state,
      failure: text(isOurs ? had.failure : run.failure),
      counts: JSON.stringify(run.counts),
      numbers: JSON.stringify(run.numbers),
      judgement: JSON.stringify(run.judgement),
      answer_columns: JSON.stringify(run.answerColumns),
      synthetic,
      started: run.started?.toISOString() ?? null,
      finished: run.finished?.toISOString() ?? null,
    };
    await tx
      .insertInto("run")
      .values({ key, project, progress: null, by: null, ...row })
      .onConflict((at) => at.column("key").doUpdateSet(row))
      .execute();
  }
}

const isLive = (state: Tables["run"]["state"]): boolean => state === "queued" || state === "running";

const text = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

const COLUMNS = ["answer", "triage", "need", "why", "value"] as const;

export async function writePredictions(
  tx: Transaction<Tables>,
  project: string,
  { runs, predictions }: Pick<ProjectRows, "runs" | "predictions">,
): Promise<void> {
  const rows = await tx
    .selectFrom("prediction as p")
    .innerJoin("run as r", "r.key", "p.run")
    .where("r.project", "=", project)
    .selectAll("p")
    .execute();
  const before = new Map(rows.map((row) => [`${row.run} ${row.case_key}`, row]));
  const wanted = new Set(predictions.map(({ run, case_key }) => `${run} ${case_key}`));
  // Of a run that was not found and is still a row nothing is known.
  const found = new Set(runs.map(({ key }) => key));
  for (const [place, { run, case_key }] of before) {
    if (found.has(run) && !wanted.has(place))
      await tx.deleteFrom("prediction").where("run", "=", run).where("case_key", "=", case_key).execute();
  }
  const changed = predictions.filter((row) => {
    const had = before.get(`${row.run} ${row.case_key}`);
    return had === undefined || !same(row, had, COLUMNS);
  });
  for (const part of chunks(changed)) {
    await tx
      .insertInto("prediction")
      .values(
        part.map(({ run, case_key, answer, triage, need, why, value }) => ({
          run,
          case_key,
          answer: JSON.stringify(answer),
          triage,
          need,
          why,
          value,
        })),
      )
      .onConflict((at) =>
        at.columns(["run", "case_key"]).doUpdateSet((row) => ({
          answer: row.ref("excluded.answer"),
          triage: row.ref("excluded.triage"),
          need: row.ref("excluded.need"),
          why: row.ref("excluded.why"),
          value: row.ref("excluded.value"),
        })),
      )
      .execute();
  }
}
