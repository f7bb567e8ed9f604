/**
 * The annotations of a slide as this page knows them: what the service said, what waits in the outbox, what conflicts. Every change goes
 * to the outbox first and is sent then. Of one annotation at most one change is under way; the next one counts on its version, so that a
 * change of somebody else in between is seen as a conflict and never overwritten.
 */
import type { Annotation, AnnotationChange, ApiFailure, changeAnnotations, RouteReply } from "@nacre/api";
import { type Drawn, History, type Step } from "./history.ts";
import type { Outbox } from "./outbox.ts";

export interface Conflict {
  readonly id: string;
  /** Null: I removed it. */
  readonly mine: Drawn | null;
  /** Null: somebody else removed it. */
  readonly theirs: Annotation | null;
}

export interface Row extends Drawn {
  readonly author: string;
  readonly state: "saved" | "waiting" | "conflict";
}

export interface LedgerView {
  readonly rows: readonly Row[];
  /** Changes not acknowledged yet. */
  readonly waiting: number;
  /** Whether all that waits is kept in this browser. */
  readonly isKept: boolean;
  readonly conflicts: readonly Conflict[];
  /** Why the last sending failed; it is tried again where `isTryingAgain`. */
  readonly failure: ApiFailure | null;
  readonly isTryingAgain: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

export type Sent =
  | { readonly kind: "made"; readonly reply: RouteReply<typeof changeAnnotations> }
  | { readonly kind: "failed"; readonly failure: ApiFailure; readonly isPassing: boolean };

export interface LedgerParts {
  readonly outbox: Outbox;
  /** Name of who draws. */
  readonly author: string;
  send(changes: readonly AnnotationChange[]): Promise<Sent>;
  newId(): string;
  now(): number;
  /** Calls later; gives what calls it off. */
  later(run: () => void, ms: number): () => void;
}

interface Pending {
  readonly key: string | null;
  readonly change: AnnotationChange;
  /** It may have reached the service: it is sent again as it is. */
  isTried: boolean;
}

const MOST_AT_ONCE = 100;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

export class Ledger {
  readonly #parts: LedgerParts;
  readonly #history = new History();
  readonly #ears = new Set<() => void>();
  #known = new Map<string, Annotation>();
  /** Per annotation: what is under way, then what follows it. */
  readonly #pending = new Map<string, Pending[]>();
  readonly #conflicts = new Map<string, Annotation | null>();
  #isSending = false;
  #isKept = true;
  #failure: { failure: ApiFailure; isPassing: boolean } | null = null;
  #waitMs = FIRST_WAIT_MS;
  #callOff: () => void = () => {};
  #view: LedgerView;

  constructor(parts: LedgerParts) {
    this.#parts = parts;
    for (const { key, change } of parts.outbox.read()) {
      const queue = this.#pending.get(change.id) ?? [];
      this.#pending.set(change.id, [...queue, { key, change, isTried: true }]);
    }
    this.#view = this.#look();
  }

  readonly subscribe = (ear: () => void): (() => void) => {
    this.#ears.add(ear);
    return () => void this.#ears.delete(ear);
  };
  readonly view = (): LedgerView => this.#view;

