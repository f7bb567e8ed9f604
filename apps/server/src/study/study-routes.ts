/** Runs: listed, read, started, watched, stopped, taken up again; the report and the board. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type ApiFailure,
  checkRun,
  listRuns,
  type Person,
  type RunEvent,
  type RunRow,
  readBoard,
  readReport,
  readRun,
  readRunFile,
  resumeRun,
  startRun,
  stopRun,
  watchRun,
} from "@nacre/api";
import type { Failure, Outcome } from "@nacre/core";
import { foreseeRun, type Study } from "@nacre/pipeline";
import { answerColumns } from "../archive/answer-columns.ts";
import type { ArchiveProject } from "../archive/archive.ts";
import { readCohortCells } from "../archive/read-cells.ts";
import { readRun as readFolder } from "../archive/read-run.ts";
import { isIdentifying, seesIdentifiers } from "../case/case-scope.ts";
import { type Handled, handle, type StreamEvent } from "../serve/handle.ts";
import { ApiRefusal, notFound, refuse } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import { checkAsked } from "./check-asked.ts";
import { namesIn, runPage } from "./read-run-page.ts";
import { boardOf } from "./run-board.ts";
import { runFile } from "./run-files.ts";
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
    return { rows: rows.map((row) => toldRow(row, who)) };
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
    const veil = veilOfAsked(project, study, who);
    const seen = study.ok ? await foreseeRun(study.value, project.folder, { names: seesIdentifiers(who) }) : study;
    return seen.ok
      ? { ok: true, failure: null, resolved: veil.text(seen.value.text), says: seen.value.says.map(veil.text) }
      : { ok: false, failure: veiledFailure(veil, seen.failure), resolved: null };
  }),
  handle(startRun, async ({ who, body, services }) => {
    const project = services.archive.project(who, body.project);
    const veil = veilOfAsked(project, await checkAsked(project, body.study), who);
    const asked = { project, text: body.study, name: body.name ?? null, by: who.name };
    const run = await services.studies.start(asked).catch((error: unknown) => {
      throw error instanceof ApiRefusal ? new ApiRefusal(error.status, veiledFailure(veil, error.failure)) : error;
    });
    await services.trail.note(who, { action: "run.started", project: project.key, subject: run.key });
    return toldRow(run, who);
  }),
  handle(stopRun, async ({ who, params, services }) => {
    const run = await runFor(services, who, params.run);
    const stopped = await services.studies.stop(run);
    await services.trail.note(who, { action: "run.stopped", project: run.project, subject: run.key });
    return toldRow(stopped, who);
  }),
  handle(resumeRun, async ({ who, params, services }) => {
    const run = await runFor(services, who, params.run);
    const resumed = await services.studies.resume(run, who.name);
    await services.trail.note(who, { action: "run.resumed", project: run.project, subject: run.key });
    return toldRow(resumed, who);
  }),
  handle(readReport, async ({ who, params, services }) => {
    const run = await runFor(services, who, params.run);
    mayTake(who);
    const folder = services.archive.pathIn(run.project, run.folder);
    const body = await readFile(join(folder, "report.html")).catch(() => notFound("a report"));
    await noteTaken(services, who, run);
    return { type: "text/html; charset=utf-8", body, headers: REPORT_HEADERS };
  }),
  handle(readRunFile, async ({ who, params, services }) => {
    const run = await runFor(services, who, params.run);
    mayTake(who);
    const file = await runFile(services.archive.pathIn(run.project, run.folder), params.file, run.name);
    await noteTaken(services, who, run);
    return file;
  }),
  handle(readBoard, async ({ who, query, services }) =>
    boardOf(services, services.archive.project(who, query.project)),
  ),
];

/** Files of a run name slides and patients. @throws ApiRefusal forbidden */
function mayTake(who: Person): void {
  if (!seesIdentifiers(who))
    refuse("forbidden", {
      expected: "the right to see identifiers",
      received: "files of a run, which name slides and patients",
      remedy: "read the run's page, or ask for the right",
    });
}

async function noteTaken({ trail }: Pick<Services, "trail">, who: Person, run: RunRecord): Promise<void> {
  await trail.noteSeen(who, { action: "report.seen", project: run.project, subject: run.key });
}

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

/** In a list the failure of a run is told by its kind alone to whoever may not see names: its page hides them one by one. */
function toldRow(run: RunRecord, who: Person): RunRow {
  const row = runRow(run, { identifiers: seesIdentifiers(who) });
  if (row.failure === null || seesIdentifiers(who)) return row;
  const { kind } = row.failure;
  const words = {
    expected: "a run that comes to its end",
    received: `one that failed: ${kind}`,
    remedy: "open its page",
  };
  return { ...row, failure: { kind, ...words } };
}

/**
 * Hides the names of the cohort that a study asks for. @throws ApiRefusal forbidden where whoever may not see names asks for a model of them:
 * its classes would be the names
 */
function veilOfAsked(project: ArchiveProject, study: Outcome<Study>, who: Person): Veil {
  if (seesIdentifiers(who) || !study.ok) return veilOf(project.folder, []);
  const { task, cohort, covariates } = study.value;
  const column = [...answerColumns(task), ...covariates].find(isIdentifying);
  if (column !== undefined)
    refuse("forbidden", {
      expected: "the right to see identifiers, to learn a column that names people",
      received: `the column ${column}`,
      remedy: "name another column, or ask for the right",
    });
  const rows = readCohortCells(cohort) ?? [];
  const names = rows.flatMap((row) => [row.patient, row.case, row.id, row.path]);
  return veilOf(
    project.folder,
    names.filter((name) => name !== null),
  );
}

function veiledFailure(veil: Veil, { kind, expected, received, remedy }: Failure | ApiFailure): ApiFailure {
  return { kind, expected: veil.text(expected), received: veil.text(received), remedy: veil.text(remedy) };
}
