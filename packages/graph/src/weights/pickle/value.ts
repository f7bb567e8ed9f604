/**
 * What a pickle of weights may hold. Values are plain data: nothing in a pickle can make them do anything. Lists and dictionaries
 * may hold themselves; whoever walks them counts.
 */
import type { ElementType } from "../element.ts";

export type Pickled =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickledBytes
  | Sequence
  | Dictionary
  | Global
  | NumpyType
  | Storage
  | StoredTensor;

export interface PickledBytes {
  readonly kind: "bytes";
  readonly bytes: Uint8Array;
}

export interface Sequence {
  readonly kind: "list" | "tuple";
  readonly items: Pickled[];
}

export interface Dictionary {
  readonly kind: "dict";
  readonly entries: Map<Pickled, Pickled>;
  /** Its state is what it holds, as of argparse.Namespace; the state of other dictionaries changes nothing. */
  readonly takesState?: true;
}

/** A name that the pickle imports: one of the few that are known, never the thing itself. */
export interface Global {
  readonly kind: "global";
  readonly name: string;
}

export interface NumpyType {
  readonly kind: "numpy-type";
  readonly dtype: ElementType;
  isBigEndian: boolean;
}

/** Bytes that lie elsewhere in the file, found by their key. */
export interface Storage {
  readonly kind: "storage";
  readonly key: string;
  readonly dtype: ElementType;
  /** Numbers of the whole storage. */
  readonly count: number;
  /** Where a view begins in it, in numbers. */
  readonly base: number;
}

export interface StoredTensor {
  readonly kind: "tensor";
  readonly storage: Storage;
  readonly dtype: ElementType;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** A value in a few words, for messages. */
export function nameOf(value: Pickled | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null || typeof value !== "object")
    return typeof value === "string" ? `"${value.slice(0, 40)}"` : String(value);
  return value.kind === "global" ? value.name : `a ${value.kind}`;
}
