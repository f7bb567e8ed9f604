/** One lane of a worker over a desk in memory: what is taken together, what is given back, and when an end is told. */
import { setTimeout as rest } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Ended, Held } from "../../src/job/hand.ts";
import { type Desk, MOST_ATTEMPTS, runLane } from "../../src/job/lane.ts";
import type { UnitOfWork } from "../../src/job/queue.ts";

/** How long each unit takes, in milliseconds; undefined: until it is stopped. */
type Work = readonly (number | undefined)[];

interface Seen {
  /** How many were taken at once, each time. */
  readonly taken: number[];
  /** What was told at once, as key and state, each time. */
  readonly told: string[][];
  readonly begun: string[];
}

/** A waiting line; what is given back goes to its head, where the queue has it too. `lost`: keys that somebody took before. */
function deskOf(
  work: Work,
  over: AbortController,
  { lost = [], attempts = 1 }: { lost?: string[]; attempts?: number },
) {
  const line = work.map((_, i) => `u${i}`);
  const seen: Seen = { taken: [], told: [], begun: [] };
  const unitOf = (key: string) => ({
    unit: { key, run: "r", slide: key, encoder: "e", work: {} },
    attempts: lost.includes(key) ? attempts : 1,
  });
  const desk: Desk = {
    async take(most) {
      const keys = line.splice(0, most);
      if (keys.length === 0) over.abort();
      else seen.taken.push(keys.length);
      return keys.map(
        (key): Held => ({ id: key, retryCount: 0, key, taken: lost.includes(key) ? undefined : unitOf(key) }),
      );
    },
    async begin({ key }) {
      seen.begun.push(key);
      return unitOf(key);
    },
    async tell(ended: readonly Ended[]) {
      seen.told.push(ended.map(({ held, end }) => `${held.key} ${end?.state}`));
      const back = ended.flatMap(({ held, end }) => (end?.state === "waiting" ? [held.key] : []));
      if (!over.signal.aborted) line.unshift(...back);
    },
  };
  return { desk, seen, line };
}

async function laneOver(work: Work, given: { lost?: string[]; attempts?: number; stopAt?: string } = {}) {
  const over = new AbortController();
  const { desk, seen } = deskOf(work, over, given);
  const did: string[] = [];
  await runLane({
    desk,
    signal: over.signal,
    isOver: () => over.signal.aborted,
    async doUnit({ key }: UnitOfWork, signal) {
      did.push(key);
      if (key === given.stopAt) over.abort();
      const ms = work[Number(key.slice(1))];
      await rest(ms ?? 60_000, undefined, { signal });
    },
  });
  return { ...seen, did };
}

describe("a lane of a worker", () => {
  it("begins with one, then takes small units together and tells them together", async () => {
    const { taken, told, did } = await laneOver(Array.from({ length: 60 }, () => 1));
    expect(taken[0]).toBe(1);
    expect(Math.max(...taken)).toBeGreaterThan(4);
    expect(told.map((ends) => ends.length)).toEqual(taken);
    expect(did).toEqual(Array.from({ length: 60 }, (_, i) => `u${i}`));
  });

  it("takes one at a time where units are not small", async () => {
    const { taken } = await laneOver([300, 300, 300]);
    expect(taken).toEqual([1, 1, 1]);
  });

  it("gives back what lies behind a unit that lasts longer than expected, and tells what has ended", async () => {
    const work = [...Array.from({ length: 16 }, () => 1), 2_000, 1, 1, 1];
    const { told, did } = await laneOver(work);
    const early = told.findIndex((ends) => ends.some((end) => end.endsWith("waiting")));
    expect(early).toBeGreaterThan(0);
    // Before the slow one itself.
    expect(told.findIndex((ends) => ends.includes("u16 done"))).toBeGreaterThan(early);
    expect(did.filter((key) => key === "u17")).toHaveLength(1);
    expect(told.flat().filter((end) => end.endsWith("done"))).toHaveLength(work.length);
  });

  it("begins alone what was taken before: its neighbours are not blamed for a slide that takes its workers with it", async () => {
    const { begun, told } = await laneOver([1, 1, 1], { lost: ["u1"], attempts: MOST_ATTEMPTS + 1 });
    expect(begun).toEqual(["u1"]);
    expect(told.flat().sort()).toEqual(["u0 done", "u1 failed", "u2 done"]);
  });

  it("puts back all that it holds when it is told to stop", async () => {
    const work = [...Array.from({ length: 16 }, () => 1), undefined, 1, 1];
    const { told } = await laneOver(work, { stopAt: "u16" });
    expect(told.at(-1)).toContain("u16 waiting");
    expect(
      told
        .flat()
        .filter((end) => end.endsWith("done"))
        .map((end) => end.split(" ")[0]),
    ).toEqual(Array.from({ length: 16 }, (_, i) => `u${i}`));
  });
});
