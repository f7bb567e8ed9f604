/**
 * Predictions of bags nobody fitted on: each fold's model for its own test bags, the mean of the folds for external
 * ones. Evidence (attention, signed contribution of each tile) is kept beside, since heatmaps need one scale over all.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Bag, type Outcome, ok, type Split, type Task, unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { averageModels, describeModel, openProbe, predict } from "@nacre/models";
import { bagEvidence } from "../explain/bag-evidence.ts";
import { type BagEntry, bagsOf } from "../fit/bag-list.ts";
import { featureBags } from "../fit/feature-bags.ts";
import type { FittedFold } from "../fit/fit-folds.ts";
import { readProbe } from "../fit/probe-file.ts";
import { hashOf } from "../run/hash.ts";
import type { Progress } from "../run/progress.ts";
import type { RunFolder } from "../run/run-folder.ts";
import type { Answers } from "./answer-kind.ts";
import { bagAnswer, type PredictedBag } from "./bag-answer.ts";

export type { BagAnswer, PredictedBag } from "./bag-answer.ts";

export interface PredictOptions {
  /** Keeps the steps and files of the model and of the baseline apart. */
  readonly kind: "model" | "baseline";
  readonly task: Task;
  readonly folder: RunFolder;
  readonly split: Split;
  readonly bags: readonly BagEntry[];
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const RECIPE = 4;
/** Fixed, so that the number of cores never shows in a result. */
const THREADS = 2;

/**
 * Joins folds into one model: the mean of their answers. `file` is inside the run folder. null where the folds are no ONNX files: they are
 * probes that remember their train part, and are asked one by one.
 */
export function joinFolds(folder: RunFolder, folds: readonly FittedFold[], file: string): string | null {
  if (folds.some((f) => f.step.note.form !== "onnx")) return null;
  const models = folds.map((f) => readFileSync(folder.file(f.file)));
  folder.write(file, averageModels(models));
  return file;
}

/** Predicts the test bags of each fold with its model, and external bags with the joined one (null: the mean of all folds). */
export async function predictBags(
  folds: readonly FittedFold[],
  model: string | null,
  options: PredictOptions,
): Promise<PredictedBag[]> {
  const { folder, split } = options;
  const plans = [
    ...split.folds.map((f, i) => ({
      files: [folds[i]?.file ?? ""],
      hash: folds[i]?.step.hash ?? "",
      part: "test" as const,
      fold: f.fold,
      bags: bagsOf(options.bags, f.test),
    })),
    {
      files: model === null ? folds.map((f) => f.file) : [model],
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
    const outputs = model === null ? [] : plan.bags.map((b) => evidenceFile(options.kind, plan.part, plan.fold, b));
    const dependsOn = predictKey(options.task, plan.hash, plan.bags);
    const step = await folder.steps.run(`${options.kind}-predict-${plan.fold ?? "external"}`, dependsOn, outputs, () =>
      predictEach(plan.files, plan.bags, options, (i, evidence) => folder.write(outputs[i] as string, evidence)),
    );
    for (const [i, bag] of plan.bags.entries()) {
      const answer = bagAnswer(options.task, bag, step.note[i] as Answers, { part: plan.part, fold: plan.fold });
      predicted.push({ ...answer, evidence: outputs[i] ?? null });
    }
    options.progress.advance(predicted.length);
  }
  options.progress.end();
  return predicted;
}

/** What a step of predictions depends on. `model`: hash of the step that made the model. */
export function predictKey(task: Task, model: string, bags: readonly BagEntry[]): unknown {
  return {
    recipe: RECIPE,
    task,
    model,
    bags: bags.map((b) => [b.id, b.covariates, ...b.members.map((m) => m.extracted.hash)]),
  };
}

/** Answers of each bag, the mean over the models in `files`; `onEvidence` gets the evidence of the i-th one (`readEvidence`), null: none is made. */
export async function predictEach(
  files: readonly string[],
  bags: readonly BagEntry[],
  { folder, task, signal, progress }: PredictOptions,
  onEvidence: ((i: number, evidence: Uint8Array) => void) | null,
): Promise<Answers[]> {
  const models: OpenModel[] = [];
  try {
    for (const file of files) models.push(await openModel(readFileSync(folder.file(file)), file, task));
    const answers: Answers[] = [];
    for (const [i, bag] of bags.entries()) {
      signal.throwIfAborted();
      const source = featureBags({ [bag.id]: bag.members.map((m) => m.extracted.features) });
      const tiles = unwrap(await source.load(bag.id));
      const all: Answers[] = [];
      for (const model of models) {
        const { answers: own, evidence } = unwrap(await model.predict(tiles, bag, onEvidence !== null));
        if (evidence !== null) onEvidence?.(i, evidence);
        all.push(own);
      }
      answers.push(meanOf(all));
      progress.advance(i + 1, bag.id);
    }
    return answers;
  } finally {
    for (const model of models) await model.close();
  }
}

interface OpenModel {
  predict(
    tiles: Bag,
    bag: BagEntry,
    explained: boolean,
  ): Promise<Outcome<{ answers: Answers; evidence: Uint8Array | null }>>;
  close(): Promise<void>;
}

async function openModel(bytes: Uint8Array, file: string, task: Task): Promise<OpenModel> {
  if (!file.endsWith(".onnx")) {
    const probe = unwrap(openProbe(readProbe(bytes)));
    return {
      async predict(tiles) {
        const answers = probe.predict(tiles);
        return answers.ok ? ok({ answers: answers.value, evidence: null }) : answers;
      },
      async close() {},
    };
  }
  const info = unwrap(describeModel(bytes));
  const session = await openSession(bytes, { threads: THREADS });
  return {
    async predict(tiles, { id, covariates }, explained) {
      const given = { info, name: id, ...(covariates.length === 0 ? {} : { covariates }) };
      const prediction = await predict(session, tiles, given);
      if (!prediction.ok) return prediction;
      const { answers } = prediction.value;
      if (!explained) return ok({ answers, evidence: null });
      const explanation = await bagEvidence(session, tiles, prediction.value, { task, ...given });
      if (!explanation.ok) return explanation;
      const n = prediction.value.attention.length;
      const both = new Float32Array(2 * n);
      both.set(prediction.value.attention, 0);
      both.set(explanation.value.evidence, n);
      return ok({ answers, evidence: new Uint8Array(both.buffer) });
    },
    close: () => session.close(),
  };
}

/** The mean of the answers of several models. */
function meanOf(all: readonly Answers[]): Answers {
  const [first = {}] = all;
  if (all.length === 1) return first;
  const mean = (name: string, i: number): number =>
    all.reduce((sum, a) => sum + (a[name]?.[i] as number), 0) / all.length;
  return Object.fromEntries(Object.entries(first).map(([name, values]) => [name, values.map((_, i) => mean(name, i))]));
}

/** Reads an evidence file back. */
export function readEvidence(
  folder: RunFolder,
  file: string | null,
): { attention: Float32Array; evidence: Float32Array } {
  if (file === null) throw new RangeError("expected a bag with evidence, received one without");
  const bytes = readFileSync(folder.file(file));
  const both = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return { attention: both.subarray(0, both.length / 2), evidence: both.subarray(both.length / 2) };
}

function evidenceFile(kind: string, part: string, fold: number | null, bag: BagEntry): string {
  // A bag of many slides is named by its first and a hash of all: ids may be long, and must not collide.
  const name = bag.members.length === 1 ? bag.id : `${bag.members[0]?.slide}+${hashOf(bag.id).slice(0, 12)}`;
  return join(".nacre", "evidence", `${kind}-${part}${fold ?? ""}-${name}.f32`);
}
