/**
 * The main job, from a study file to a finished run folder: inventory, split, audit (and refusal), features, fit,
 * predict, draw, judge, report. Every stage reads what the one before left and is skipped where nothing changed.
 */

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type CohortRow, canonicalJson, type FailureKind, isFailureError, mpp, unwrap } from "@nacre/core";
import { type AuditReport, refusals } from "@nacre/evaluation";
import { checkTiles, type EncoderInfo } from "@nacre/features";
import { EncodePool, openEncoder } from "@nacre/features/node";
import { chooseSlides, drawRun } from "./explain/draw-run.ts";
import { evidenceMethodOf } from "./explain/evidence-method.ts";
import { faithfulRun } from "./explain/faithful-run.ts";
import { extractFeatures } from "./extract/extract-features.ts";
import { type Inventory, takeInventory, usableRows } from "./extract/inventory.ts";
import { locateFeatures, locateSlide } from "./extract/locate.ts";
import { type SlideState, slidesCsv } from "./extract/slide-state.ts";
import type { FinishedRun } from "./finished-run.ts";
import { listBags } from "./fit/bag-list.ts";
import { fitFolds, fitNotes } from "./fit/fit-folds.ts";
import { auditStudy } from "./judge/audit-study.ts";
import { type Division, divideCohort } from "./judge/divide-cohort.ts";
import { type AnyRunScorecard, judgeQuestion } from "./judge/judge-question.ts";
import { refuseConflicts } from "./judge/refuse-conflicts.ts";
import { refuseFindings } from "./judge/refuse-findings.ts";
import { localise } from "./localise.ts";
import { predictionTables } from "./predict/bag-answer.ts";
import { joinFolds, predictBags } from "./predict/predict-bags.ts";
import { predictTune } from "./predict/predict-tune.ts";
import { writeRecords } from "./records.ts";
import { hashFile } from "./run/hash.ts";
import type { Progress } from "./run/progress.ts";
import { nothingReady, nothingUsable, refuseOtherStudy } from "./run/refuse-run.ts";
import { confirmIdentity, keepOnly, writeIdentity } from "./run/results.ts";
import { RunFolder, type Shard } from "./run/run-folder.ts";
import { outcomeOf, type RunResult } from "./run/run-result.ts";
import { checkModel } from "./study/choose-model.ts";
import { type CodedCovariates, codeCovariates, lackingCovariate } from "./study/covariates.ts";
import { type Cohort, cellOf, groupedRows, readCohort } from "./study/read-cohort.ts";
import type { Study } from "./study/read-study.ts";
import { type SettledStudy, settleStudy, studyYaml } from "./study/settle-study.ts";

export interface RunOptions {
  readonly out: string;
  readonly resume?: boolean;
  /** Encode only the slides of this shard and stop there. */
  readonly shard?: Shard;
  /** Stop after fitting. */
  readonly until?: "fit";
  /** Only tell a finished run again: whatever would change it fails. */
  readonly replay?: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** An open run folder in place of `out`; it is closed at the end. */
  readonly folder?: RunFolder;
  /** Work to be done inside the folder before the study is read. */
  readonly prepare?: () => Promise<void>;
}

export type { RunResult } from "./run/run-result.ts";

/** Failures after which the same command, given --resume, goes on where it stopped. All others end the run in order. */
const INTERRUPTIONS: readonly FailureKind[] = ["cancelled", "disk-full", "no-permission", "internal"];

/** Runs a study. @throws FailureError with any failure kind; `refused` where the audit stops it */
export async function runStudy(study: Study, options: RunOptions): Promise<RunResult> {
  const { out, resume = false, shard } = options;
  const folder =
    options.folder ?? unwrap(await RunFolder.open(out, { resume, ...(shard === undefined ? {} : { shard }) }));
  try {
    await options.prepare?.();
    return await runIn(folder, await settle(study), options);
  } catch (error) {
    if (isFailureError(error) && !INTERRUPTIONS.includes(error.failure.kind)) folder.stop();
    throw error;
  } finally {
    folder.close();
  }
}

async function settle(study: Study): Promise<Question> {
  const cohort = unwrap(readCohort(study));
  unwrap(checkModel(study, cohort.question));
  const encoder = study.slides === undefined ? null : await describeEncoder(study);
  return { study: settleStudy(study, cohort), cohort, encoder };
}

