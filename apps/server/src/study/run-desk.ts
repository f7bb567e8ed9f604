/**
 * Keeps the studies of the service: a row a run, events as they come, one child process at work. Where workers stand at the queue,
 * they make the features and the child goes on from there; else the child does all.
 */

import { setTimeout as rest } from "node:timers/promises";
import type { RunEvent } from "@nacre/api";
import { describeFailure, type Failure, isFailureError, type Outcome, unwrap } from "@nacre/core";
import { readStudy } from "@nacre/pipeline";
import { answerColumns } from "../archive/answer-columns.ts";
import { keyOf } from "../archive/key-of.ts";
import { withoutPaths } from "../archive/read-run.ts";
import { openFeatureStore, takeSlide } from "../job/feature-store.ts";
import { isAway } from "../job/patience.ts";
import type { UnitOfWork } from "../job/queue.ts";
import { unitsOfRun } from "../job/units-of-run.ts";
import { refuse, refuseFailure } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import { checkAsked } from "./check-asked.ts";
import type { ChildSays } from "./child-message.ts";
import { makeRun } from "./new-run.ts";
import { changeRun, eventsAfter, findRun, noteEvent, type RunRecord, type SeenEvent } from "./run-rows.ts";
import { type Child, startChild } from "./start-child.ts";
import { type Asked, isAtRest, type Studies } from "./studies.ts";

type Shared = Pick<Services, "archive" | "config" | "db" | "events" | "log" | "now" | "queue" | "store">;

/** A run in the hands of this process. */
interface InHand {
  readonly key: string;
  readonly project: string;
  readonly out: string;
  readonly stop: AbortController;
  /** Writes to the database, one after the other. */
  told: Promise<void>;
  seq: number;
  counts: { ready: number; failed: number; waiting: number };
  stretch: { title: string; total: number; since: number } | null;
}

/** Opens the desk. Runs that an earlier process of the service left at work are shown as stopped. */
export async function openStudies(shared: Shared): Promise<Studies> {
  await shared.db
    .updateTable("run")
    .set({ state: "stopped", progress: null })
    .where("state", "in", ["queued", "running"])
    .where("by", "is not", null)
    .execute();
  return new RunDesk(shared);
}

class RunDesk implements Studies {
  readonly #shared: Shared;
  readonly #hands = new Map<string, InHand>();
  #line: Promise<void> = Promise.resolve();
  #closed = false;
  /** s3://bucket/prefix; null: workers see the folders of the service. */
  readonly #store: string | null;

  constructor(shared: Shared) {
    this.#shared = shared;
    this.#store = shared.config.store ?? null;
  }

  async start({ project, text, name, by }: Asked): Promise<RunRecord> {
    const { db } = this.#shared;
    const study = orRefuse(await checkAsked(project, text), project.folder);
    const run = orRefuse(await makeRun(project, study, name), project.folder);
    const key = keyOf("run", project.key, run.folder);
    const row = {
      name: name ?? study.name,
      folder: run.folder,
      task: study.task.kind,
      encoder: study.features === undefined ? (study.encoder.split(/[/\\]/).at(-1) ?? null) : null,
      aggregator: study.aggregator.name,
      state: "queued" as const,
      progress: null,
      failure: null,
      counts: JSON.stringify({ ready: 0, failed: 0, waiting: 0 }),
      numbers: "[]",
      judgement: JSON.stringify({ ruleOut: null, ruleIn: null, text: "", calibration: "", positive: null }),
      answer_columns: JSON.stringify(answerColumns(study.task)),
      synthetic: false,
      started: null,
      finished: null,
      by,
    };
    await db
      .insertInto("run")
      .values({ key, project: project.key, ...row })
      // A folder scanned between its making and now has a row already.
      .onConflict((at) => at.column("key").doUpdateSet({ state: "queued", by, failure: null }))
      .execute();
    return this.#putInLine(key, project.key, run.out);
  }

