/** Begins a draft: the fields of a template, filled where a run's answers or the archive can fill them, and marked as a machine's. */
import type { beginDraft, CasePrediction, CaseRow, DraftReport, Person, RouteInput } from "@nacre/api";
import { nearestName } from "@nacre/core";
import { readCaseRow } from "../case/case-rows.ts";
import { caseFor } from "../case/case-scope.ts";
import { evidenceOf, predictionsOf } from "../case/read-case.ts";
import { slidesOfCase } from "../case/slide-rows.ts";
import { notFound, refuse } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import { loadDraft, storeDraft } from "./draft-store.ts";
import { fillFields, type Known } from "./fill-fields.ts";
import { TEMPLATES } from "./template.data.ts";
import type { Template } from "./template.ts";

type Asked = RouteInput<typeof beginDraft>["body"];
type Parts = Pick<Services, "db" | "archive" | "trail" | "events" | "now">;

/** @throws ApiRefusal not-found; bad-request for a template that is not there; conflict where a person's draft or a signed report stands */
export async function startDraft(
  services: Parts,
  who: Person,
  { key, asked }: { readonly key: string; readonly asked: Asked },
): Promise<DraftReport> {
  const { db, trail, events, now } = services;
  const record = await caseFor(services, who, key);
  const template = templateOf(asked.template);
  const before = await loadDraft(db, key);
  refuseOver(before);
  const row = (await readCaseRow(db, who, record)) ?? notFound("a case");
  const known = await knownOf(services, who, { row, run: asked.run });
  const updated = now().toISOString();
  // Who begins the report takes the case, where nobody has it.
  const assignee = record.assignee ?? who.name;
  const fields = fillFields(template, known);
  const draft: DraftReport = {
    ...before,
    version: before.version + 1,
    template: template.name,
    fields,
    state: "draft",
    updated,
  };
  await trail.note(who, {
    action: "draft.begun",
    project: record.project,
    subject: key,
    details: { template: template.name, run: known.prediction?.run ?? null },
  });
  await db.transaction().execute(async (tx) => {
    await storeDraft(tx, draft, { from: before.version });
    await tx.updateTable("patient_case").set({ state: "drafted", assignee, updated }).where("key", "=", key).execute();
  });
  events.tell({ kind: "case.changed", project: record.project, case: key });
  return draft;
}

function templateOf(name: string): Template {
  const names = TEMPLATES.map((template) => template.name);
  const found = TEMPLATES.find((template) => template.name === name);
  if (found !== undefined) return found;
  const near = nearestName(name, names);
  return refuse("bad-request", {
    expected: `a template: ${names.join(", ")}`,
    received: name,
    remedy: near === null ? "choose one of them" : `write ${near}`,
  });
}

/** What only a machine wrote may be begun anew, with another template or run; a person's words may not. */
function refuseOver({ state, version, fields }: DraftReport): void {
  if (state === "signed")
    refuse("conflict", {
      expected: "a case without a signed report",
      received: "a signed report",
      remedy: "reopen it as an addendum",
    });
  if (fields.some(({ origin }) => origin === "person"))
    refuse("conflict", {
      expected: "a case without a draft",
      received: `a draft of version ${version} that somebody has written in`,
      remedy: "go on with that draft",
    });
}

async function knownOf(
  services: Parts,
  who: Person,
  { row, run }: { readonly row: CaseRow; readonly run: string | null },
): Promise<Known> {
  const slides = await slidesOfCase(services.db, row.key);
  const prediction = run === null ? row.prediction : await predictionOfRun(services, row, run);
  const tiles = prediction === null ? [] : await evidenceOf(services, who, { run: prediction.run, slides });
  // By number: a slide's name may say who the patient is, and the draft is read by people who must not know.
  const nameOf = new Map(slides.map(({ key }, at) => [key, `slide ${at + 1} of ${slides.length}`]));
  return {
    slides: row.slides,
    failedSlides: row.failedSlides,
    prediction,
    tiles: tiles.map(({ slide, x, y }) => ({ slide: nameOf.get(slide) ?? slide, x, y })),
  };
}

async function predictionOfRun(services: Parts, { key, prediction }: CaseRow, run: string): Promise<CasePrediction> {
  const all = await predictionsOf(services, key, prediction?.synthetic ?? false);
  return all.find((one) => one.run === run) ?? notFound("an answer of that run about this case");
}
