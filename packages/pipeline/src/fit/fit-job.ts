/** What a fit worker is told and what it answers. Plain values only: they cross a thread border. */
import type { Task } from "@nacre/core";
import type { Provider } from "@nacre/graph";
import type { FittedModel, Labelled } from "@nacre/models";
import type { StudyFile } from "../study/study-schema.ts";

export interface FitJob {
  readonly task: Task;
  readonly aggregator: StudyFile["aggregator"];
  readonly options: Omit<StudyFile["fit"], "from" | "provider"> & { readonly seed: number };
  /** File of the weights to begin with; null for fresh ones. */
  readonly from: string | null;
  /** What computes the steps. */
  readonly provider: Provider;
  readonly train: readonly Labelled[];
  readonly tune: readonly Labelled[];
  /** Whether a program drew slides of these bags; null where slides were never seen. */
  readonly synthetic: boolean | null;
  /** Feature files of every bag above. */
  readonly files: Readonly<Record<string, readonly string[]>>;
  /** Bytes of features the worker may keep in memory. */
  readonly memory: number;
}

/** What the worker answers: the model file, and what its card wants to know. */
export interface FitAnswer extends Omit<FittedModel, "onnx" | "weights" | "space"> {
  readonly model: Uint8Array;
  /** What `model` is: an ONNX file, or a probe that has none (`probe-file.ts`). */
  readonly form: "onnx" | "probe";
}
