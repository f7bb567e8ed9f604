/** What a pretraining worker is told and what it answers. Plain values only: they cross a thread border. */
import type { Profiled } from "@nacre/models";

export type PretrainMethod = "masked" | "sub-bags" | "profiles";

export type Settings = Readonly<Record<string, number | boolean>>;

export interface PretrainJob {
  readonly method: PretrainMethod;
  readonly aggregator: string;
  readonly aggregatorOptions: Settings;
  readonly options: Settings;
  /** Feature files of each bag. */
  readonly files: Readonly<Record<string, readonly string[]>>;
  /** For `profiles`: names and columns, and the entries of each bag. */
  readonly profiles: readonly { readonly name: string; readonly columns: readonly string[] }[];
  readonly bagged: readonly Profiled[];
  /** A safetensors file to begin with; null for fresh weights. */
  readonly from: string | null;
  /** Bytes of features the worker may keep in memory. */
  readonly memory: number;
}

export interface PretrainAnswer {
  /** The safetensors file. */
  readonly weights: Uint8Array;
  readonly aggregator: { readonly name: string; readonly options: Settings };
  readonly parameters: number;
  readonly d: number;
  readonly space: string;
  readonly losses: readonly number[];
  /** Of the method `sub-bags`: what the teacher's answers tell of the bag, in nats, epoch by epoch. */
  readonly information: readonly number[] | null;
}

/** A line of the watcher. */
export interface PretrainEpoch {
  readonly epoch: number;
  readonly loss: number;
}
