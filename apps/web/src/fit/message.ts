/** What the page asks its worker and what the worker answers. */
import type { Failure } from "@nacre/core";
import type { Provider } from "@nacre/graph";
import type { Epoch } from "@nacre/models";

export type FitAsk =
  /** Reads what was dropped. Everything is asked of what was looked at last. */
  { readonly kind: "look"; readonly files: readonly File[] } | ({ readonly kind: "fit" } & FitChoice);

export interface FitChoice {
  /** Column of the label. */
  readonly column: string;
  readonly positive: string;
  readonly epochs: number;
  readonly seed: number;
  readonly provider: Provider;
  /** Address of the folder with the runtime. */
  readonly wasm: string;
}

/** A column that can be the label. */
export interface LabelColumn {
  readonly name: string;
  readonly classes: readonly string[];
}

/** What was left out, or is worth knowing, and does not stop the fit. */
export interface Note {
  readonly title: string;
  readonly text: string;
}

export interface Looked {
  readonly kind: "looked";
  /** The obvious one first. */
  readonly columns: readonly LabelColumn[];
  readonly bags: number;
  readonly tiles: number;
  /** Features of a tile. */
  readonly d: number;
  readonly notes: readonly Note[];
}

/** How many bags of a part, in the order of the classes. */
export interface Parts {
  readonly kind: "parts";
  readonly classes: readonly string[];
  readonly train: readonly number[];
  readonly tune: readonly number[];
}

export interface Fitted {
  readonly kind: "fitted";
  readonly onnx: Uint8Array<ArrayBuffer>;
  /** CSV of both parts. */
  readonly predictions: string;
  readonly positive: string;
  /** Over patients of the tune part. */
  readonly auroc: { readonly value: number | null; readonly low: number | null; readonly high: number | null };
  readonly patients: number;
  readonly bestEpoch: number;
  readonly epochs: number;
  readonly parameters: number;
  readonly seconds: number;
  readonly tilesPerSecond: number;
}

export type FitReply =
  | { readonly kind: "stage"; readonly stage: string }
  | Looked
  | Parts
  | { readonly kind: "epoch"; readonly epoch: Epoch }
  | Fitted
  | { readonly kind: "failure"; readonly failure: Failure };