  async resume(run: RunRecord, by: string): Promise<RunRecord> {
    const { db, archive } = this.#shared;
    // Of a finished run, failed slides may be tried again.
    if (this.#hands.has(run.key) || (run.state === "finished" && run.counts.failed === 0))
      return refuse("conflict", {
        expected: "a run that was stopped or failed",
        received: this.#hands.has(run.key)
          ? "one that is at work, or about to end"
          : "one that is finished, with no slide that failed",
        remedy: run.state === "finished" ? "start a new one" : "wait for it, or stop it first",
      });
    const out = archive.pathIn(run.project, run.folder);
    await db.updateTable("run").set({ by }).where("key", "=", run.key).execute();
    return this.#putInLine(run.key, run.project, out);
  }

  async stop(run: RunRecord): Promise<RunRecord> {
    const hand = this.#hands.get(run.key);
    if (hand === undefined)
      return refuse("conflict", {
        expected: "a run that this service has at work",
        received: `one that is ${run.state}${run.state === "running" ? ", started elsewhere" : ""}`,
        remedy: "reload the page; end a run of the command line where it was started",
      });
    hand.stop.abort();
    await this.#shared.queue.cancel(run.key);
    await this.#tell(hand, { kind: "state", state: "stopped", failure: null }, { state: "stopped", progress: null });
    return (await findRun(this.#shared.db, run.key)) ?? run;
  }

  async *watch(run: string, after: number, signal: AbortSignal): AsyncGenerator<SeenEvent> {
    const { db, events } = this.#shared;
    const waiting: SeenEvent[] = [];
    let wake = (): void => {};
    const end = events.listen((event) => {
      if (event.kind !== "run" || event.run !== run) return;
      waiting.push({ seq: event.seq, event: event.event });
      wake();
    });
    const onAbort = (): void => wake();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      let last = after;
      for (const seen of await eventsAfter(db, run, after)) {
        last = seen.seq;
        yield seen;
      }
      const row = await findRun(db, run);
      if (row?.progress != null) yield { seq: last, event: { kind: "progress", progress: row.progress } };
      if (row === undefined || (isAtRest(row.state) && !this.#hands.has(run))) {
        if (row !== undefined) yield { seq: last, event: { kind: "state", state: row.state, failure: row.failure } };
        return;
      }
      while (!signal.aborted) {
        for (let seen = waiting.shift(); seen !== undefined; seen = waiting.shift()) {
          // Progress is not kept, so it bears the number of what came before it.
          if (seen.event.kind !== "progress" && seen.seq <= last) continue;
          last = Math.max(last, seen.seq);
          yield { ...seen, seq: last };
          if (seen.event.kind === "state" && isAtRest(seen.event.state)) return;
        }
        await new Promise<void>((next) => {
          wake = next;
          if (waiting.length > 0 || signal.aborted) next();
        });
      }
    } finally {
      end();
      signal.removeEventListener("abort", onAbort);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const hands = [...this.#hands.values()];
    for (const hand of hands) hand.stop.abort();
    await this.#line;
  }

  async #putInLine(key: string, project: string, out: string): Promise<RunRecord> {
    const hand: InHand = {
      key,
      project,
      out,
      stop: new AbortController(),
      told: Promise.resolve(),
      seq: 0,
      counts: { ready: 0, failed: 0, waiting: 0 },
      stretch: null,
    };
    this.#hands.set(key, hand);
    const began = { state: "queued" as const, failure: null, progress: null, finished: null };
    await this.#tell(hand, { kind: "state", state: "queued", failure: null }, began);
    this.#line = this.#line.then(() => this.#turn(hand));
    return (await findRun(this.#shared.db, key)) ?? refuseGone();
  }

  /** Never rejects: the next in line has its turn whatever became of this one. */
  async #turn(hand: InHand): Promise<void> {
    const { log, archive } = this.#shared;
    try {
      const end = hand.stop.signal.aborted ? null : await this.#run(hand);
      await this.#atEnd(hand, end);
    } catch (error) {
      log.error({ run: hand.key, err: error }, "the end of a run could not be written");
    } finally {
      this.#hands.delete(hand.key);
    }
    if (!this.#closed)
      await archive.scan(hand.project).catch((error: unknown) => log.error({ err: error }, "no scan after a run"));
  }

  /** @returns its failure; null: it came to its end */
  async #run(hand: InHand): Promise<Failure | null> {
    const started = { state: "running" as const, started: this.#shared.now() };
    await this.#tell(hand, { kind: "state", state: "running", failure: null }, started);
    try {
      await this.#features(hand);
    } catch (error) {
      // The child does what the workers did not, and says what is wrong with the study, if that is it.
      if (!isFailureError(error) && !isAway(error)) throw error;
      const text = isFailureError(error) ? describeFailure(error.failure) : "the database was away";
      this.#said(hand, `without workers: ${text}`);
    }
    if (hand.stop.signal.aborted) return null;
    const child = startChild({ kind: "run", out: hand.out }, (says) => this.#hear(hand, says));
    const stop = (): void => (this.#closed ? stopSoon(child) : child.stop());
    hand.stop.signal.addEventListener("abort", stop, { once: true });
    const failure = await child.ended;
    hand.stop.signal.removeEventListener("abort", stop);
    return failure;
  }

  async #atEnd(hand: InHand, failure: Failure | null): Promise<void> {
    const { archive, now } = this.#shared;
    const wasStopped = hand.stop.signal.aborted || failure?.kind === "cancelled";
    const state = wasStopped
      ? "stopped"
      : failure === null
        ? "finished"
        : failure.kind === "refused"
          ? "refused"
          : "failed";
    const folder = archive.projects.find(({ key }) => key === hand.project)?.folder ?? hand.out;
    const told = wasStopped || failure === null ? null : withoutPaths(failure, folder);
    const finished = state === "finished" ? now() : null;
    const change = { state, failure: told, progress: null, finished } as const;
    await this.#tell(hand, { kind: "state", state, failure: told }, change);
  }

  /** Has the workers at the queue make the features, where there are any. */
  async #features(hand: InHand): Promise<void> {
    const { queue, store, log } = this.#shared;
    if (store.kind !== "postgres") return;
    if ((await queue.status(hand.key)).workers.length === 0) return;
    const study = unwrap(readStudy(`${hand.out}/study.yaml`));
    if (study.slides === undefined) return;
    const place = this.#store;
    const units = unwrap(
      await unitsOfRun(hand.key, { study, out: hand.out, ...(place === null ? {} : { store: place }) }),
    );
    await queue.enqueue(units);
    log.info({ run: hand.key, units: units.length }, "units in the queue");
    this.#hear(hand, { kind: "begin", title: "encoding slides (workers)", total: units.length });
    for (let alone = 0; !hand.stop.signal.aborted; ) {
      await rest(POLL_MS, undefined, { signal: hand.stop.signal }).catch(() => {});
      const page = await queue.status(hand.key).catch((error: unknown) => {
        if (isAway(error)) return null;
        throw error;
      });
      if (page === null) continue;
      const { waiting, active, done, failed } = page.counts;
      this.#hear(hand, { kind: "advance", done: done + failed, note: null });
      if (waiting + active === 0) return place === null ? undefined : await this.#bring(hand, place, units);
      alone = page.workers.length === 0 ? alone + 1 : 0;
      if (alone * POLL_MS < ALONE_MS) continue;
      await queue.cancel(hand.key);
      return this.#said(hand, "no worker is left: the service goes on by itself");
    }
  }

  /** Brings from the store what the workers have put there. */
  async #bring(hand: InHand, place: string, units: readonly UnitOfWork[]): Promise<void> {
    const store = openFeatureStore(place, process.env);
    const { signal } = hand.stop;
    this.#hear(hand, { kind: "begin", title: "fetching features", total: units.length });
    for (const [i, { slide }] of units.entries()) {
      if (signal.aborted) return;
      await takeSlide(store, { run: hand.key, slide, out: hand.out, signal });
      if (i % 16 === 0) this.#hear(hand, { kind: "advance", done: i, note: null });
    }
  }

  #hear(hand: InHand, says: ChildSays): void {
    const { now } = this.#shared;
    if (says.kind === "begin") {
      hand.stretch = { title: says.title, total: says.total, since: now().getTime() };
      this.#progress(hand, 0, null);
    } else if (says.kind === "advance") this.#progress(hand, says.done, says.note);
    else if (says.kind === "said") this.#said(hand, says.text);
    else if (says.kind === "slide") this.#slide(hand, says);
    else if (says.kind === "loss") {
      const { fold, epoch, train, tune } = says;
      if (Number.isFinite(train)) void this.#tell(hand, { kind: "loss", fold, epoch, train, tune });
    }
  }

  #slide(hand: InHand, { slide, state, failure }: Extract<ChildSays, { kind: "slide" }>): void {
    if (state === "ready") hand.counts.ready++;
    if (state === "failed") hand.counts.failed++;
    if (failure === null) return;
    const told = this.#withoutPaths(hand, failure);
    void this.#tell(hand, { kind: "slide", slide, state, failure: told }, { counts: { ...hand.counts } });
  }

  #said(hand: InHand, text: string): void {
    const at = this.#shared.now().toISOString();
    const { received } = this.#withoutPaths(hand, { kind: "internal", expected: "", received: text, remedy: "" });
    void this.#tell(hand, { kind: "said", at, text: received });
  }

  /** Goes to the row and to who listens, and is not kept as an event. */
  #progress(hand: InHand, done: number, note: string | null): void {
    const { stretch } = hand;
    if (stretch === null || hand.stop.signal.aborted) return;
    const { title, total, since } = stretch;
    const elapsed = (this.#shared.now().getTime() - since) / 1000;
    const secondsLeft = done > 0 && total > done ? (elapsed / done) * (total - done) : null;
    const progress = { title, done, total, note, secondsLeft };
    const { events, db } = this.#shared;
    events.tell({
      kind: "run",
      run: hand.key,
      project: hand.project,
      seq: hand.seq,
      event: { kind: "progress", progress },
    });
    const counts = { ...hand.counts, waiting: 0 };
    hand.told = hand.told.then(() => changeRun(db, hand.key, { progress, counts })).catch((e) => this.#unwritten(e));
  }

  /** Writes an event, then tells it. */
  #tell(hand: InHand, event: RunEvent, change: Parameters<typeof changeRun>[2] = {}): Promise<void> {
    const { db, events, now } = this.#shared;
    hand.told = hand.told
      .then(async () => {
        if (Object.keys(change).length > 0) await changeRun(db, hand.key, change);
        hand.seq = await noteEvent(db, hand.key, event, now());
        events.tell({ kind: "run", run: hand.key, project: hand.project, seq: hand.seq, event });
      })
      .catch((error: unknown) => this.#unwritten(error));
    return hand.told;
  }

  #unwritten(error: unknown): void {
    this.#shared.log.error({ err: error }, "an event of a run could not be written");
  }

  #withoutPaths(hand: InHand, failure: Failure): Failure {
    const folder = this.#shared.archive.projects.find(({ key }) => key === hand.project)?.folder;
    return folder === undefined ? failure : withoutPaths(failure, folder);
  }
}

const POLL_MS = 1000;
/** Workers that are gone for so long are not waited for. */
const ALONE_MS = 60_000;
/** The service is leaving: a child may finish its sentence and no more. */
const LEAVING_MS = 5_000;

function stopSoon(child: Child): void {
  child.stop();
  const force = setTimeout(() => child.kill(), LEAVING_MS);
  void child.ended.then(() => clearTimeout(force));
}

/** @throws ApiRefusal with the failure, less the paths of this machine */
function orRefuse<T>(outcome: Outcome<T>, folder: string): T {
  return outcome.ok ? outcome.value : refuseFailure(withoutPaths(outcome.failure, folder));
}

function refuseGone(): never {
  return refuse("conflict", {
    expected: "the run that was asked for",
    received: "none: it was removed meanwhile",
    remedy: "start it again",
  });
}
