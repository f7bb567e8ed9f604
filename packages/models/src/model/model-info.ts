/** What a saved model says about itself, kept in the metadata of the ONNX file so that the file needs no companion. */
import { type ClassifyTask, fail, type Outcome, ok } from "@nacre/core";

/** Version of the package that wrote the file. */
export const MODEL_VERSION = "0.1.0";

export interface ModelInfo {
  readonly task: ClassifyTask;
  /** Number of features of a tile. */
  readonly d: number;
  /** Name of the space the features live in. */
  readonly space: string;
  readonly aggregator: { readonly name: string; readonly options: Readonly<Record<string, number | boolean>> };
  /** Whether features are centred and scaled by the train tiles, inside the model. */
  readonly standardised: boolean;
  /** Models whose probabilities are averaged; 1 for a single one. */
  readonly members: number;
}

/** Metadata of an ONNX file, text by text. */
export function writeModelInfo(info: ModelInfo): Record<string, string> {
  return {
    nacre: MODEL_VERSION,
    task: JSON.stringify(info.task),
    classes: JSON.stringify(info.task.classes),
    d: String(info.d),
    space: info.space,
    aggregator: JSON.stringify(info.aggregator),
    standardisation: info.standardised ? "train-tiles" : "none",
    members: String(info.members),
  };
}

/** The opposite of `writeModelInfo`. Fails with `bad-model` where the file is not one of ours. */
export function readModelInfo(metadata: Readonly<Record<string, string>>): Outcome<ModelInfo> {
  const d = Number(metadata.d);
  const members = Number(metadata.members);
  const task = parsed(metadata.task);
  const aggregator = parsed(metadata.aggregator);
  if (!isTask(task) || !isAggregator(aggregator) || !(d >= 1) || !(members >= 1)) {
    return fail("bad-model", {
      expected: "a model written by nacre, which names its task, aggregator and number of features",
      received: `metadata with ${Object.keys(metadata).join(", ") || "nothing"}`,
      remedy: "use model/model.onnx of a finished run",
    });
  }
  const standardised = metadata.standardisation === "train-tiles";
  return ok({ task, d, space: metadata.space ?? "unknown", aggregator, standardised, members });
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isTask(value: unknown): value is ClassifyTask {
  if (!isRecord(value) || value.kind !== "classify" || typeof value.label !== "string") return false;
  const { classes, positive } = value;
  return (
    Array.isArray(classes) &&
    classes.length >= 2 &&
    classes.every((c) => typeof c === "string") &&
    classes.some((c) => c === positive)
  );
}

function isAggregator(value: unknown): value is ModelInfo["aggregator"] {
  return isRecord(value) && typeof value.name === "string" && isRecord(value.options);
}
