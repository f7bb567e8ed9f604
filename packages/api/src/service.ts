/** The service itself: who is asking, health, projects, tokens, trail, webhooks, DICOMweb. */
import { z } from "zod";
import { failureSchema } from "./failure.ts";
import { keySchema, momentSchema, pageSchema, uuidSchema } from "./key.ts";
import { personSchema, rightSchema, roleSchema } from "./role.ts";
import { defineRoute } from "./route.ts";

export const readSession = defineRoute("GET /session", {
  id: "readSession",
  role: null,
  summary: "Who is asking, how to sign in, and what the service is",
  reply: z.object({
    person: personSchema.nullable(),
    /** Sent back as `x-nacre-csrf` with every request that changes something, where a cookie signs in. */
    csrf: z.string().nullable(),
    signIn: z.array(z.enum(["oidc", "token"])),
    version: z.string(),
    notice: z.string(),
  }),
});

export const signInWithToken = defineRoute("POST /session", {
  id: "signInWithToken",
  role: null,
  summary: "Signs a browser in with a token",
  body: z.object({ token: z.string().min(10).max(400) }),
  reply: z.object({ person: personSchema, csrf: z.string() }),
});

export const signOut = defineRoute("DELETE /session", {
  id: "signOut",
  role: null,
  summary: "Signs a browser out",
  reply: z.object({ done: z.literal(true) }),
});

export const listProjects = defineRoute("GET /projects", {
  id: "listProjects",
  role: "viewer",
  summary: "Folders that are served",
  reply: z.object({
    rows: z.array(
      z.object({
        key: keySchema,
        name: z.string(),
        slides: z.number().int(),
        cases: z.number().int(),
        runs: z.number().int(),
        synthetic: z.boolean(),
        scanning: z.boolean(),
      }),
    ),
  }),
});

export const scanProject = defineRoute("POST /projects/:project/scan", {
  id: "scanProject",
  role: "researcher",
  summary: "Looks into the folder again",
  params: z.object({ project: keySchema }),
  reply: z.object({
    slides: z.number().int(),
    cases: z.number().int(),
    runs: z.number().int(),
    /** What was passed by and why, the first of it; empty without the right to identifiers: it names files. */
    left: z.array(z.string()),
    leftTotal: z.number().int(),
  }),
});

export const importCases = defineRoute("POST /projects/:project/cases", {
  id: "importCases",
  role: "researcher",
  summary: "Cases from a table: columns slide, patient, and as in a cohort file",
  params: z.object({ project: keySchema }),
  body: z.object({ csv: z.string().max(20_000_000) }),
  reply: z.object({
    cases: z.number().int(),
    slides: z.number().int(),
    /** Slides of the table that are not in the project, the first of them. */
    left: z.array(z.string()),
    /** How many there are. */
    leftTotal: z.number().int(),
    /** Rows whose slide cell is empty. */
    withoutSlide: z.number().int(),
  }),
});

export const healthSchema = z.object({
  state: z.enum(["ok", "degraded", "failing"]),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), text: z.string() })),
});
export const readHealth = defineRoute("GET /health", {
  id: "readHealth",
  role: null,
  summary: "Whether the service works; details only for admins",
  reply: healthSchema,
});

export const tokenRowSchema = z.object({
  id: uuidSchema,
  name: z.string(),
  role: roleSchema,
  rights: z.array(rightSchema),
  projects: z.array(keySchema).nullable(),
  created: momentSchema,
  expires: momentSchema.nullable(),
  revoked: momentSchema.nullable(),
  used: momentSchema.nullable(),
});
export const listTokens = defineRoute("GET /tokens", {
  id: "listTokens",
  role: "admin",
  summary: "Tokens, never their secret",
  reply: z.object({ rows: z.array(tokenRowSchema) }),
});
export const makeToken = defineRoute("POST /tokens", {
  id: "makeToken",
  role: "admin",
  summary: "Makes a token; its secret is told once",
  body: z.object({
    name: z.string().min(1).max(120),
    role: roleSchema,
    rights: z.array(rightSchema).default([]),
    projects: z.array(keySchema).nullable().default(null),
    days: z.number().int().min(1).max(3650).nullable().default(90),
  }),
  reply: z.object({ token: z.string(), row: tokenRowSchema }),
});
export const revokeToken = defineRoute("DELETE /tokens/:id", {
  id: "revokeToken",
  role: "admin",
  summary: "Ends a token",
  params: z.object({ id: uuidSchema }),
  reply: tokenRowSchema,
});

