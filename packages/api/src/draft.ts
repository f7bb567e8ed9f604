/** Structured reports: a draft that a machine may begin, a person edits and signs. What a machine wrote is marked until then. */
import { z } from "zod";
import { keySchema, momentSchema } from "./key.ts";
import { defineRoute } from "./route.ts";

export const fieldSchema = z.object({
  name: z.string().max(80),
  title: z.string().max(200),
  kind: z.enum(["choice", "text", "number", "flag"]),
  choices: z.array(z.string()).optional(),
  unit: z.string().nullable(),
  /** Of a number: the largest that may stand. None is below 0, and one without a unit is whole. */
  most: z.number().optional(),
  /** The report is not signed while it is empty. */
  isNeeded: z.literal(true).optional(),
  value: z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]),
  /** Who wrote the value that stands there. */
  origin: z.enum(["empty", "machine", "person"]),
  /** Where a machine's value comes from: sentence, run, tile. */
  evidence: z.string().nullable(),
});
export type DraftField = z.infer<typeof fieldSchema>;

export const draftSchema = z.object({
  case: keySchema,
  /** 0: nothing saved yet. */
  version: z.number().int(),
  template: z.string(),
  fields: z.array(fieldSchema),
  state: z.enum(["empty", "draft", "signed"]),
  signedBy: z.string().nullable(),
  signedAt: momentSchema.nullable(),
  /** Hash over what was signed. */
  sha256: z.string().nullable(),
  updated: momentSchema.nullable(),
});
export type DraftReport = z.infer<typeof draftSchema>;

const caseParams = z.object({ case: keySchema });

export const readDraft = defineRoute("GET /cases/:case/draft", {
  id: "readDraft",
  role: "viewer",
  summary: "The draft or the signed report of a case",
  params: caseParams,
  reply: draftSchema,
});

export const beginDraft = defineRoute("POST /cases/:case/draft", {
  id: "beginDraft",
  role: "reader",
  summary: "Begins a draft: fields that a run's answers can fill are filled, and marked as a machine's",
  params: caseParams,
  body: z.object({ template: z.string().max(80).default("general"), run: keySchema.nullable().default(null) }),
  reply: draftSchema,
});

export const saveDraft = defineRoute("PUT /cases/:case/draft", {
  id: "saveDraft",
  role: "reader",
  summary: "Saves values of fields; a value that a person wrote is a person's. An old version is a conflict",
  params: caseParams,
  body: z.object({
    version: z.number().int().min(1),
    values: z.record(z.string(), fieldSchema.shape.value),
    /** Machine values that the person has read and takes as their own. */
    confirmed: z.array(z.string().max(80)).max(200).default([]),
  }),
  reply: draftSchema,
});

export const dropDraft = defineRoute("DELETE /cases/:case/draft", {
  id: "dropDraft",
  role: "reader",
  summary: "Lets go of a draft with all that stands in it. Of an addendum under way: the signed text stands again",
  params: caseParams,
  /** The version that was looked at: another one is a conflict. */
  query: z.object({ version: z.coerce.number().int().min(1) }),
  reply: draftSchema,
});

export const signDraft = defineRoute("POST /cases/:case/sign", {
  id: "signDraft",
  role: "reader",
  summary: "Signs: refused while a machine's value is neither confirmed nor rewritten",
  params: caseParams,
  body: z.object({ version: z.number().int().min(1) }),
  reply: draftSchema,
});

export const reopenDraft = defineRoute("POST /cases/:case/reopen", {
  id: "reopenDraft",
  role: "reader",
  summary: "An addendum: the signed text stays on record, a new draft begins from it",
  params: caseParams,
  body: z.object({ why: z.string().min(3).max(1000) }),
  reply: draftSchema,
});

export const listTemplates = defineRoute("GET /report-templates", {
  id: "listTemplates",
  role: "viewer",
  summary: "Forms that a report can be begun with",
  reply: z.object({ rows: z.array(z.object({ name: z.string(), title: z.string() })) }),
});

export const listReports = defineRoute("GET /cases/:case/reports", {
  id: "listReports",
  role: "viewer",
  summary: "Every signed text of a case, the first one first: the report, then its addenda",
  params: caseParams,
  reply: z.object({
    rows: z.array(
      z.object({
        /** 1 is the report, each further one an addendum. */
        number: z.number().int(),
        template: z.string(),
        signedBy: z.string().nullable(),
        signedAt: momentSchema.nullable(),
        sha256: z.string(),
      }),
    ),
  }),
});

export const printDraft = defineRoute("GET /cases/:case/report.:format", {
  id: "printDraft",
  role: "viewer",
  summary: "The report as HTML, PDF, or FHIR bundle (DiagnosticReport, Observation, ImagingStudy)",
  kind: "bytes",
  params: caseParams.extend({ format: z.enum(["html", "pdf", "fhir.json"]) }),
  /** Of an earlier signed text its number; left out: what stands now. */
  query: z.object({ number: z.coerce.number().int().min(1).optional() }),
  reply: z.any(),
});