interface Question {
  readonly study: SettledStudy;
  readonly cohort: Cohort;
  readonly encoder: EncoderInfo | null;
}

async function runIn(folder: RunFolder, question: Question, options: RunOptions): Promise<RunResult> {
  const { study, cohort } = question;
  const { progress, signal } = options;
  // Most mistakes show in the tables alone: found before a single file is opened.
  const labelled = cohort.rows.filter((r) => r.label !== null);
  unwrap(divideCohort(groupedRows(labelled, cohort), study, cohort));
  refuseConflicts(labelled, cohort);
  refuseOtherStudy(folder, study.name);
  const found = await takeInventory(cohort.rows, { locate: locator(study), folder, progress, signal });
  const inventory = withoutUncovered(found, question);
  const usable = usableRows(cohort.rows, inventory);
  if (usable.length === 0) nothingUsable(folder, cohort.rows, inventory);
  // Before the long work: a study that must be refused is refused within seconds.
  const intended = divideAndAudit(usable, question, inventory);
  const identify = options.replay === true ? confirmIdentity : writeIdentity;
  identify(folder, "study.yaml", studyYaml(study, folder.path));
  const inputs = { cohort: hashFile(study.cohort), encoder: question.encoder?.identity ?? null };
  identify(folder, join(".nacre", "inputs.json"), canonicalJson(inputs));

  const states = await extract(folder, question, inventory, options);
  if (options.shard !== undefined) return shardResult(folder, states, options.shard);
  keepOnly(folder, "features", featureFiles(states));
  if (!states.some((s) => s.state === "ready")) nothingReady(folder, states);
  identify(folder, "slides.csv", slidesCsv(states));
  const ready = states.filter((s) => s.state === "ready");
  // Slides that failed while being encoded play no part: the parts are made of what is there.
  const { division, audit, covariates } =
    ready.length === usable.length
      ? intended
      : divideAndAudit(
          ready.map((s) => s.row),
          question,
          inventory,
        );
  const bags = unwrap(
    listBags(states, {
      unit: study.bag,
      answers: cohort.answers,
      covariates: ({ slide }) => covariates.numbers.get(slide) ?? [],
    }),
  );
  const common = { study, task: cohort.question, folder, split: division.split, bags, progress, signal };
  const fitted = await fitFolds(common);
  const model = joinFolds(folder, fitted.model, join("model", "model.onnx"));
  keepOnly(folder, "model", [
    ...fitted.model.map((f) => f.file),
    ...(model === null ? [] : [model]),
    ...writeCoding(folder, covariates),
    join("model", "model.json"),
    join("model", "model-card.md"),
  ]);
  const soFar = {
    ...outcomeOf(folder, states),
    models: [...fitted.model.map((f) => f.file), ...(model === null ? [] : [model])],
    notes: [...(model === null ? [noModelNote(study.aggregator.name)] : []), ...fitNotes(fitted.model)],
  };
  if (options.until === "fit") {
    folder.stop();
    return { ...soFar, scorecard: null, report: null };
  }
  const predicted = await predictBags(fitted.model, model, { ...common, kind: "model" });
  for (const { end, csv } of predictionTables(predicted, cohort.question)) folder.write(`predictions${end}.csv`, csv);
  const tune = await predictTune(fitted.model, { ...common, kind: "model" });
  for (const { end, csv } of predictionTables(tune, cohort.question)) folder.write(`tune-predictions${end}.csv`, csv);
  const meanPool = joinFolds(folder, fitted.baseline, join(".nacre", "baseline", "model.onnx"));
  const baseline = await predictBags(fitted.baseline, meanPool, { ...common, kind: "baseline" });
  const scorecard = unwrap(
    judgeQuestion(predicted, baseline, {
      study,
      question: cohort.question,
      audit,
      cohort: ready.map((s) => s.row),
      tune,
    }),
  );
  const seen = predicted.filter((p) => p.evidence !== null);
  const method = model === null ? null : evidenceMethodOf(folder, model, seen);
  const drawn = await drawRun(seen, { folder, study, task: cohort.question, method, progress, signal });
  const faithful = await faithfulRun(
    chooseSlides(drawn.slides, cohort.question).map((s) => s.predicted),
    {
      folder,
      task: cohort.question,
      modelOf: ({ fold }) => (fold === null ? model : (fitted.model.find((f) => f.fold === fold)?.file ?? null)),
      progress,
      signal,
    },
  );
  const localised = await localise(folder, drawn.slides);
  const finished: FinishedRun<AnyRunScorecard> = {
    ...question,
    inventory,
    division,
    states,
    bags,
    fitted: fitted.model,
    predicted,
    scorecard,
    drawn,
    faithful,
    localised,
    model,
    method,
    covariates: covariates.coding,
  };
  await writeRecords(folder, finished);
  keepOnly(folder, "heatmaps", drawn.files);
  folder.finish();
  return { ...soFar, scorecard, report: folder.file("report.html") };
}

