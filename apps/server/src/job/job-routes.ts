/** The queue and its workers, for people. */

import { setTimeout as rest } from "node:timers/promises";
import { type JobsPage, type Person, readJobs, retryUnits, watchJobs } from "@nacre/api";
import { seesIdentifiers } from "../case/case-scope.ts";
import { type Handled, handle, type StreamEvent } from "../serve/handle.ts";
import type { Services } from "../services.ts";
import { runFor } from "../study/study-routes.ts";
import { shortOf } from "../study/veil.ts";
import { readUnits } from "./unit-rows.ts";

export const jobRoutes: readonly Handled[] = [
  handle(readJobs, async ({ who, query, services }) => jobsPage(services, who, query.run)),
  handle(watchJobs, async ({ who, query, services, signal }) => {
    if (query.run !== undefined) await runFor(services, who, query.run);
    return watched(services, who, { run: query.run, signal });
  }),
  handle(retryUnits, async ({ who, body, services }) => {
    const { run, units } = body;
    if (run !== null) await runFor(services, who, run);
    const wanted = units.length === 0 ? null : units;
    const runs = run === null ? await runsOf(services, who) : [run];
    let retried = 0;
    for (const key of runs ?? [null]) retried += await services.queue.retry(wanted, key);
    if (retried > 0) await services.trail.note(who, { action: "units.retried", details: { retried } });
    return { retried };
  }),
];

async function jobsPage(services: Services, who: Person, run: string | undefined): Promise<JobsPage> {
  const runs = run === undefined ? await runsOf(services, who) : [(await runFor(services, who, run)).key];
  const page = await readUnits(services.db, runs, services.now());
  return seesIdentifiers(who) ? page : withoutNames(page);
}

/** Runs of the projects that somebody may see; null: all. */
async function runsOf({ archive, db }: Services, who: Person): Promise<string[] | null> {
  if (who.projects === null) return null;
  const projects = archive.seenBy(who).map(({ key }) => key);
  if (projects.length === 0) return [];
  const rows = await db.selectFrom("run").select("key").where("project", "in", projects).execute();
  return rows.map(({ key }) => key);
}

function withoutNames(page: JobsPage): JobsPage {
  return {
    ...page,
    workers: page.workers.map((worker) => ({ ...worker, unit: worker.unit === null ? null : shortOf(worker.unit) })),
    failures: page.failures.map(({ unit, slide, failure }) => {
      const cut = (text: string): string => text.replaceAll(slide, shortOf(slide));
      const { kind, expected, received, remedy } = failure;
      const told = { kind, expected: cut(expected), received: cut(received), remedy: cut(remedy) };
      return { unit, slide: shortOf(slide), failure: told };
    }),
  };
}

const LOOK_MS = 1000;

/** Workers of other processes change the table, so it is looked at; sent where it is not what it was. */
async function* watched(
  services: Services,
  who: Person,
  { run, signal }: { readonly run: string | undefined; readonly signal: AbortSignal },
): AsyncGenerator<StreamEvent<JobsPage>> {
  let last = "";
  while (!signal.aborted) {
    const page = await jobsPage(services, who, run);
    const text = JSON.stringify(page);
    if (text !== last) yield { data: page };
    last = text;
    await rest(LOOK_MS, undefined, { signal }).catch(() => {});
  }
}
