/** Drafts and signed reports as they lie in the database. A signed text stays for ever: an addendum is a row more. */
import { createHash } from "node:crypto";
import type { DraftReport } from "@nacre/api";
import { canonicalJson } from "@nacre/core";
import type { Kysely } from "kysely";
import { refuse } from "../serve/refuse.ts";
import type { Tables } from "../store/tables.ts";

export interface SignedReport {
  readonly number: number;
  readonly report: DraftReport;
}

/** The draft of a case, or the empty one of version 0. */
export async function loadDraft(db: Kysely<Tables>, key: string): Promise<DraftReport> {
  const row = await db.selectFrom("draft").select("body").where("case_key", "=", key).executeTakeFirst();
  return row?.body ?? emptyDraft(key);
}

/** The report of a case that nobody has begun. */
export function emptyDraft(key: string): DraftReport {
  return { case: key, version: 0, template: "general", fields: [], state: "empty", ...UNSIGNED };
}

/** The version that the next change is made from. Where an addendum was let go of, it is above that of the signed text. */
export async function standingVersion(db: Kysely<Tables>, key: string): Promise<number> {
  const row = await db.selectFrom("draft").select("version").where("case_key", "=", key).executeTakeFirst();
  return row?.version ?? 0;
}

const UNSIGNED = { signedBy: null, signedAt: null, sha256: null, updated: null };

/**
 * Writes a draft in place of the version it was made from; 0: there was none.
 * @throws ApiRefusal conflict where another version stands by then
 */
export async function storeDraft(
  db: Kysely<Tables>,
  draft: DraftReport,
  { from, version = draft.version }: { readonly from: number; readonly version?: number },
): Promise<void> {
  const { case: case_key, updated } = draft;
  const row = { version, body: JSON.stringify(draft), updated: updated ?? new Date(0).toISOString() };
  const made =
    from === 0
      ? await db
          .insertInto("draft")
          .values({ case_key, ...row })
          .onConflict((c) => c.column("case_key").doNothing())
          .returning("version")
          .executeTakeFirst()
      : await db
          .updateTable("draft")
          .set(row)
          .where("case_key", "=", case_key)
          .where("version", "=", from)
          .returning("version")
          .executeTakeFirst();
  if (made === undefined) oldVersion(from);
}

/** @throws ApiRefusal conflict */
export function oldVersion(from: number, now?: number): never {
  return refuse("conflict", {
    expected: now === undefined ? "the version that stands" : `version ${now}`,
    received: `version ${from}`,
    remedy: "somebody saved in between: load the draft again, and put your changes into it",
  });
}

/** Hash of what was signed: everything but the hash itself, as canonical JSON. */
export function signatureOf(report: DraftReport): string {
  return createHash("sha256")
    .update(canonicalJson({ ...report, sha256: null }), "utf8")
    .digest("hex");
}

/** Signed reports of a case, the first one first. */
export async function signedReports(db: Kysely<Tables>, key: string): Promise<SignedReport[]> {
  const rows = await db
    .selectFrom("signed_report")
    .select(["number", "body"])
    .where("case_key", "=", key)
    .orderBy("number")
    .execute();
  return rows.map(({ number, body }) => ({ number, report: body }));
}