/** Feature files of the slides that are ready, as paths inside the run folder. */
function featureFiles(states: readonly SlideState[]): string[] {
  return states.flatMap((s) => (s.state === "ready" ? [join("features", `${s.row.slide}.h5`)] : []));
}

/** Divides the rows and audits the division. @throws FailureError refused, or what makes a division impossible */
function divideAndAudit(
  rows: readonly CohortRow[],
  { study, cohort }: Question,
  inventory: Inventory,
): { readonly division: Division; readonly audit: AuditReport; readonly covariates: CodedCovariates } {
  const division = unwrap(divideCohort(groupedRows(rows, cohort), study, cohort));
  const audit = auditStudy({ study, cohort, inventory, division });
  refuseFindings(refusals(audit, study.allow));
  const covariates = unwrap(codeCovariates(study.covariates, rows, division.split, cellOf));
  return { division, audit, covariates };
}

/** A slide of which a covariate is missing is listed and not used. */
function withoutUncovered(inventory: Inventory, { study, cohort }: Question): Inventory {
  const failures = new Map(inventory.failures);
  const items = new Map(inventory.items);
  for (const row of cohort.rows) {
    const failure = items.has(row.slide) ? lackingCovariate(study.covariates, cellOf(row), row.slide) : null;
    if (failure === null) continue;
    failures.set(row.slide, failure);
    items.delete(row.slide);
  }
  return { ...inventory, items, failures };
}

/** How covariates become numbers, for `nacre predict`. Gives the paths written. */
function writeCoding(folder: RunFolder, { coding }: CodedCovariates): string[] {
  if (coding.length === 0) return [];
  const file = join("model", "covariates.json");
  folder.write(file, `${JSON.stringify(coding, null, 2)}\n`);
  return [file];
}

function noModelNote(name: string): string {
  return `${name} is not linear and has no model.onnx: predictions only, no heatmaps, and nothing for \`nacre predict\``;
}

async function describeEncoder(study: Study): Promise<EncoderInfo> {
  const encoder = unwrap(await openEncoder(study.encoder));
  try {
    unwrap(checkTiles(encoder.card, { size: study.tiles.size, mpp: mpp(study.tiles.mpp) }));
    return encoder.card;
  } finally {
    await encoder.close();
  }
}

async function extract(
  folder: RunFolder,
  { study, cohort, encoder }: Question,
  inventory: Inventory,
  options: RunOptions,
): Promise<SlideState[]> {
  const { progress, signal, shard } = options;
  const common = { study, folder, inventory, progress, signal, ...(shard === undefined ? {} : { shard }) };
  if (encoder === null) return extractFeatures(cohort.rows, { ...common, source: null });
  const pool = new EncodePool({ threads: availableParallelism() });
  try {
    const { name, identity } = encoder;
    return await extractFeatures(cohort.rows, { ...common, source: { pool, encoder: { name, identity } } });
  } finally {
    await pool.close();
  }
}

function locator(study: Study): (row: CohortRow) => ReturnType<typeof locateSlide> {
  const { slides, features } = study;
  return slides !== undefined ? (row) => locateSlide(slides, row) : (row) => locateFeatures(features ?? "", row);
}

/** A shard's part of the work. The folder is left for the other shards and for the run that finishes it. */
function shardResult(folder: RunFolder, all: readonly SlideState[], { index, count }: Shard): RunResult {
  const states = all.filter((_, i) => i % count === index);
  if (!states.some((s) => s.state === "ready") && states.some((s) => s.state === "failed"))
    nothingReady(folder, states);
  folder.stop();
  return { ...outcomeOf(folder, states), models: [], scorecard: null, report: null, notes: [] };
}
