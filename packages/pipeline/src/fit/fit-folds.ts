/**
 * Fits one model a fold, and beside it the mean-pool baseline on the same parts, each on its own thread. The chosen
 * epoch depends on the tune part alone; test slides are not even named to the worker.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type Fold, raise, type Split, type Task, unwrap } from "@nacre/core";
import { anySynthetic, type Epoch, type Labelled } from "@nacre/models";
import { hashFile } from "../run/hash.ts";
import { inLanes } from "../run/lanes.ts";
import type { Progress } from "../run/progress.ts";
import type { RunFolder } from "../run/run-folder.ts";
import type { StepResult } from "../run/step.ts";
import { runJobs, workerUrl } from "../run/workers.ts";
import { probeOf } from "../study/choose-model.ts";
import type { Study } from "../study/read-study.ts";
import { type BagEntry, bagsOf } from "./bag-list.ts";
import type { FitAnswer, FitJob } from "./fit-job.ts";

export interface FitNote extends Omit<FitAnswer, "model"> {
  /** Number of bags. */
  readonly train: number;
  readonly tune: number;
}

export interface FittedFold {
  readonly fold: number;
  /** Path inside the run folder. */
  readonly file: string;
  readonly step: StepResult<FitNote>;
}

export interface FitFoldsOptions {
  readonly study: Study;
  readonly task: Task;
  readonly folder: RunFolder;
  readonly split: Split;
  readonly bags: readonly BagEntry[];
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Bumped when the same inputs would give other weights. */
const RECIPE = 3;
const MEMORY = 384 * 1024 * 1024;

/** The fold models of the study's aggregator, then those of the baseline. @throws FailureError of the first fold that failed */
export async function fitFolds(options: FitFoldsOptions): Promise<{ model: FittedFold[]; baseline: FittedFold[] }> {
  const { study, split } = options;
  const plans = [
    ...split.folds.map((fold) => plan(options, fold, study.aggregator, "model")),
    ...split.folds.map((fold) => plan(options, fold, { name: "mean" }, ".nacre/baseline")),
  ];
  const fitted: (FittedFold | null)[] = plans.map((p) => {
    const step = options.folder.steps.recall<FitNote>(p.name, p.dependsOn);
    if (step === null) return null;
    return { fold: p.fold, file: step.note.form === "onnx" ? `${p.file}.onnx` : `${p.file}.probe.json`, step };
  });
  const missing = plans.filter((_, i) => fitted[i] === null);
  const onEpoch = epochsOf(missing.length * study.fit.epochs, options.progress);
  const lanes = Math.max(1, Math.min(availableParallelism(), missing.length));
  // Each finished fold is recorded at once, so that an interruption costs only the folds in hand.
  await inLanes(lanes, options.signal, async (signal) => {
    for (let p = missing.shift(); p !== undefined; p = missing.shift()) {
      const current = p;
      const [answer] = await runJobs<FitJob, FitAnswer>(workerUrl(import.meta.url, "./fit-worker.js"), [p.job(lanes)], {
        concurrency: 1,
        signal,
        onProgress: (_, row) => {
          onEpoch(current.name, row as Epoch);
          if (current.isModel) options.progress.learned?.({ fold: current.fold, ...(row as Epoch) });
        },
      });
      if (answer === undefined) throw new Error("expected an answer of the fit worker, received none");
      const { model, ...rest } = unwrap(answer);
      options.folder.steps.forget(p.name);
      const file = rest.form === "onnx" ? `${p.file}.onnx` : `${p.file}.probe.json`;
      options.folder.write(file, model);
      const note: FitNote = { ...rest, train: p.train, tune: p.tune };
      fitted[plans.indexOf(p)] = {
        fold: p.fold,
        file,
        step: options.folder.steps.remember(p.name, p.dependsOn, [file], note),
      };
    }
  });
  options.progress.end();
  const all = fitted.filter((f) => f !== null);
  return { model: all.slice(0, split.folds.length), baseline: all.slice(split.folds.length) };
}

interface Plan {
  readonly name: string;
  /** The study's model; else the baseline. */
  readonly isModel: boolean;
  readonly fold: number;
  /** Without the ending, which says its form. */
  readonly file: string;
  readonly dependsOn: unknown;
  readonly train: number;
  readonly tune: number;
  job(lanes: number): FitJob;
}

function plan(options: FitFoldsOptions, fold: Fold, aggregator: FitJob["aggregator"], folder: string): Plan {
  const { study, task, bags } = options;
  const train = bagsOf(bags, fold.train);
  const tune = bagsOf(bags, fold.tune);
  if (train.length === 0) {
    raise("too-few", {
      expected: `at least one bag to fit in fold ${fold.fold}`,
      received: "none",
      remedy: "use fewer folds, a smaller tune share, or more slides",
    });
  }
  const labelled = (entries: readonly BagEntry[]): Labelled[] =>
    entries.map(({ id, answer, covariates }) => ({
      id,
      label: answer,
      ...(covariates.length === 0 ? {} : { covariates }),
    }));
  const { from: file, provider, ...own } = study.fit;
  const fitOptions = { ...own, seed: study.seed * 1000 + fold.fold };
  // The baseline is another aggregator, and a probe has no first weights.
  const from = folder === "model" && probeOf(aggregator) === null ? file : null;
  const begin = from === null ? {} : { from: hashFile(from) };
  const content = (entries: readonly BagEntry[]): unknown =>
    entries.map((b) => ({
      id: b.id,
      label: b.answer,
      covariates: b.covariates,
      features: b.members.map((m) => m.extracted.hash),
    }));
  return {
    name: `${folder === "model" ? "fit" : "baseline"}-${fold.fold}`,
    isModel: folder === "model",
    fold: fold.fold,
    file: join(folder, `fold-${fold.fold}`),
    dependsOn: {
      recipe: RECIPE,
      task,
      aggregator,
      fit: { ...fitOptions, ...begin, ...(provider === "cpu" ? {} : { provider }) },
      train: content(train),
      tune: content(tune),
    },
    train: train.length,
    tune: tune.length,
    job: (lanes) => ({
      task,
      aggregator,
      options: fitOptions,
      from,
      provider,
      train: labelled(train),
      tune: labelled(tune),
      synthetic: syntheticOf([...train, ...tune]),
      files: Object.fromEntries([...train, ...tune].map((b) => [b.id, b.members.map((m) => m.extracted.features)])),
      memory: Math.floor(MEMORY / lanes),
    }),
  };
}

/** Whether a program drew slides of the bags; null where features came without slides. No key holds it, since it moves no weight. */
function syntheticOf(bags: readonly BagEntry[]): boolean | null {
  const slides = bags.flatMap(({ members }) => members.map(({ extracted }) => extracted));
  return anySynthetic(slides.map(({ slideFile, synthetic }) => ({ synthetic: slideFile === null ? null : synthetic })));
}

/** What was not in the file that the fits began with (all folds lack the same), and whether bags were too large for a step in one piece. */
export function fitNotes(folds: readonly FittedFold[]): string[] {
  const drawn = folds[0]?.step.note.drawn ?? [];
  const deep = folds.filter(({ step }) => step.note.way === "layers").length;
  return [
    ...(drawn.length === 0 ? [] : [`not in the file of first weights, so drawn: ${drawn.join(", ")}`]),
    ...(deep === 0
      ? []
      : [`large bags were learned from block by block, for memory, in ${deep} of ${folds.length} fits`]),
  ];
}

/** Progress over the epochs of all folds together. A fold that stops early leaves its share undone. */
function epochsOf(total: number, progress: Progress): (name: string, row: Epoch) => void {
  const done = new Map<string, number>();
  if (total > 0) progress.begin("fitting", total);
  return (name, row) => {
    done.set(name, row.epoch);
    const sum = [...done.values()].reduce((a, b) => a + b, 0);
    progress.advance(Math.min(total, sum), `${name} epoch ${row.epoch}, train loss ${row.trainLoss.toFixed(3)}`);
  };
}
