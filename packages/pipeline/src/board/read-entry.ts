/** One entry of a board: a run folder, which can speak for itself, or a table of predictions that somebody brought. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { fail, type Outcome, ok } from "@nacre/core";
import { type Answers, answers, type Bar, type BoardEntry } from "@nacre/evaluation";
import { parse } from "yaml";
import { z } from "zod";
import { readText } from "../study/read-text.ts";
import type { EntryPlan } from "./read-board.ts";
import { barsOf, readPredictions } from "./read-predictions.ts";

/** An entry with what the board shows beside its numbers. Paths are absolute. */
export interface LoadedEntry {
  readonly entry: BoardEntry;
  readonly plan: EntryPlan;
  readonly predictions: string;
  readonly sha256: string;
  /** null for a table, and where a run has none. */
  readonly report: string | null;
  /** Findings of the run's audit that do not strike it out, and what it lacks; null for a table, which nobody audited. */
  readonly warnings: readonly string[] | null;
  /** Weights of the aggregator, where the run tells. */
  readonly aggregatorParameters: number | null;
  /** The positive class that the run was made for; null for a table. */
  readonly positive: string | null;
  /** The run's own report shows external numbers. */
  readonly tellsExternal: boolean;
}

/** Findings that make a number worthless: the model has met the people it is asked about. */
const BARRING: ReadonlySet<string> = new Set(["patient-leak", "role-overlap"]);

const scorecardSchema = z.looseObject({
  seed: z.number().int().optional(),
  task: z.looseObject({
    kind: z.string().default("classify"),
    label: z.string().optional(),
    event: z.string().optional(),
    positive: z.string().optional(),
  }),
  external: z.unknown(),
  audit: z
    .looseObject({
      findings: z.array(
        z.looseObject({ kind: z.string(), severity: z.string(), count: z.number(), effect: z.string() }),
      ),
    })
    .optional(),
});
const studySchema = z.looseObject({
  encoder: z.string(),
  aggregator: z.looseObject({ name: z.string() }),
  seed: z.number().int().optional(),
});
const provenanceSchema = z.looseObject({ hashes: z.record(z.string(), z.string()) });
const cardSchema = z.looseObject({
  input: z.looseObject({ encoder: z.looseObject({ name: z.string() }) }).optional(),
  models: z.array(z.looseObject({ parameters: z.number() })).optional(),
});

/** Reads what a plan names. Failures: those of the predictions, bad-table for a run whose records cannot be read. */
export function readEntry(plan: EntryPlan): Outcome<LoadedEntry> {
  return plan.source.kind === "run" ? readRun(plan, plan.source.folder) : readForeign(plan, plan.source.file);
}

function readForeign(plan: EntryPlan, file: string): Outcome<LoadedEntry> {
  const table = readPredictions(file);
  if (!table.ok) return table;
  const { answers: given, sha256 } = table.value;
  const described = plan.described ?? { task: "predictions", encoder: "unknown", aggregator: basename(file) };
  return ok({
    entry: { ...described, name: plan.name, seed: plan.seed, ...given, barred: barsOf(given.rows) },
    plan,
    predictions: file,
    sha256,
    report: null,
    warnings: null,
    aggregatorParameters: null,
    positive: null,
    tellsExternal: false,
  });
}

function readRun(plan: EntryPlan, folder: string): Outcome<LoadedEntry> {
  const card = readRecord(join(folder, "scorecard.json"), scorecardSchema);
  if (!card.ok) return card;
  const study = readRecord(join(folder, "study.yaml"), studySchema);
  if (!study.ok) return study;
  const file = join(folder, "predictions.csv");
  const table = readPredictions(file);
  if (!table.ok) return table;
  const { answers: given, sha256 } = table.value;
  const provenance = readRecord(join(folder, "provenance.json"), provenanceSchema);
  const model = readRecord(join(folder, "model", "model.json"), cardSchema);
  const findings = card.value.audit?.findings ?? [];
  const isBarring = (f: (typeof findings)[number]): boolean => BARRING.has(f.kind);
  const barred: Bar[] = [
    ...findings.filter(isBarring).map((f) => ({ kind: f.kind, reason: `${f.effect} (${f.count} touched)` })),
    ...changedSince(provenance.ok ? provenance.value.hashes["predictions.csv"] : undefined, sha256),
  ];
  const told = new Set(barred.map((b) => b.kind));
  const { kind, label = null, event = null, positive = null } = card.value.task;
  const encoder = (model.ok ? model.value.input?.encoder.name : undefined) ?? basename(study.value.encoder);
  const described = plan.described ?? {
    task: label ?? event ?? kind,
    encoder,
    aggregator: study.value.aggregator.name,
  };
  const report = join(folder, "report.html");
  return ok({
    entry: {
      ...described,
      name: plan.name,
      seed: plan.seed ?? study.value.seed ?? card.value.seed ?? null,
      ...withPositive(given, positive),
      barred: [...barred, ...barsOf(given.rows).filter((b) => !told.has(b.kind))],
    },
    plan,
    predictions: file,
    sha256,
    report: existsSync(report) ? report : null,
    warnings: [
      ...(card.value.audit === undefined ? ["the run holds no audit"] : []),
      ...(provenance.ok
        ? []
        : ["the run holds no provenance.json, so nothing shows that its predictions are unchanged"]),
      ...findings.filter((f) => !isBarring(f) && f.severity !== "info").map((f) => f.kind),
    ],
    aggregatorParameters: (model.ok ? model.value.models?.[0]?.parameters : undefined) ?? null,
    positive,
    tellsExternal: card.value.external !== null && card.value.external !== undefined,
  });
}

function withPositive(given: Answers, positive: string | null): Answers {
  if (positive === null || !answers(given, "classify") || !given.question.classes.includes(positive)) return given;
  return { ...given, question: { ...given.question, positive } };
}

function changedSince(recorded: string | undefined, sha256: string): Bar[] {
  if (recorded === undefined || recorded === sha256) return [];
  return [
    {
      kind: "changed-predictions",
      reason: "predictions.csv is not the file that the run wrote (provenance.json has another hash)",
    },
  ];
}

/** A JSON or YAML record of a run. Failures: bad-table naming the file and the place in it, missing-file, no-permission. */
function readRecord<T>(path: string, schema: z.ZodType<T>): Outcome<T> {
  const text = readText(path);
  if (!text.ok) return text;
  let value: unknown;
  try {
    value = path.endsWith(".json") ? JSON.parse(text.value) : parse(text.value);
  } catch (error) {
    return badRecord(path, error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error));
  }
  const parsed = schema.safeParse(value);
  const issue = parsed.error?.issues[0];
  return parsed.success ? ok(parsed.data) : badRecord(path, `${issue?.path.join(".")}: ${issue?.message}`);
}

function badRecord(path: string, received: string): Outcome<never> {
  return fail("bad-table", {
    expected: `the records of a finished run in ${path}`,
    received,
    remedy: "make the run again with `nacre run`, or leave it out of the board",
  });
}
