/** Designs of models for tests: an aggregator over d features and a task of k classes. */
import { type ClassifyTask, unwrap } from "@nacre/core";
import { PLAIN_LOSS } from "../src/head/head.ts";
import { headOf } from "../src/head/registry.ts";
import { type AggregatorSpec, chooseAggregator } from "../src/index.ts";
import type { ModelInfo } from "../src/model/model-info.ts";
import type { ModelDesign } from "../src/train/program.ts";
import { identityStandardisation, type Standardisation } from "../src/train/standardise.ts";

/** A task of k classes called a, b, c and so on. */
export function classesOf(k: number): ClassifyTask {
  const [first = "a", second = "b", ...rest] = Array.from({ length: k }, (_, c) => String.fromCharCode(97 + c));
  return { kind: "classify", label: "y", classes: [first, second, ...rest], positive: first };
}

export interface DesignOptions {
  readonly d: number;
  readonly k: number;
  readonly standardisation?: Standardisation;
  readonly dropout?: number | null;
  readonly covariates?: number;
}

export function classifyDesign(spec: AggregatorSpec, options: DesignOptions): ModelDesign {
  const { d, k, standardisation = identityStandardisation(d), dropout = null, covariates = 0 } = options;
  const task = classesOf(k);
  const head = headOf(task, { counts: new Array<number>(k).fill(1) }, PLAIN_LOSS);
  return { ...unwrap(chooseAggregator(spec, dropout)), task, head, d, covariates, standardisation };
}

/** What the file of such a model says of itself. */
export function infoOf({ aggregator, options, task, d, covariates, head }: ModelDesign): ModelInfo {
  const facts = { counts: new Array<number>(head.k).fill(1) };
  const chosen = { name: aggregator.name, options };
  return {
    task,
    facts,
    d,
    covariates,
    space: "test",
    aggregator: chosen,
    standardised: true,
    members: 1,
    synthetic: null,
  };
}
