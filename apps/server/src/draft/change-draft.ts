/**
 * Saving, signing, and reopening as an addendum. Nothing is signed that a machine wrote and nobody confirmed, and no signature is
 * without its row in the trail.
 */
import type { DraftField, DraftReport, Person, RouteInput, saveDraft } from "@nacre/api";
import type { Transaction } from "kysely";
import { caseFor } from "../case/case-scope.ts";
import { refuse } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import type { Tables } from "../store/tables.ts";
import { loadDraft, oldVersion, signatureOf, standingVersion, storeDraft } from "./draft-store.ts";
import { TEMPLATES } from "./template.data.ts";
import { emptyField, type TemplateField } from "./template.ts";
import { unreadFields, writeValues } from "./write-values.ts";

type Parts = Pick<Services, "db" | "archive" | "trail" | "events" | "now">;

/** @throws ApiRefusal not-found, conflict, bad-request */
export async function saveValues(
  services: Parts,
  who: Person,
  { key, asked }: { readonly key: string; readonly asked: RouteInput<typeof saveDraft>["body"] },
): Promise<DraftReport> {
  const { db, trail, now } = services;
  const record = await caseFor(services, who, key);
  const before = await openDraft(services, key, asked.version);
  const fields = writeValues(before.fields, asked);
  const draft: DraftReport = { ...before, fields, version: before.version + 1, updated: now().toISOString() };
  await storeDraft(db, draft, { from: before.version });
  const changed = fields.flatMap((field, at) => (field === before.fields[at] ? [] : [field.name]));
  await trail.note(who, {
    action: "draft.saved",
    project: record.project,
    subject: key,
    details: { version: draft.version, fields: changed, confirmed: [...new Set(asked.confirmed)] },
  });
  return draft;
}

/**
 * @throws ApiRefusal not-found; conflict on an old version, or with the names of fields that a machine wrote and nobody confirmed;
 * unusable while a needed field is empty, or a part is larger than its whole
 */
export async function sign(
  services: Parts,
  who: Person,
  { key, version }: { readonly key: string; readonly version: number },
): Promise<DraftReport> {
  const { db, trail, events, now } = services;
  const { project } = await caseFor(services, who, key);
  const before = await openDraft(services, key, version);
  refuseUnread(before.fields);
  refuseEmpty(before);
  refuseParts(before);
  const at = now().toISOString();
  const signed: DraftReport = {
    ...before,
    version: before.version + 1,
    state: "signed",
    signedBy: who.name,
    signedAt: at,
    updated: at,
  };
  const report = { ...signed, sha256: signatureOf(signed) };
  const { sha256 } = report;
  // Before it is made: a signature that leaves no trail is none. Should another version stand by then, the trail says that too.
  await trail.note(who, {
    action: "draft.signed",
    project,
    subject: key,
    details: { version: report.version, sha256 },
  });
  try {
    await db.transaction().execute((tx) => storeSigned(tx, report, { by: who.id, at, from: before.version }));
  } catch (error) {
    await trail.note(who, { action: "draft.not-signed", project, subject: key, details: { sha256 } });
    throw error;
  }
  events.tell({ kind: "draft.signed", project, case: key });
  events.tell({ kind: "case.changed", project, case: key });
  return report;
}

async function storeSigned(
  tx: Transaction<Tables>,
  report: DraftReport & { readonly sha256: string },
  { by, at, from }: { readonly by: string; readonly at: string; readonly from: number },
): Promise<void> {
  const { case: case_key, sha256 } = report;
  await storeDraft(tx, report, { from });
  const last = await tx
    .selectFrom("signed_report")
    .select((eb) => eb.fn.max("number").as("number"))
    .where("case_key", "=", case_key)
    .executeTakeFirst();
  const number = (last?.number ?? 0) + 1;
  await tx
    .insertInto("signed_report")
    .values({ case_key, number, body: JSON.stringify(report), sha256, by, at })
    .execute();
  await tx.updateTable("patient_case").set({ state: "signed", updated: at }).where("key", "=", case_key).execute();
}

