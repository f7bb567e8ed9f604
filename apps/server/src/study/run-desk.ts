/**
 * Keeps the studies of the service: a row a run, events as they come, one child process at work. Where workers stand at the queue,
 * they make the features and the child goes on from there; else the child does all.
 */

import { setTimeout as rest } from "node:timers/promises";
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
import { makeRun } from "./new-run.ts";
import { findRun, type RunRecord, type SeenEvent } from "./run-rows.ts";
import { RunTeller } from "./run-teller.ts";
import { type Child, startChild } from "./start-child.ts";
import type { Asked, Studies } from "./studies.ts";
import { watchRun } from "./watch-run.ts";

type Shared = Pick<Services, "archive" | "config" | "db" | "events" | "log" | "now" | "queue" | "store">;

/** How long a stopped run may take to end before going on with it is refused. */
const ENDING_MS = 20_000;

/** A run in the hands of this process. */
interface InHand {
  readonly key: string;
  readonly project: string;
  readonly out: string;
  readonly stop: AbortController;
  readonly teller: RunTeller;
  /** Settles when it is out of the hands. */
  ended: Promise<void>;
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
      name: run.name,
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
    const hand = this.#hands.get(run.key);
    // A run that was told to stop is shown as stopped before its process is gone: whoever goes on at once waits for that.
    if (hand?.stop.signal.aborted) await Promise.race([hand.ended, rest(ENDING_MS, null, { ref: false })]);
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
    // Taken in hand before anything is waited for: of two who ask at once the second finds it at work.
    const [row] = await Promise.all([
      this.#putInLine(run.key, run.project, out),
      db.updateTable("run").set({ by }).where("key", "=", run.key).execute(),
    ]);
    return { ...row, by };
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
    await hand.teller.tell({ kind: "state", state: "stopped", failure: null }, { state: "stopped", progress: null });
    return (await findRun(this.#shared.db, run.key)) ?? run;
  }

  watch(run: string, after: number, signal: AbortSignal): AsyncGenerator<SeenEvent> {
    return watchRun(this.#shared, { run, after, signal, isInHand: () => this.#hands.has(run) });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const hands = [...this.#hands.values()];
    for (const hand of hands) hand.stop.abort();
    await this.#line;
  }

  async #putInLine(key: string, project: string, out: string): Promise<RunRecord> {
    const stop = new AbortController();
    const teller = new RunTeller(this.#shared, { run: key, project, signal: stop.signal });
    const hand: InHand = { key, project, out, stop, teller, ended: Promise.resolve() };
    this.#hands.set(key, hand);
    const began = { state: "queued" as const, failure: null, progress: null, finished: null };
    await hand.teller.tell({ kind: "state", state: "queued", failure: null }, began);
    this.#line = this.#line.then(() => this.#turn(hand));
    hand.ended = this.#line;
    return (await findRun(this.#shared.db, key)) ?? refuseGone();
  }

  /** Never rejects: the next in line has its turn whatever became of this one. */
  async #turn(hand: InHand): Promise<void> {
    const { log } = this.#shared;
    try {
      const failure = hand.stop.signal.aborted ? null : await this.#run(hand);
      const { event, finished } = this.#endOf(hand, failure);
      const { state, failure: told } = event;
      await hand.teller.change({ state, failure: told, progress: null, finished });
      // Whoever hears of the end reads numbers, counts and answers: they are there before it is told.
      if (!this.#closed) await this.#scan(hand);
      this.#hands.delete(hand.key);
      await hand.teller.tell(event);
    } catch (error) {
      log.error({ run: hand.key, err: error }, "the end of a run could not be written");
    } finally {
      this.#hands.delete(hand.key);
    }
  }

  async #scan({ project }: InHand): Promise<void> {
    const { archive, log } = this.#shared;
    await archive.scan(project).catch((error: unknown) => log.error({ err: error }, "no scan after a run"));
  }

  /** @returns its failure; null: it came to its end */
  async #run(hand: InHand): Promise<Failure | null> {
    const started = { state: "running" as const, started: this.#shared.now() };
    await hand.teller.tell({ kind: "state", state: "running", failure: null }, started);
    try {
      await this.#features(hand);
    } catch (error) {
      // The child does what the workers did not, and says what is wrong with the study, if that is it.
      if (!isFailureError(error) && !isAway(error)) throw error;
      const text = isFailureError(error) ? describeFailure(error.failure) : "the database was away";
      hand.teller.say(`without workers: ${text}`);
    }
    if (hand.stop.signal.aborted) return null;
    const child = startChild({ kind: "run", out: hand.out }, (says) => hand.teller.hear(says));
    const stop = (): void => (this.#closed ? stopSoon(child) : child.stop());
    hand.stop.signal.addEventListener("abort", stop, { once: true });
    const failure = await child.ended;
    hand.stop.signal.removeEventListener("abort", stop);
    return failure;
  }

  #endOf(hand: InHand, failure: Failure | null) {
    const wasStopped = hand.stop.signal.aborted || failure?.kind === "cancelled";
    const state = wasStopped
      ? ("stopped" as const)
      : failure === null
        ? ("finished" as const)
        : failure.kind === "refused"
          ? ("refused" as const)
          : ("failed" as const);
    const told = wasStopped || failure === null ? null : hand.teller.veiled(failure);
    const event = { kind: "state" as const, state, failure: told };
    return { event, finished: state === "finished" ? this.#shared.now() : null };
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
    hand.teller.hear({ kind: "begin", title: "encoding slides (workers)", total: units.length });
    for (let alone = 0; !hand.stop.signal.aborted; ) {
      await rest(POLL_MS, undefined, { signal: hand.stop.signal }).catch(() => {});
      const page = await queue.status(hand.key).catch((error: unknown) => {
        if (isAway(error)) return null;
        throw error;
      });
      if (page === null) continue;
      const { waiting, active, done, failed } = page.counts;
      hand.teller.hear({ kind: "advance", done: done + failed, note: null });
      if (waiting + active === 0) return place === null ? undefined : await this.#bring(hand, place, units);
      alone = page.workers.length === 0 ? alone + 1 : 0;
      if (alone * POLL_MS < ALONE_MS) continue;
      await queue.cancel(hand.key);
      return hand.teller.say("no worker is left: the service goes on by itself");
    }
  }

  /** Brings from the store what the workers have put there. */
  async #bring(hand: InHand, place: string, units: readonly UnitOfWork[]): Promise<void> {
    const store = openFeatureStore(place, process.env);
    const { signal } = hand.stop;
    hand.teller.hear({ kind: "begin", title: "fetching features", total: units.length });
    for (const [i, { slide }] of units.entries()) {
      if (signal.aborted) return;
      await takeSlide(store, { run: hand.key, slide, out: hand.out, signal });
      if (i % 16 === 0) hand.teller.hear({ kind: "advance", done: i, note: null });
    }
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
