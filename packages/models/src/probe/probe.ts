/**
 * What a probe is: a model of embeddings that needs no gradient steps of ours to speak of. It learns from the train part, makes its
 * choices on the tune part, and never sees another. Each probe says which kinds of labels it takes; what it answers follows:
 *
 *   classify     probabilities of the k classes, sum 1          multilabel   a probability for each of the k labels
 *   regress      the number, k = 1                              survive      log relative hazard, k = 1
 */
import type { Outcome } from "@nacre/core";
import type { OptionTable, OptionValues } from "../aggregator/option.ts";
import type { Embeddings } from "./embeddings.ts";
import type { LinearHead } from "./linear-head.ts";

export type ProbeLabels =
  /** Class of each row, from 0 to k - 1. */
  | { readonly kind: "classify"; readonly label: ArrayLike<number>; readonly k: number }
  /** 0 or 1, row-major [n, k]. */
  | { readonly kind: "multilabel"; readonly label: ArrayLike<number>; readonly k: number }
  | { readonly kind: "regress"; readonly label: ArrayLike<number> }
  /** Time to the event (1) or to the end of follow-up (0), in any unit above 0. */
  | { readonly kind: "survive"; readonly time: ArrayLike<number>; readonly event: ArrayLike<number> };

export type ProbeKind = ProbeLabels["kind"];

/** Rows and their labels. */
export interface ProbePart<L extends ProbeLabels = ProbeLabels> {
  readonly embeddings: Embeddings;
  readonly labels: L;
}

/** One candidate of a choice made on the tune part. */
export interface Candidate {
  /** The setting that was tried: C, or lambda. */
  readonly setting: number;
  /** Loss on the tune part; lower is better. */
  readonly tuneLoss: number;
  /** Whether its fit came to rest. */
  readonly converged: boolean;
}

export interface FittedProbe {
  readonly kind: ProbeKind;
  /** Features it expects, and answers it gives for each row. */
  readonly d: number;
  readonly k: number;
  /** Row-major [n, k]. @throws RangeError for embeddings of another width */
  predict(embeddings: Embeddings): Float64Array;
  /** Weights on the embeddings as they come, where the probe is linear; null elsewhere. Logits, before any link. */
  readonly linear: LinearHead | null;
  /** What was tried on the tune part for each label (one list where there is one choice); empty where nothing was chosen. */
  readonly tried: readonly (readonly Candidate[])[];
  /** The setting kept for each list of `tried`. */
  readonly chosen: readonly number[];
}

export interface Probe<T extends OptionTable = OptionTable> {
  readonly name: string;
  readonly title: string;
  /** Where the method comes from, as a reader would cite it. */
  readonly paper: string;
  /** Kinds of labels it learns from. */
  readonly kinds: readonly ProbeKind[];
  readonly options: T;
  /**
   * Fails with too-few, one-class, not-finite, dimension-mismatch, bad-value, diverged, or bad-study for a kind it does not take.
   * A null tune part is allowed where the options leave nothing to choose.
   */
  fit(train: ProbePart, tune: ProbePart | null, options: OptionValues<T>): Outcome<FittedProbe>;
}

/** Checks a probe's description against its own option table; returns it unchanged. */
export function defineProbe<const T extends OptionTable>(probe: Probe<T>): Probe<T> {
  return probe;
}
