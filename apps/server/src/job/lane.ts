/**
 * One lane of a worker: units are taken, done one after the other, and told. Small ones are taken and told together, as many as are
 * expected to last half a second: an exchange with the database costs as much as a small slide's tiles. Where one lasts longer than
 * expected, those behind it are given back, so that nobody waits for what lies in another's hand.
 */
import { setTimeout as rest } from "node:timers/promises";
import { isFailureError } from "@nacre/core";
import type { Ended, Held } from "./hand.ts";
import type { UnitOfWork } from "./queue.ts";
import { defect, takesWorkers } from "./unit-failure.ts";
import type { Taken, UnitEnd } from "./unit-rows.ts";

export interface Desk {
  /** Takes at most so many; waits a while where nothing waits. */
  take(most: number): Promise<readonly Held[]>;
  /** @returns undefined where the database cannot be reached any more: the unit comes back by itself */
  begin(held: Held): Promise<Taken | null | undefined>;
  tell(ended: readonly Ended[]): Promise<void>;
}

export interface LaneOptions {
  readonly desk: Desk;
  readonly doUnit: (unit: UnitOfWork, signal: AbortSignal) => Promise<void>;
  /** Ends the unit in hand too. */
  readonly signal: AbortSignal;
  /** Nothing more is begun. */
  readonly isOver: () => boolean;
}

/** A unit that was taken so often and never ended takes its workers with it. */
export const MOST_ATTEMPTS = 6;
/** Units of so much time are taken together. */
const TOGETHER_MS = 500;
const MOST_TOGETHER = 20;
/** What is not begun after so long is given back. */
const HOLD_MS = 1_500;
const LOCKED_MS = 5_000;
const BACK: UnitEnd = { state: "waiting" };

export async function runLane({ desk, doUnit, signal, isOver }: LaneOptions): Promise<void> {
  let expectedMs = TOGETHER_MS;
  while (!isOver()) {
    const most = Math.max(1, Math.min(MOST_TOGETHER, Math.floor(TOGETHER_MS / expectedMs)));
    const todo = [...(await desk.take(most))];
    const ended: Ended[] = [];
    const tell = (): Promise<void> => {
      const told = ended.splice(0);
      return told.length === 0 ? Promise.resolve() : desk.tell(told);
    };
    const giveBack = (): void =>
      void ended.push(...todo.splice(0).map((held) => ({ held, taken: held.taken, end: BACK })));
    let late = Promise.resolve();
    const timer = setTimeout(() => {
      giveBack();
      late = tell();
      // Awaited below: meanwhile it is nobody's.
      late.catch(() => {});
    }, HOLD_MS);
    try {
      while (todo.length > 0) {
        if (isOver()) {
          giveBack();
          break;
        }
        const began = performance.now();
        const held = todo.shift() as Held;
        const taken = held.taken === undefined ? await desk.begin(held) : held.taken;
        if (taken === undefined) continue;
        ended.push({ held, taken, end: taken === null ? null : await outcome(taken, doUnit, signal) });
        const ms = performance.now() - began;
        // Up at once, down slowly.
        expectedMs = Math.max(1, ms, (expectedMs + ms) / 2);
      }
    } finally {
      clearTimeout(timer);
      await late;
      await tell();
    }
  }
}

async function outcome(
  { unit, attempts }: Taken,
  doUnit: LaneOptions["doUnit"],
  signal: AbortSignal,
): Promise<UnitEnd> {
  if (attempts > MOST_ATTEMPTS) return { state: "failed", failure: takesWorkers(attempts) };
  try {
    await doUnit(unit, signal);
    return { state: "done" };
  } catch (error) {
    if (signal.aborted || isFailureError(error, "cancelled")) return { state: "waiting" };
    // A whole run works in the folder: not now.
    if (isFailureError(error, "locked")) {
      await rest(LOCKED_MS, undefined, { signal }).catch(() => {});
      return { state: "waiting" };
    }
    if (isFailureError(error)) return { state: "failed", failure: error.failure };
    return { state: "failed", failure: defect(error) };
  }
}