/** Name of the field that says why a signed report was opened again. */
export const REASON = "addendum-reason";

/** @throws ApiRefusal not-found; conflict where nothing is signed */
export async function reopen(
  services: Parts,
  who: Person,
  { key, why }: { readonly key: string; readonly why: string },
): Promise<DraftReport> {
  const { db, trail, events, now } = services;
  const { project } = await caseFor(services, who, key);
  const before = await loadDraft(db, key);
  if (before.state !== "signed")
    return refuse("conflict", {
      expected: "a signed report",
      received: before.state === "draft" ? "a draft" : "no draft",
      remedy: "an addendum begins from a signed report",
    });
  const stands = await standingVersion(db, key);
  const empty = emptyField({ name: REASON, title: "Reason of the addendum", kind: "text", isNeeded: true });
  const reason = writeValues([empty], { values: { [REASON]: why }, confirmed: [] });
  const updated = now().toISOString();
  const draft: DraftReport = {
    ...before,
    version: stands + 1,
    state: "draft",
    fields: [...reason, ...before.fields.filter(({ name }) => name !== REASON)],
    signedBy: null,
    signedAt: null,
    sha256: null,
    updated,
  };
  await trail.note(who, {
    action: "draft.reopened",
    project,
    subject: key,
    details: { version: draft.version, after: before.sha256 },
  });
  await db.transaction().execute(async (tx) => {
    await storeDraft(tx, draft, { from: stands });
    await tx.updateTable("patient_case").set({ state: "drafted", updated }).where("key", "=", key).execute();
  });
  events.tell({ kind: "case.changed", project, case: key });
  return draft;
}

/** The draft that is written in, in the version that was looked at. @throws ApiRefusal conflict */
export async function openDraft({ db }: Pick<Services, "db">, key: string, version: number): Promise<DraftReport> {
  const draft = await loadDraft(db, key);
  if (draft.state === "signed")
    refuse("conflict", {
      expected: "a draft",
      received: "a signed report",
      remedy: "reopen it as an addendum; the signed text stays on record",
    });
  if (draft.state === "empty")
    refuse("conflict", { expected: "a draft", received: "none", remedy: "begin a draft first" });
  if (draft.version !== version) oldVersion(version, draft.version);
  return draft;
}

function refuseUnread(fields: readonly DraftField[]): void {
  const unread = unreadFields(fields);
  if (unread.length === 0) return;
  refuse("conflict", {
    expected: "every machine-written value confirmed or rewritten by a person",
    received: `unconfirmed: ${titles(unread)}`,
    remedy: "read each of them; confirm it, rewrite it, or empty it",
  });
}

function refuseEmpty({ template, fields }: DraftReport): void {
  const needed = new Set([REASON, ...fieldsOf(template).flatMap(({ name, isNeeded }) => (isNeeded ? [name] : []))]);
  const empty = fields.filter(({ name, value }) => needed.has(name) && value === null);
  if (empty.length === 0) return;
  refuse("unusable", {
    expected: "a report with everything that it needs",
    received: `empty: ${titles(empty)}`,
    remedy: "fill these fields, then sign",
  });
}

/** Of three nodes no five hold tumour. */
function refuseParts({ template, fields }: DraftReport): void {
  for (const { name, partOf } of fieldsOf(template)) {
    const [part, whole] = [name, partOf].map((wanted) => fields.find((field) => field.name === wanted));
    if (typeof part?.value !== "number" || typeof whole?.value !== "number" || part.value <= whole.value) continue;
    refuse("unusable", {
      expected: `${part.title}: no more than ${whole.title}, ${whole.value}`,
      received: String(part.value),
      remedy: "correct one of the two, then sign",
    });
  }
}

const fieldsOf = (template: string): readonly TemplateField[] =>
  TEMPLATES.find(({ name }) => name === template)?.fields ?? [];

const titles = (fields: readonly DraftField[]): string => fields.map(({ title }) => title).join(", ");
