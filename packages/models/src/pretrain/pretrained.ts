/**
 * What every pretraining asks for and gives. It learns without the label of the task, from the train part alone, and gives weights by
 * the names of the aggregator, which a fit can begin with.
 */
import type { OpenSession } from "@nacre/graph";
import type { OptionTable, OptionValues } from "../aggregator/option.ts";
import type { AggregatorSpec } from "../aggregator/registry.ts";
import type { BagSource } from "../train/bag-source.ts";
import type { Weights } from "../train/initialise.ts";
import type { Standardisation } from "../train/standardise.ts";

export interface PretrainRequest {
  /** Its dropout and stochastic depth are not used while pretraining. */
  readonly aggregator: AggregatorSpec;
  readonly bags: BagSource;
  readonly openSession: OpenSession;
  readonly signal?: AbortSignal;
}

export interface Pretrained {
  readonly aggregator: { readonly name: string; readonly options: OptionValues<OptionTable> };
  /** Those of the aggregator that the pretraining reached; a fit draws the others. */
  readonly weights: Weights;
  /** Shape of each of them. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** What the features were centred and scaled by: the weights mean nothing without it. */
  readonly standardisation: Standardisation;
  readonly d: number;
  readonly space: string;
  /** Mean loss of each epoch, each step before it moved the weights. */
  readonly losses: readonly number[];
}
