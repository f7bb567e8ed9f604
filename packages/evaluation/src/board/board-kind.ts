/**
 * A kind of question as the board sees it: how rows become patients, patients a sample, and what can be ranked by. Everything
 * else (shared patients, seeds, folds, ranks) is written once against this.
 */
import type { Outcome } from "@nacre/core";
import type { Metric, Sized } from "../metric/metric.ts";
import type { BoardEntry } from "./board-entry.ts";

/** Somebody with or without a reference answer. */
export interface BoardPatient {
  readonly patient: string;
  readonly label: unknown;
}

/** What every row has, whatever it answers. */
export interface BoardRow {
  readonly patient: string;
  readonly part: string;
  readonly fold: number | null;
}

export interface BoardKind<Row extends BoardRow, P extends BoardPatient, S extends Sized> {
  /** The rows of an entry, in the order of this question. Failures: bad-value for an entry that answers another question. */
  readonly rowsOf: (entry: BoardEntry) => Outcome<readonly Row[]>;
  /** Failures: those of gathering. */
  readonly patientsOf: (rows: readonly Row[]) => Outcome<P[]>;
  /** The label as text: equal texts are equal labels. Only of labelled patients. */
  readonly labelText: (patient: P) => string;
  /** The labelled patients, in this order. */
  readonly sampleOf: (patients: readonly P[]) => S;
  /** Stratum of each patient for the bootstrap; null for none. */
  readonly strataOf: (sample: S) => ArrayLike<number> | null;
  /** What the patients are, by name: classes, events, labels. */
  readonly countsOf: (sample: S) => Readonly<Record<string, number>>;
  /** What is told; the board ranks by one of them. */
  readonly metrics: readonly Metric<S>[];
}
