/** What a run says of itself: written to the database in order, then told to whoever listens. Paths of this machine stay out of it. */
import type { RunEvent } from "@nacre/api";
import type { Failure } from "@nacre/core";
import { withoutPaths } from "../archive/read-run.ts";
import type { Services } from "../services.ts";
import type { ChildSays } from "./child-message.ts";
import { changeRun, noteEvent } from "./run-rows.ts";
import { Pace } from "./time-left.ts";

type Shared = Pick<Services, "archive" | "db" | "events" | "log" | "now">;

export interface TellerOf {
  readonly run: string;
  readonly project: string;
  /** Progress after it is not told any more. */
  readonly signal: AbortSignal;
}

export class RunTeller {
  readonly #shared: Shared;
  readonly #of: TellerOf;
  readonly #counts = { ready: 0, failed: 0, waiting: 0 };
  #stretch: { readonly title: string; readonly total: number; readonly pace: Pace } | null = null;
  /** Writes to the database, one after the other. */
  #told: Promise<void> = Promise.resolve();
  #seq = 0;

  constructor(shared: Shared, of: TellerOf) {
    this.#shared = shared;
    this.#of = of;
  }

  /** Tells on what the process of the run says. */
  hear(says: ChildSays): void {
    if (says.kind === "begin") {
      this.#stretch = { title: says.title, total: says.total, pace: new Pace() };
      this.#progress(0, null);
    } else if (says.kind === "advance") this.#progress(says.done, says.note);
    else if (says.kind === "said") this.say(says.text);
    else if (says.kind === "slide") this.#slide(says);
    else if (says.kind === "loss") {
      const { fold, epoch, train, tune } = says;
      if (Number.isFinite(train)) void this.tell({ kind: "loss", fold, epoch, train, tune });
    }
  }

  /** A remark. */
  say(text: string): void {
    const at = this.#shared.now().toISOString();
    const { received } = this.veiled({ kind: "internal", expected: "", received: text, remedy: "" });
    void this.tell({ kind: "said", at, text: received });
  }

  /** Changes the row, writes the event, then tells it. Never rejects: what could not be written stands in the log. */
  tell(event: RunEvent, change: Parameters<typeof changeRun>[2] = {}): Promise<void> {
    const { db, events, now } = this.#shared;
    const { run, project } = this.#of;
    this.#told = this.#told
      .then(async () => {
        if (Object.keys(change).length > 0) await changeRun(db, run, change);
        this.#seq = await noteEvent(db, run, event, now());
        events.tell({ kind: "run", run, project, seq: this.#seq, event });
      })
      .catch((error: unknown) => this.#unwritten(error));
    return this.#told;
  }

  /** Changes the row after what was told before, and tells nobody. Never rejects. */
  change(change: Parameters<typeof changeRun>[2]): Promise<void> {
    this.#told = this.#told
      .then(() => changeRun(this.#shared.db, this.#of.run, change))
      .catch((error: unknown) => this.#unwritten(error));
    return this.#told;
  }

  /** A failure as a caller may read it. */
  veiled(failure: Failure): Failure {
    const folder = this.#shared.archive.projects.find(({ key }) => key === this.#of.project)?.folder;
    return folder === undefined ? failure : withoutPaths(failure, folder);
  }

  #slide({ slide, state, failure }: Extract<ChildSays, { kind: "slide" }>): void {
    if (state === "ready") this.#counts.ready++;
    if (state === "failed") this.#counts.failed++;
    if (failure === null) return;
    void this.tell({ kind: "slide", slide, state, failure: this.veiled(failure) }, { counts: { ...this.#counts } });
  }

  /** Goes to the row and to who listens, and is not kept as an event. */
  #progress(done: number, note: string | null): void {
    if (this.#stretch === null || this.#of.signal.aborted) return;
    const { title, total, pace } = this.#stretch;
    const { events, now } = this.#shared;
    const { run, project } = this.#of;
    const secondsLeft = pace.secondsLeft(now().getTime(), done, total);
    const progress = { title, done, total, note, secondsLeft };
    events.tell({ kind: "run", run, project, seq: this.#seq, event: { kind: "progress", progress } });
    const counts = { ...this.#counts };
    void this.change({ progress, counts });
  }

  #unwritten(error: unknown): void {
    this.#shared.log.error({ err: error }, "an event of a run could not be written");
  }
}
