/** What a saved model says about itself, kept in the metadata of the ONNX file so that the file needs no companion. */
import { fail, type Outcome, ok, type Task } from "@nacre/core";
import type { HeadFacts } from "../head/head.ts";

/** Version of the package that wrote the file. */
export const MODEL_VERSION = "0.1.0";

export interface ModelInfo {
  readonly task: Task;
  /** What the train labels said that the answers need. */
  readonly facts: HeadFacts;
  /** Number of features of a tile. */
  readonly d: number;
  /** Numbers known of a bag beside its tiles, an input of their own; 0 for none. */
  readonly covariates: number;
  /** Name of the space the features live in. */
  readonly space: string;
  readonly aggregator: { readonly name: string; readonly options: Readonly<Record<string, number | boolean>> };
  /** Whether features are centred and scaled by the train tiles, inside the model. */
  readonly standardised: boolean;
  /** Models whose probabilities are averaged; 1 for a single one. */
  readonly members: number;
  /** Whether a program drew slides it was fitted on; null: the file does not say. */
  readonly synthetic: boolean | null;
}

/** What holds of several slides or models together: true where one is, null where none is and one does not say. */
export function anySynthetic(each: readonly Pick<ModelInfo, "synthetic">[]): boolean | null {
  if (each.some(({ synthetic }) => synthetic === true)) return true;
  return each.some(({ synthetic }) => synthetic === null) ? null : false;
}

/** Metadata of an ONNX file, text by text. */
export function writeModelInfo(info: ModelInfo): Record<string, string> {
  return {
    nacre: MODEL_VERSION,
    task: JSON.stringify(info.task),
    facts: JSON.stringify(info.facts),
    d: String(info.d),
    covariates: String(info.covariates),
    space: info.space,
    aggregator: JSON.stringify(info.aggregator),
    standardisation: info.standardised ? "train-tiles" : "none",
    members: String(info.members),
    // What is not known is not written: a file from before keeps its bytes when it is written again.
    ...(info.synthetic === null ? {} : { synthetic: String(info.synthetic) }),
  };
}

/** The opposite of `writeModelInfo`. Fails with `bad-model` where the file is not one of ours. */
export function readModelInfo(metadata: Readonly<Record<string, string>>): Outcome<ModelInfo> {
  const d = Number(metadata.d);
  const members = Number(metadata.members);
  const task = parsed(metadata.task);
  const facts = parsed(metadata.facts);
  const covariates = Number(metadata.covariates);
  const aggregator = parsed(metadata.aggregator);
  if (
    !isTask(task) ||
    !isRecord(facts) ||
    !isAggregator(aggregator) ||
    !(d >= 1) ||
    !(covariates >= 0) ||
    !(members >= 1)
  ) {
    return fail("bad-model", {
      expected: "a model written by nacre, which names its task, aggregator and number of features",
      received: `metadata with ${Object.keys(metadata).join(", ") || "nothing"}`,
      remedy: "use model/model.onnx of a finished run",
    });
  }
  const standardised = metadata.standardisation === "train-tiles";
  const space = metadata.space ?? "unknown";
  const synthetic = metadata.synthetic === "true" ? true : metadata.synthetic === "false" ? false : null;
  return ok({ task, facts: facts as HeadFacts, d, covariates, space, aggregator, standardised, members, synthetic });
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

const KINDS: ReadonlySet<unknown> = new Set<Task["kind"]>([
  "classify",
  "ordinal",
  "multilabel",
  "regress",
  "survive",
  "multitask",
]);

/** What `writeModelInfo` wrote; the rest of a task is taken on trust. */
function isTask(value: unknown): value is Task {
  return isRecord(value) && KINDS.has(value.kind);
}

function isAggregator(value: unknown): value is ModelInfo["aggregator"] {
  return isRecord(value) && typeof value.name === "string" && isRecord(value.options);
}
