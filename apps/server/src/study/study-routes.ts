/** Runs: listed, read, started, watched, stopped, taken up again; the report and the board. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  checkRun,
  listRuns,
  type Person,
  type RunEvent,
  readBoard,
  readReport,
  readRun,
  resumeRun,
  startRun,
  stopRun,
  watchRun,
} from "@nacre/api";
import { settledText } from "@nacre/pipeline";
import { readRun as readFolder, withoutPaths } from "../archive/read-run.ts";
import { seesIdentifiers } from "../case/case-scope.ts";
import { type Handled, handle, type StreamEvent } from "../serve/handle.ts";
import { notFound, refuse } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import { checkAsked } from "./check-asked.ts";
import { namesIn, runPage } from "./read-run-page.ts";
import { boardOf } from "./run-board.ts";
import { findRun, type RunRecord, runRow } from "./run-rows.ts";
import { shortOf, type Veil, veilOf } from "./veil.ts";

/** Our own report holds its own script and style, and reaches nothing: not even the page that frames it. */
const REPORT_HEADERS = {
  "content-security-policy":
    "sandbox allow-scripts allow-popups; default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; font-src data:; frame-ancestors 'self'",
  "x-frame-options": "SAMEORIGIN",
};

export const studyRoutes: readonly Handled[] = [
  handle(listRuns, async ({ who, query, services: { archive, db } }) => {
    const seen = query.project === undefined ? archive.seenBy(who) : [archive.project(who, query.project)];
    if (seen.length === 0) return { rows: [] };
    const keys = seen.map(({ key }) => key);
    const rows = await db.selectFrom("run").selectAll().where("project", "in", keys).execute();
    const time = ({ started, finished }: RunRecord): number => +(finished ?? started ?? 0);
    const order = (run: RunRecord): number => (run.state === "running" ? 0 : run.state === "queued" ? 1 : 2);
    rows.sort((a, b) => order(a) - order(b) || time(b) - time(a) || (a.name < b.name ? -1 : 1));
    return { rows: rows.map((row) => runRow(row, { identifiers: seesIdentifiers(who) })) };
  }),
  handle(readRun, async ({ who, params, services }) => runPage(services, who, await runFor(services, who, params.run))),
  handle(watchRun, async ({ who, params, request, signal, services }) => {
    const run = await runFor(services, who, params.run);
    const last = Number(request.headers["last-event-id"] ?? 0);
    return watched(services, { run, after: Number.isSafeInteger(last) ? last : 0, who, signal });
  }),
  handle(checkRun, async ({ who, body, services }) => {
    const project = services.archive.project(who, body.project);
    const study = await checkAsked(project, body.study);
    const text = study.ok ? await settledText(study.value, project.folder) : study;
    return text.ok
      ? { ok: true, failure: null, resolved: text.value }
      : { ok: false, failure: wire(withoutPaths(text.failure, project.folder)), resolved: null };
  }),
  handle(startRun, async ({ who, body, services }) => {
    const project = services.archive.project(who, body.project);
    const run = await services.studies.start({ project, text: body.study, name: body.name ?? null, by: who.name });
    await services.trail.note(who, { action: "run.started", project: project.key, subject: run.key });
    return runRow(run, { identifiers: seesIdentifiers(who) });
  }),
  handle(stopRun, async ({ who, params, services }) => {
    const run = await runFor(services, who, params.run);
    const stopped = await services.studies.stop(run);
    await services.trail.note(who, { action: "run.stopped", project: run.project, subject: run.key });
    return runRow(stopped, { identifiers: seesIdentifiers(who) });
  }),
  handle(resumeRun, async ({ who, params, services }) => {
    const run = await runFor(services, who, params.run);
    const resumed = await services.studies.resume(run, who.name);
    await services.trail.note(who, { action: "run.resumed", project: run.project, subject: run.key });
    return runRow(resumed, { identifiers: seesIdentifiers(who) });
  }),
  handle(readReport, async ({ who, params, services }) => {
    const run = await runFor(services, who, params.run);
    if (!seesIdentifiers(who))
      return refuse("forbidden", {
        expected: "the right to see identifiers",
        received: "a report, which names slides and patients",
        remedy: "read the run's page, or ask for the right",
      });
    const folder = services.archive.pathIn(run.project, run.folder);
    const body = await readFile(join(folder, "report.html")).catch(() => notFound("a report"));
    await services.trail.noteSeen(who, { action: "report.seen", project: run.project, subject: run.key });
    return { type: "text/html; charset=utf-8", body, headers: REPORT_HEADERS };
  }),
  handle(readBoard, async ({ who, query, services }) =>
    boardOf(services, services.archive.project(who, query.project)),
  ),
];

/** A run of a project that may be seen. @throws ApiRefusal not-found */
export async function runFor(
  { db, archive }: Pick<Services, "db" | "archive">,
  who: Person,
  key: string,
): Promise<RunRecord> {
  const run = await findRun(db, key);
  if (run === undefined || !archive.seenBy(who).some((project) => project.key === run.project))
    return notFound("a run");
  return run;
}

async function* watched(
  services: Services,
  {
    run,
    after,
    who,
    signal,
  }: { readonly run: RunRecord; readonly after: number; readonly who: Person; readonly signal: AbortSignal },
): AsyncGenerator<StreamEvent<RunEvent>> {
  const veil = seesIdentifiers(who) ? null : veilOfRun(services, run);
  for await (const { seq, event } of services.studies.watch(run.key, after, signal))
    yield { id: String(seq), data: veil === null ? event : veiled(event, veil) };
}

/** Hides the names that the cohort of a run holds. */
function veilOfRun({ archive }: Pick<Services, "archive">, { project, folder }: RunRecord): Veil {
  const root = archive.pathIn(project, "");
  return veilOf(root, namesIn(readFolder(root, folder)));
}

/** The same without names. */
function veiled(event: RunEvent, veil: Veil): RunEvent {
  if (event.kind === "progress") return { ...event, progress: { ...event.progress, note: null } };
  if (event.kind !== "slide") return veil.document(event) as RunEvent;
  const { failure, slide } = event;
  const cut = (said: string): string => veil.text(said.replaceAll(slide, shortOf(slide)));
  const told =
    failure === null
      ? null
      : {
          kind: failure.kind,
          expected: cut(failure.expected),
          received: cut(failure.received),
          remedy: cut(failure.remedy),
        };
  return { ...event, slide: shortOf(slide), failure: told };
}

function wire({
  kind,
  expected,
  received,
  remedy,
}: {
  kind: string;
  expected: string;
  received: string;
  remedy: string;
}) {
  return { kind, expected, received, remedy };
}
