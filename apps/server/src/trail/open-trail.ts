/** Writes and checks the trail. Rows are written one after the other, under a lock of the database where several processes share it. */
import { canonicalJson } from "@nacre/core";
import { type Kysely, sql } from "kysely";
import { refuse } from "../serve/refuse.ts";
import type { Tables } from "../store/tables.ts";
import { follow, ROOT, rowHash, type TrailRow } from "./chain.ts";
import type { Trail, TrailCheck, TrailEntry } from "./trail.ts";

export interface TrailOptions {
  readonly db: Kysely<Tables>;
  readonly now: () => Date;
  readonly log: { info(what: object, text?: string): void; error(what: object, text?: string): void };
  /** The head is told in the log after so many rows. */
  readonly tellEvery?: number;
}

/** Looking again within this time is the same look. */
export const SAME_LOOK_MS = 10 * 60_000;
const REMEMBERED = 20_000;
const PAGE = 2_000;
/** Number of the lock, ours alone: "nacre" in letters. */
const LOCK = 0x6e61637265;

export function openTrail({ db, now, log, tellEvery = 100 }: TrailOptions): Trail & { head(): Promise<TrailHead> } {
  let last: Promise<unknown> = Promise.resolve();
  const looks = new Map<string, number>();
  /** Looks that are being written: a view asks for dozens of tiles at once. */
  const under = new Map<string, Promise<void>>();

  const note: Trail["note"] = (who, entry) => {
    const written = last.then(() => append(db, { at: now().toISOString(), actor: who?.id ?? "nobody", entry }));
    last = written.catch(() => {});
    return written.then(
      (row) => {
        if (row.seq % tellEvery === 0) log.info({ trail: headText(row) }, "head of the trail");
      },
      (error: unknown) => {
        log.error({ err: error }, "the trail cannot be written");
        return refuse("unavailable", {
          expected: "to be able to write who did what before it is done",
          received: "a trail that cannot be written",
          remedy: "look at the disk and the database: nacre doctor --server",
        });
      },
    );
  };

  const noteSeen: Trail["noteSeen"] = async (who, entry) => {
    const key = [who.id, entry.action, entry.project ?? "", entry.subject ?? ""].join("\n");
    const at = now().getTime();
    const before = looks.get(key);
    if (before !== undefined && at - before < SAME_LOOK_MS) return;
    const running = under.get(key);
    if (running !== undefined) return running;
    const noted = note(who, entry)
      .then(() => {
        looks.delete(key);
        looks.set(key, at);
        const oldest = looks.keys().next().value;
        if (looks.size > REMEMBERED && oldest !== undefined) looks.delete(oldest);
      })
      .finally(() => under.delete(key));
    under.set(key, noted);
    return noted;
  };

  return { note, noteSeen, verify: () => verifyTrail(db), head: () => headOf(db) };
}

export interface TrailHead {
  readonly seq: number;
  readonly hash: string;
}

/** A head as the log tells it and `--told` takes it: SEQ:HASH. */
export function headText({ seq, hash }: TrailHead): string {
  return `${seq}:${hash}`;
}

async function headOf(db: Kysely<Tables>): Promise<TrailHead> {
  const row = await db.selectFrom("trail").select(["seq", "hash"]).orderBy("seq", "desc").limit(1).executeTakeFirst();
  return row === undefined ? { seq: 0, hash: ROOT } : { seq: Number(row.seq), hash: row.hash };
}

function append(
  db: Kysely<Tables>,
  { at, actor, entry }: { readonly at: string; readonly actor: string; readonly entry: TrailEntry },
): Promise<TrailRow> {
  return db.transaction().execute(async (step) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(step);
    const end = await headOf(step);
    const row = {
      seq: end.seq + 1,
      at,
      actor,
      action: entry.action,
      project: entry.project ?? null,
      subject: entry.subject ?? null,
      details: canonicalJson(entry.details ?? {}),
      previous: end.hash,
    };
    const whole = { ...row, hash: rowHash(row) };
    await step.insertInto("trail").values(whole).execute();
    return whole;
  });
}

/**
 * Computes the chain anew, page by page. With a head that was told before, also finds what a chain alone cannot show: rows cut off at
 * the end, and a chain that was computed anew from an earlier row.
 */
export async function verifyTrail(db: Kysely<Tables>, told?: TrailHead): Promise<TrailCheck> {
  const check = await followAll(db);
  if (!check.ok || told === undefined) return check;
  if (told.seq > check.rows) return { ...check, ok: false, broken: check.rows + 1 };
  const row = await db.selectFrom("trail").select("hash").where("seq", "=", told.seq).executeTakeFirst();
  const isThere = (row?.hash ?? ROOT) === told.hash;
  return isThere ? check : { ...check, ok: false, broken: told.seq };
}

async function followAll(db: Kysely<Tables>): Promise<TrailCheck> {
  let end = { seq: 0, hash: ROOT };
  for (;;) {
    const rows = await db
      .selectFrom("trail")
      .selectAll()
      .where("seq", ">", end.seq)
      .orderBy("seq")
      .limit(PAGE)
      .execute();
    // A 64-bit number comes as text from one engine and as a number from the other.
    const followed = follow(
      end,
      rows.map((row) => ({ ...row, seq: Number(row.seq) })),
    );
    end = followed.end;
    if (followed.broken !== null) return { ok: false, rows: end.seq, broken: followed.broken, head: end.hash };
    if (rows.length < PAGE) return { ok: true, rows: end.seq, broken: null, head: end.hash };
  }
}
