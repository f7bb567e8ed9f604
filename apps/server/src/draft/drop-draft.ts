/**
 * Letting go of a draft that was begun by mistake: on the wrong form, or an addendum that nobody needs. What stood in it is gone; the
 * trail keeps that it was there, who let go of it, and how much a person had written.
 */
import type { DraftReport, Person } from "@nacre/api";
import { caseFor } from "../case/case-scope.ts";
import type { Services } from "../services.ts";
import { openDraft } from "./change-draft.ts";
import { emptyDraft, signedReports, storeDraft } from "./draft-store.ts";

type Parts = Pick<Services, "db" | "archive" | "trail" | "events" | "now">;

/**
 * @returns the report as it stands then: the empty one, or the text that was signed last
 * @throws ApiRefusal not-found; conflict where there is no draft, or it stands in another version
 */
export async function letGo(
  services: Parts,
  who: Person,
  { key, version }: { readonly key: string; readonly version: number },
): Promise<DraftReport> {
  const { db, trail, events, now } = services;
  const { project, assignee } = await caseFor(services, who, key);
  const before = await openDraft(services, key, version);
  const signed = (await signedReports(db, key)).at(-1)?.report;
  const updated = now().toISOString();
  const next = version + 1;
  const report = signed ?? { ...emptyDraft(key), version: next, updated };
  const state = signed !== undefined ? "signed" : assignee === null ? "new" : "open";
  await trail.note(who, {
    action: "draft.dropped",
    project,
    subject: key,
    details: { version, written: before.fields.filter(({ origin }) => origin === "person").length },
  });
  await db.transaction().execute(async (tx) => {
    await storeDraft(tx, report, { from: version, version: next });
    await tx.updateTable("patient_case").set({ state, updated }).where("key", "=", key).execute();
  });
  events.tell({ kind: "case.changed", project, case: key });
  return report;
}
