/** Who reads a case, and how far he is. */
import type { CaseRow, CaseState, changeCase, Person, RouteInput } from "@nacre/api";
import { sql } from "kysely";
import { notFound, refuse } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import { readCaseRow } from "./case-rows.ts";
import { type CaseRecord, caseFor } from "./case-scope.ts";

type Change = RouteInput<typeof changeCase>["body"];

/** @throws ApiRefusal not-found; conflict where a signed case is to become unsigned without an addendum */
export async function applyCaseChange(
  services: Pick<Services, "db" | "archive" | "trail" | "events" | "now">,
  who: Person,
  { key, change }: { readonly key: string; readonly change: Change },
): Promise<CaseRow> {
  const { db, trail, events, now } = services;
  const record = await caseFor(services, who, key);
  const follows = change.state === undefined ? followingState(record, change) : null;
  const state = change.state ?? follows;
  const changed = {
    ...(change.assignee === undefined ? {} : { assignee: change.assignee }),
    ...(state === null ? {} : { state }),
  };
  if (Object.keys(changed).length > 0) {
    // Before it is made: a change that leaves no trail is not made.
    await trail.note(who, { action: "case.changed", project: record.project, subject: key, details: changed });
    const made = await db
      .updateTable("patient_case")
      .set({
        ...changed,
        // A report begun between the look and the change: what follows from taking a case does not undo it.
        ...(follows === null ? {} : { state: sql`case when state = ${record.state} then ${follows} else state end` }),
        updated: now().toISOString(),
      })
      .where("key", "=", key)
      // Signed between the look and the change: not undone.
      .$if(change.state !== undefined, (q) => q.where("state", "!=", "signed"))
      .executeTakeFirst();
    if (made.numUpdatedRows === 0n) return refuseSigned();
    events.tell({ kind: "case.changed", project: record.project, case: key });
  }
  return (await readCaseRow(db, who, record)) ?? notFound("a case");
}

/** A new case that somebody takes is being read; given back before anything was written, it is new again. */
function followingState({ state }: CaseRecord, { assignee }: Change): CaseState | null {
  if (state === "new" && typeof assignee === "string") return "open";
  return state === "open" && assignee === null ? "new" : null;
}

function refuseSigned(): never {
  return refuse("conflict", {
    expected: "a case that is not signed",
    received: "a signed case",
    remedy: "reopen its report as an addendum; the signed text stays on record",
  });
}