export const trailRowSchema = z.object({
  seq: z.number().int(),
  at: momentSchema,
  actor: z.string(),
  /** "slide.seen", "draft.signed", "token.made", … */
  action: z.string(),
  project: keySchema.nullable(),
  subject: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  hash: z.string(),
});
export const readTrail = defineRoute("GET /trail", {
  id: "readTrail",
  role: "admin",
  summary: "Who saw and did what, newest first",
  query: pageSchema.extend({
    actor: z.string().max(200).optional(),
    subject: z.string().max(200).optional(),
    action: z.string().max(80).optional(),
  }),
  reply: z.object({ total: z.number().int(), rows: z.array(trailRowSchema) }),
});
export const verifyTrail = defineRoute("POST /trail/verify", {
  id: "verifyTrail",
  role: "admin",
  summary: "Computes the chain of hashes anew",
  reply: z.object({ ok: z.boolean(), rows: z.number().int(), broken: z.number().int().nullable(), head: z.string() }),
});

export const readBackup = defineRoute("GET /backup", {
  id: "readBackup",
  role: "admin",
  summary: "The embedded database as one file, while the service runs; `nacre serve --restore` puts it back",
  kind: "bytes",
  reply: z.any(),
});

export const WEBHOOK_EVENTS = ["run.finished", "run.failed", "draft.signed", "case.changed"] as const;
export const webhookSchema = z.object({
  id: uuidSchema,
  url: z.url(),
  events: z.array(z.enum(WEBHOOK_EVENTS)).min(1),
  last: z.object({ at: momentSchema, status: z.number().int().nullable(), text: z.string() }).nullable(),
});
export const listWebhooks = defineRoute("GET /webhooks", {
  id: "listWebhooks",
  role: "admin",
  summary: "Addresses that are told of events",
  reply: z.object({ rows: z.array(webhookSchema) }),
});
export const makeWebhook = defineRoute("POST /webhooks", {
  id: "makeWebhook",
  role: "admin",
  summary: "Adds one. Bodies are signed: `x-nacre-signature: sha256=…` with the secret, which is told once",
  body: webhookSchema.pick({ url: true, events: true }),
  reply: z.object({ secret: z.string(), row: webhookSchema }),
});
export const removeWebhook = defineRoute("DELETE /webhooks/:id", {
  id: "removeWebhook",
  role: "admin",
  summary: "Removes one",
  params: z.object({ id: uuidSchema }),
  reply: z.object({ done: z.literal(true) }),
});

/** Name that the configuration gives an archive. */
const sourceName = z.string().regex(/^[\w-]{1,60}$/);
/** It becomes part of an address: numbers with single dots between them, nothing else. */
const dicomUid = z
  .string()
  .max(64)
  .regex(/^\d+(\.\d+)*$/);

export const dicomSources = defineRoute("GET /dicomweb", {
  id: "dicomSources",
  role: "viewer",
  summary: "Archives that the configuration names",
  reply: z.object({ rows: z.array(z.object({ name: z.string(), url: z.string() })) }),
});
export const dicomStudySchema = z.object({
  study: z.string(),
  series: z.string(),
  patient: z.string().nullable(),
  accession: z.string().nullable(),
  date: z.string().nullable(),
  description: z.string().nullable(),
  instances: z.number().int().nullable(),
});
export const queryDicom = defineRoute("GET /dicomweb/:source/series", {
  id: "queryDicom",
  role: "reader",
  summary: "Slides of an archive (QIDO-RS, modality SM)",
  params: z.object({ source: sourceName }),
  query: pageSchema.extend({ patient: z.string().max(64).optional(), accession: z.string().max(16).optional() }),
  reply: z.object({ rows: z.array(dicomStudySchema) }),
});
export const importDicom = defineRoute("POST /dicomweb/:source/import", {
  id: "importDicom",
  role: "researcher",
  summary: "Brings a series into a project's folder (WADO-RS)",
  params: z.object({ source: sourceName }),
  body: z.object({ project: keySchema, study: dicomUid, series: dicomUid }),
  reply: z.object({ slide: keySchema.nullable(), failure: failureSchema.nullable() }),
});
export const sendDicom = defineRoute("POST /dicomweb/:source/results", {
  id: "sendDicom",
  role: "researcher",
  summary:
    "Sends what a run saw in a slide back (STOW-RS): heatmap as parametric map, tissue as segmentation, answer as structured report",
  params: z.object({ source: sourceName }),
  body: z.object({
    slide: keySchema,
    run: keySchema,
    kinds: z.array(z.enum(["parametric-map", "segmentation", "structured-report"])).min(1),
  }),
  reply: z.object({ sent: z.array(z.object({ kind: z.string(), instance: z.string() })) }),
});
