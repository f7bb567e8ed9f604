/** The queue over the embedded database: what is put in is done once in effect, and what became of it can be read. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FailureError, unwrap } from "@nacre/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { UNITS } from "../../src/job/boss.ts";
import { begin, type Held, takeSome } from "../../src/job/hand.ts";
import { type OpenQueue, openQueue } from "../../src/job/open-queue.ts";
import { mapPath, readPathRule } from "../../src/job/path-map.ts";
import { isAway, patiently } from "../../src/job/patience.ts";
import type { UnitOfWork } from "../../src/job/queue.ts";
import { noteWorker } from "../../src/job/unit-rows.ts";
import { openStore, type Store } from "../../src/store/open-store.ts";

let folder: string;
let store: Store;
let queue: OpenQueue;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nacre-queue-"));
  store = unwrap(await openStore({ folder }));
  queue = openQueue({ store, pollMs: 20 });
});
afterEach(async () => {
  await store.db.deleteFrom("unit").execute();
});
afterAll(async () => {
  await queue?.close();
  await store?.close();
  rmSync(folder, { recursive: true, force: true });
});

const units = (n: number, run = "r"): UnitOfWork[] =>
  Array.from({ length: n }, (_, i) => ({
    key: `${run}-${i}`,
    run,
    slide: `slide-${i}`,
    encoder: "texture",
    work: { i },
  }));

/** Works until so many units were begun and none is left. */
async function workOff(doUnit: (unit: UnitOfWork, signal: AbortSignal) => Promise<void>): Promise<string[]> {
  const seen: string[] = [];
  const stop = new AbortController();
  const working = queue.work(
    async (unit, signal) => {
      seen.push(unit.key);
      await doUnit(unit, signal);
    },
    { signal: stop.signal, parallel: 3, worker: "w" },
  );
  for (let tries = 0; tries < 400; tries++) {
    const { counts } = await queue.status();
    if (counts.waiting + counts.active === 0) break;
    await new Promise((next) => setTimeout(next, 25));
  }
  stop.abort();
  await working;
  return seen.sort();
}

describe("the queue", () => {
  it("gives each unit once, and takes it in once", async () => {
    expect(await queue.enqueue(units(7))).toBe(7);
    expect(await queue.enqueue(units(7))).toBe(0);
    const seen = await workOff(async () => {});
    expect(seen).toEqual(units(7).map(({ key }) => key));
    expect(await queue.enqueue(units(7))).toBe(0);
    const { counts, secondsLeft } = await queue.status("r");
    expect([counts.done, secondsLeft]).toEqual([7, 0]);
  });

  it("keeps the reason of a failure, and gives the unit again when somebody asks", async () => {
    await queue.enqueue(units(3));
    const fails = new Set(["r-1"]);
    const doUnit = async ({ key }: UnitOfWork): Promise<void> => {
      if (fails.delete(key))
        throw new FailureError({ kind: "no-tissue", expected: "tissue", received: "glass", remedy: "look at it" });
    };
    await workOff(doUnit);
    const { counts, failures } = await queue.status("r");
    expect([counts.done, counts.failed]).toEqual([2, 1]);
    expect(failures).toMatchObject([{ unit: "r-1", slide: "slide-1", failure: { kind: "no-tissue" } }]);
    expect(await queue.retry(null, "other")).toBe(0);
    expect(await queue.retry(null, "r")).toBe(1);
    expect(await workOff(doUnit)).toEqual(["r-1"]);
    expect((await queue.status("r")).counts.done).toBe(3);
  });

  it("puts back what a worker had in hand when it was told to stop", async () => {
    await queue.enqueue(units(1));
    const stop = new AbortController();
    const begun = queue.work(
      (_, signal) =>
        new Promise((_done, fail) => {
          signal.addEventListener("abort", () => fail(new Error("stopped")), { once: true });
          stop.abort();
        }),
      { signal: stop.signal, parallel: 1, worker: "leaves" },
    );
    await begun;
    expect((await queue.status("r")).counts).toMatchObject({ waiting: 1, failed: 0 });
    expect(await workOff(async () => {})).toEqual(["r-0"]);
  });

  it("counts an attempt at a unit that was lost only when it is begun again", async () => {
    await queue.enqueue(units(3));
    const boss = await queue.boss();
    const holder = { worker: "dies", now: new Date() };
    const held = await takeSome(store, boss, 9, holder);
    expect(held.map(({ taken }) => taken?.attempts)).toEqual([1, 1, 1]);
    // As when its silence was noticed.
    await boss.fail(UNITS, [...held]);
    const again = await takeSome(store, boss, 9, { ...holder, worker: "next" });
    expect(again.map(({ taken }) => taken)).toEqual([undefined, undefined, undefined]);
    const rows = await store.db.selectFrom("unit").select(["attempts", "worker"]).execute();
    expect(rows).toEqual(Array.from({ length: 3 }, () => ({ attempts: 1, worker: "dies" })));
    expect((await begin(store, again[0] as Held, holder))?.attempts).toBe(2);
    await boss.fail(UNITS, [...again]);
    expect(await workOff(async () => {})).toHaveLength(3);
  });

  it("names the slide that a worker has in hand to who asks for its run, and no slide of another", async () => {
    await queue.enqueue(units(1));
    await noteWorker(store.db, "names", { now: new Date(), done: 0, unit: "r-0" });
    const seen = async (run?: string) => (await queue.status(run)).workers.map(({ unit }) => unit);
    expect([await seen(), await seen("r"), await seen("other")]).toEqual([["slide-0"], ["slide-0"], ["r-0"]]);
    await store.db.deleteFrom("worker").execute();
    expect(await workOff(async () => {})).toEqual(["r-0"]);
  });

  it("does not give what was cancelled, until it is put in again", async () => {
    await queue.enqueue([...units(4), ...units(2, "s")]);
    expect(await queue.cancel("r")).toBe(4);
    expect(await workOff(async () => {})).toEqual(["s-0", "s-1"]);
    expect(await queue.enqueue(units(4))).toBe(4);
    expect(await workOff(async () => {})).toHaveLength(4);
  });
});

describe("patience", () => {
  it("asks again while the database is away, says so once, and says that it is back", async () => {
    const said: string[] = [];
    let tries = 0;
    const body = async (): Promise<string> => {
      if (++tries < 4) throw Object.assign(new Error("connect refused"), { code: "ECONNREFUSED" });
      return "there";
    };
    expect(await patiently(body, { say: (text) => said.push(text), firstMs: 1 })).toBe("there");
    expect(said.map((text) => text.split(" ").slice(0, 4).join(" "))).toEqual([
      "the database is away",
      "the database is back",
    ]);
  });

  it("does not wait for what will never come: a mistake in a query is a mistake", async () => {
    const mistake = Object.assign(new Error('relation "unit" does not exist'), { code: "42P01" });
    expect(isAway(mistake)).toBe(false);
    await expect(patiently(() => Promise.reject(mistake))).rejects.toBe(mistake);
  });
});

describe("paths of another machine", () => {
  it("are told by the longest rule, at whole folders only", () => {
    const rules = ["/srv=/mnt", "/srv/archive/=/archive"].map((text) => unwrap(readPathRule(text)));
    expect(mapPath("/srv/archive/a.svs", rules)).toBe("/archive/a.svs");
    expect(mapPath("/srv/b", rules)).toBe("/mnt/b");
    expect(mapPath("/srvx/b", rules)).toBe("/srvx/b");
    for (const wrong of ["/srv", "=/mnt", "/srv="]) expect(readPathRule(wrong).ok).toBe(false);
  });
});
