/** What a run folder, or a model.onnx that stands alone, says of the model that predicts. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { raise, type Task, unwrap } from "@nacre/core";
import { readModelMetadata } from "@nacre/graph";
import { describeModel, type ModelInfo } from "@nacre/models";
import type { HeatmapScales } from "../explain/evidence.ts";
import { readStudy, type Study } from "../study/read-study.ts";
import { type CovariatesOf, givenCovariates } from "./given-covariates.ts";
import { plainCovariates } from "./model-file.ts";

export interface RunFacts {
  /** What the model says about itself: features of another encoder are refused by it. */
  readonly info: ModelInfo;
  /** null for a model file that stands alone: it says nothing of how slides become features. */
  readonly study: Study | null;
  readonly task: Task;
  /** null for a model file: each bag then has a scale of its own. */
  readonly scales: HeatmapScales | null;
  readonly covariatesOf: CovariatesOf;
  /** Whether exact contributions are of tokens that have seen other tiles. */
  readonly isMixed: boolean;
  /** SHA-256 of every file the run was made of. */
  readonly inputs: ReadonlySet<string>;
}

export interface ModelWithFacts {
  readonly onnx: Uint8Array;
  readonly facts: RunFacts;
}

/** @param table covariates of the files, or null @throws FailureError bad-model, bad-usage, no-covariates, bad-table */
export function factsOfModel(path: string, table: string | null): ModelWithFacts {
  const onnx = readFileSync(path);
  const own = ownFacts(onnx);
  const covariatesOf = unwrap(plainCovariates(own.info, table));
  return { onnx, facts: { ...own, study: null, task: own.info.task, scales: null, inputs: new Set(), covariatesOf } };
}

/** @param table covariates of the files, or null @throws FailureError bad-usage, bad-model, bad-study, no-covariates, bad-table */
export function factsOfRun(run: string, table: string | null): ModelWithFacts {
  const card = join(run, "scorecard.json");
  const file = join(run, "model", "model.onnx");
  if (existsSync(card) && existsSync(join(run, "model", "fold-0.probe.json"))) {
    raise("bad-usage", {
      expected: "a run with model/model.onnx",
      received: `one of a probe that has none, at ${run}`,
      remedy: "fit the study with linear-probe or an aggregator; what this run predicted is in its predictions.csv",
    });
  }
  if (!existsSync(file) || !existsSync(card)) {
    raise("bad-usage", {
      expected: "a finished run folder with model/model.onnx and scorecard.json, or a model.onnx",
      received: `none at ${run}`,
      remedy: "give the folder of a finished `nacre run` or `nacre demo`, or a file that `nacre import` wrote",
    });
  }
  const study = unwrap(readStudy(join(run, "study.yaml")));
  const { task, heatmapScales: scales } = JSON.parse(readFileSync(card, "utf8")) as {
    task: Task;
    heatmapScales: HeatmapScales;
  };
  const covariatesOf = unwrap(givenCovariates(run, table));
  const onnx = readFileSync(file);
  return { onnx, facts: { ...ownFacts(onnx), study, task, scales, inputs: inputsOf(run), covariatesOf } };
}

function ownFacts(onnx: Uint8Array): Pick<RunFacts, "info" | "isMixed"> {
  const { metadata } = unwrap(readModelMetadata(onnx));
  return { info: unwrap(describeModel(onnx)), isMixed: metadata.contribution === "exact-mixed" };
}

function inputsOf(run: string): ReadonlySet<string> {
  const path = join(run, "provenance.json");
  if (!existsSync(path)) return new Set();
  const { inputs = [] } = JSON.parse(readFileSync(path, "utf8")) as { inputs?: { sha256: string }[] };
  return new Set(inputs.map((i) => i.sha256));
}
