/**
 * Predictions of bags nobody fitted on: each fold's model for its own test bags, the mean of the folds for external
 * ones. Evidence (attention, signed contribution of each tile) is kept beside, since heatmaps need one scale over all.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ClassifyTask, positiveIndex, type Split, unwrap } from "@nacre/core";
import type { Session } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { averageModels, describeModel, type ModelInfo, predict, tileEvidence } from "@nacre/models";
import { type BagEntry, bagsOf } from "../fit/bag-list.ts";
import { featureBags } from "../fit/feature-bags.ts";
import type { FittedFold } from "../fit/fit-folds.ts";
import { hashOf } from "../run/hash.ts";
import type { Progress } from "../run/progress.ts";
import type { RunFolder } from "../run/run-folder.ts";
import { csvText } from "../study/table.ts";

/** One predicted bag. `fold` is null where the part is external. */
export interface PredictedBag {
  readonly bag: BagEntry;
  readonly part: "test" | "external";
  readonly fold: number | null;
  readonly probabilities: readonly number[];
  /** Evidence file inside the run folder: float32 attention [n], then float32 evidence [n]. */
  readonly evidence: string;
}

export interface PredictOptions {
  /** Keeps the steps and files of the model and of the baseline apart. */
  readonly kind: "model" | "baseline";
  readonly task: ClassifyTask;
  readonly folder: RunFolder;
  readonly split: Split;
  readonly bags: readonly BagEntry[];
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const RECIPE = 2;
/** Fixed, so that the number of cores never shows in a result. */
const THREADS = 2;

/** Joins folds into one model: the mean of their probabilities. `file` is inside the run folder. */
export function joinFolds(folder: RunFolder, folds: readonly FittedFold[], file: string): string {
  const models = folds.map((f) => readFileSync(folder.file(f.file)));
  folder.write(file, averageModels(models));
  return file;
}

/** Predicts the test bags of each fold with its model, and external bags with the joined one. */
export async function predictBags(
  folds: readonly FittedFold[],
  model: string,
  options: PredictOptions,
): Promise<PredictedBag[]> {
  const { folder, split } = options;
  const plans = [
    ...split.folds.map((f, i) => ({
      file: folds[i]?.file ?? model,
      hash: folds[i]?.step.hash ?? "",
      part: "test" as const,
      fold: f.fold,
      bags: bagsOf(options.bags, f.test),
    })),
    {
      file: model,
      hash: hashOf(folds.map((f) => f.step.hash)),
      part: "external" as const,
      fold: null,
      bags: bagsOf(options.bags, split.external),
    },
  ].filter((p) => p.bags.length > 0);
  options.progress.begin(
    options.kind === "model" ? "predicting" : "judging baseline",
    plans.reduce((sum, p) => sum + p.bags.length, 0),
  );
  const predicted: PredictedBag[] = [];
  for (const plan of plans) {
    const outputs = plan.bags.map((b) => evidenceFile(options.kind, plan.part, plan.fold, b));
    const dependsOn = {
      recipe: RECIPE,
      task: options.task,
      model: plan.hash,
      bags: plan.bags.map((b) => [b.id, ...b.members.map((m) => m.extracted.hash)]),
    };
    const step = await folder.steps.run(`${options.kind}-predict-${plan.fold ?? "external"}`, dependsOn, outputs, () =>
      predictPart(plan.file, plan.bags, outputs, options),
    );
    for (const [i, bag] of plan.bags.entries()) {
      predicted.push({
        bag,
        part: plan.part,
        fold: plan.fold,
        probabilities: step.note[i] as number[],
        evidence: outputs[i] as string,
      });
    }
    options.progress.advance(predicted.length);
  }
  options.progress.end();
  return predicted;
}

async function predictPart(
  file: string,
  bags: readonly BagEntry[],
  outputs: readonly string[],
  { folder, task, signal, progress }: PredictOptions,
): Promise<number[][]> {
  const onnx = readFileSync(folder.file(file));
  const info = unwrap(describeModel(onnx));
  const session = await openSession(onnx, { threads: THREADS });
  try {
    const probabilities: number[][] = [];
    for (const [i, bag] of bags.entries()) {
      signal.throwIfAborted();
      const { evidence, result } = await predictOne({ session, info }, bag, task);
      folder.write(outputs[i] as string, evidence);
      probabilities.push(result);
      progress.advance(i + 1, bag.id);
    }
    return probabilities;
  } finally {
    await session.close();
  }
}

async function predictOne(
  { session, info }: { readonly session: Session; readonly info: ModelInfo },
  bag: BagEntry,
  task: ClassifyTask,
): Promise<{ evidence: Uint8Array; result: number[] }> {
  const source = featureBags({ [bag.id]: bag.members.map((m) => m.extracted.features) });
  const prediction = unwrap(await predict(session, unwrap(await source.load(bag.id)), { info, name: bag.id }));
  const n = prediction.attention.length;
  const both = new Float32Array(2 * n);
  both.set(prediction.attention, 0);
  both.set(tileEvidence(prediction, positiveIndex(task)), n);
  return { evidence: new Uint8Array(both.buffer), result: Array.from(prediction.probabilities) };
}

/** Reads an evidence file back. */
export function readEvidence(folder: RunFolder, file: string): { attention: Float32Array; evidence: Float32Array } {
  const bytes = readFileSync(folder.file(file));
  const both = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return { attention: both.subarray(0, both.length / 2), evidence: both.subarray(both.length / 2) };
}

function evidenceFile(kind: string, part: string, fold: number | null, bag: BagEntry): string {
  // A bag of many slides is named by its first and a hash of all: ids may be long, and must not collide.
  const name = bag.members.length === 1 ? bag.id : `${bag.members[0]?.slide}+${hashOf(bag.id).slice(0, 12)}`;
  return join(".nacre", "evidence", `${kind}-${part}${fold ?? ""}-${name}.f32`);
}

/** predictions.csv: one row a bag, test folds first, then external. Probabilities with nine digits, enough to give the float32 back. */
export function predictionsCsv(predicted: readonly PredictedBag[], task: ClassifyTask): string {
  return csvText(
    ["slide", "case", "patient", "site", "part", "fold", "label", ...task.classes.map((c) => `p_${c}`)],
    predicted.map((p) => [
      p.bag.id,
      p.bag.row.case,
      p.bag.row.patient,
      p.bag.row.site,
      p.part,
      p.fold,
      p.bag.label,
      ...p.probabilities.map((v) => Number(v.toPrecision(9))),
    ]),
  );
}