  /** What the service holds. Not taken while changes are under way: their answer is newer. */
  load(rows: readonly Annotation[]): void {
    if (this.#isSending) return;
    this.#known = new Map(rows.map((row) => [row.id, row]));
    this.#tell();
    void this.flush();
  }

  find(id: string): Drawn | null {
    return this.#shown(id);
  }

  /** Draws a new annotation, or changes one. */
  put(drawn: Drawn): void {
    this.#history.note({ id: drawn.id, before: this.#shown(drawn.id), after: drawn });
    this.#enter(drawn.id, drawn);
  }

  remove(id: string): void {
    const before = this.#shown(id);
    if (before === null) return;
    this.#history.note({ id, before, after: null });
    this.#enter(id, null);
  }

  /** @returns the annotation that was changed; null where there was nothing to undo */
  undo(): string | null {
    const step = this.#history.back();
    return step === null ? null : this.#turn(step, "before");
  }
  redo(): string | null {
    const step = this.#history.forth();
    return step === null ? null : this.#turn(step, "after");
  }

  /** Ends a conflict: mine is made anew on what stands there now, or dropped. */
  resolve(id: string, whose: "mine" | "theirs"): void {
    const theirs = this.#conflicts.get(id);
    if (theirs === undefined) return;
    const mine = this.#mine(id);
    for (const { key } of this.#pending.get(id) ?? []) this.#parts.outbox.remove(key);
    this.#pending.delete(id);
    this.#conflicts.delete(id);
    if (theirs === null) this.#known.delete(id);
    else this.#known.set(id, theirs);
    if (whose === "mine" && (mine !== null || theirs !== null)) {
      const isGone = theirs === null && mine !== null;
      const to = isGone ? this.#parts.newId() : id;
      if (isGone) this.#history.rename(id, to);
      this.#enter(to, mine === null ? null : { ...mine, id: to });
    }
    this.#tell();
    void this.flush();
  }

  /** Sends what waits. Called by itself; call it when the connection is back. */
  async flush(): Promise<void> {
    this.#callOff();
    if (this.#isSending) return;
    const batch = [...this.#pending]
      .flatMap(([id, [first]]) => (first === undefined || this.#conflicts.has(id) ? [] : [first]))
      .slice(0, MOST_AT_ONCE);
    if (batch.length === 0) return this.#tell();
    this.#isSending = true;
    for (const pending of batch) pending.isTried = true;
    const sent = await this.#parts.send(batch.map(({ change }) => change));
    this.#isSending = false;
    if (sent.kind === "failed") return this.#failed(sent);
    this.#failure = null;
    this.#waitMs = FIRST_WAIT_MS;
    this.#settle(batch, sent.reply);
    this.#tell();
    await this.flush();
  }

  #failed({ failure, isPassing }: { readonly failure: ApiFailure; readonly isPassing: boolean }): void {
    this.#failure = { failure, isPassing };
    if (isPassing) {
      this.#callOff = this.#parts.later(() => void this.flush(), this.#waitMs);
      this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 2);
    }
    this.#tell();
  }

  #settle(batch: readonly Pending[], reply: RouteReply<typeof changeAnnotations>): void {
    const conflicts = new Map(reply.conflicts.map(({ change, now }) => [change, now]));
    for (const pending of batch) {
      const { id, change } = pending.change;
      if (conflicts.has(change)) {
        this.#conflicts.set(id, conflicts.get(change) ?? null);
        continue;
      }
      this.#parts.outbox.remove(pending.key);
      const rest = (this.#pending.get(id) ?? []).filter((other) => other !== pending);
      if (rest.length === 0) this.#pending.delete(id);
      else this.#pending.set(id, rest);
    }
    for (const row of reply.rows) this.#known.set(row.id, row);
    for (const id of reply.removed) this.#known.delete(id);
  }

  #turn(step: Step, side: "before" | "after"): string {
    const target = step[side];
    const isThere = this.#shown(step.id) !== null;
    if (target === null || isThere) {
      this.#enter(step.id, target);
      return step.id;
    }
    const id = this.#parts.newId();
    this.#history.rename(step.id, id);
    this.#enter(id, { ...target, id });
    return id;
  }

  /** Queues what an annotation becomes; null removes it. */
  #enter(id: string, drawn: Drawn | null): void {
    const queue = [...(this.#pending.get(id) ?? [])];
    const last = queue.at(-1);
    const isOpen = last !== undefined && !last.isTried;
    const version = isOpen ? last.change.version : this.#nextVersion(id, last);
    if (isOpen) {
      this.#parts.outbox.remove(last.key);
      queue.pop();
    }
    // Drawn and removed before anybody heard of it: nothing to send.
    if (drawn !== null || version > 0) {
      const change = this.#changeOf(id, drawn, version);
      const key = this.#parts.outbox.add(change, this.#parts.now());
      if (key === null) this.#isKept = false;
      queue.push({ key, change, isTried: false });
    }
    if (queue.length === 0) this.#pending.delete(id);
    else this.#pending.set(id, queue);
    this.#tell();
    // Whatever happens in one turn of the page goes in one request.
    queueMicrotask(() => void this.flush());
  }

  #nextVersion(id: string, last: Pending | undefined): number {
    return last === undefined ? (this.#known.get(id)?.version ?? 0) : last.change.version + 1;
  }

  #changeOf(id: string, drawn: Drawn | null, version: number): AnnotationChange {
    const change = this.#parts.newId();
    if (drawn === null) return { kind: "remove", change, id, version };
    const { geometry, name, colour, note } = drawn;
    return { kind: "put", change, id, version, geometry, name, colour, note };
  }

  #mine(id: string): Drawn | null {
    const last = this.#pending.get(id)?.at(-1)?.change;
    return last?.kind === "put" ? drawnOf(last) : null;
  }

  #shown(id: string): Drawn | null {
    if (this.#pending.has(id)) return this.#mine(id);
    const known = this.#known.get(id);
    return known === undefined ? null : drawnOf(known);
  }

  #look(): LedgerView {
    const ids = new Set([...this.#known.keys(), ...this.#pending.keys()]);
    const rows = [...ids].flatMap((id): Row[] => {
      const drawn = this.#shown(id);
      if (drawn === null) return [];
      const state = this.#conflicts.has(id) ? "conflict" : this.#pending.has(id) ? "waiting" : "saved";
      return [{ ...drawn, author: this.#known.get(id)?.author ?? this.#parts.author, state }];
    });
    const waiting = [...this.#pending.values()].reduce((sum, queue) => sum + queue.length, 0);
    if (waiting === 0) this.#isKept = true;
    return {
      rows,
      waiting,
      isKept: this.#isKept,
      conflicts: [...this.#conflicts].map(([id, theirs]) => ({ id, mine: this.#mine(id), theirs })),
      failure: this.#failure?.failure ?? null,
      isTryingAgain: this.#failure?.isPassing ?? false,
      canUndo: this.#history.canUndo,
      canRedo: this.#history.canRedo,
    };
  }

  #tell(): void {
    this.#view = this.#look();
    for (const ear of this.#ears) ear();
  }
}

const drawnOf = ({ id, geometry, name, colour, note }: Drawn): Drawn => ({ id, geometry, name, colour, note });
