/**
 * A checkpoint that somebody owns as a model.onnx of ours: read, matched key by key, named, written, and asked once before it is handed
 * over. Sizes come from the arrays; what they cannot say comes from a config. The licence of the weights stays with their owner.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { type Bag, raise, type Task, unwrap } from "@nacre/core";
import { readWeights, type WeightFormat } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import {
  type CheckpointConfig,
  checkpointOf,
  describeModel,
  encodeImported,
  type Imported,
  importCheckpoint,
  predict,
  withNames,
} from "@nacre/models";
import { writeWhole } from "../run/write-file.ts";

export interface ImportModelOptions {
  readonly method: string;
  /** A JSON file of settings that sizes do not tell (docs/methods/checkpoints.md); null for none. */
  readonly config: string | null;
  /** Names of the classes with commas between, and a semicolon between questions; null: 0, 1 and on. */
  readonly classes: string | null;
  readonly label: string | null;
  /** Name of the space of the features; null: unknown, and then any features of the right number are taken. */
  readonly space: string | null;
  /** The dictionary to take where a file holds several models. */
  readonly group: string | null;
  readonly out: string;
}

export interface ImportedModel {
  readonly out: string;
  readonly method: string;
  readonly title: string;
  readonly paper: string;
  readonly format: WeightFormat;
  /** Features a tile. */
  readonly d: number;
  readonly space: string;
  readonly task: Task;
  /** What was found out of the sizes and the config. */
  readonly aggregator: { readonly name: string; readonly options: Readonly<Record<string, number | boolean>> };
  readonly parameters: number;
  /** Numbers known of a bag beside its tiles that the model asks for. */
  readonly covariates: number;
  readonly usesPlaces: boolean;
  /** Groups entered and prefixes taken off the keys of the file. */
  readonly stripped: readonly string[];
  /** Arrays of the file that the model has no use for. */
  readonly unused: readonly string[];
  /** What a reader must know of a file that lacks something. */
  readonly notes: readonly string[];
}

/** @throws FailureError missing-file, bad-usage, bad-weights, truncated-file, unsupported-format, bad-model, not-finite, disk-full */
export async function importModel(path: string, options: ImportModelOptions): Promise<ImportedModel> {
  const checkpoint = unwrap(checkpointOf(options.method));
  const config = options.config === null ? {} : readConfig(options.config);
  const archive = unwrap(readWeights(bytesOf(path), basename(path)));
  const group = options.group === null ? {} : { group: options.group };
  const read = unwrap(await importCheckpoint(checkpoint, archive, config, group));
  const member = withNames(read, {
    ...(options.classes === null ? {} : { classes: namesIn(options.classes) }),
    ...(options.label === null ? {} : { label: options.label }),
  });
  const space = options.space ?? "unknown";
  const onnx = encodeImported(member, space);
  await tryOut(onnx, member);
  writeWhole(options.out, onnx);
  const { method, title, paper } = checkpoint;
  const { design, stripped, unused } = member;
  return {
    out: options.out,
    method,
    title,
    paper,
    format: archive.format,
    d: design.d,
    space,
    task: design.task,
    aggregator: { name: design.aggregator.name, options: design.options },
    parameters: Object.values(member.weights).reduce((sum, { length }) => sum + length, 0),
    covariates: design.covariates,
    usesPlaces: design.aggregator.usesPlaces === true,
    stripped,
    unused,
    notes: checkpoint.notes?.(member.file) ?? [],
  };
}

function bytesOf(path: string): Uint8Array {
  if (existsSync(path) && statSync(path).isFile()) return readFileSync(path);
  return raise("missing-file", {
    expected: "a file of weights (.pt, .pth, .safetensors, .npz, .onnx)",
    received: existsSync(path) ? `a folder at ${path}` : `none at ${path}`,
    remedy: "check the path",
  });
}

function readConfig(path: string): CheckpointConfig {
  try {
    const config: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof config === "object" && config !== null && !Array.isArray(config)) return config as CheckpointConfig;
    return noConfig(path, "no object");
  } catch (error) {
    return noConfig(path, error instanceof Error ? error.message : String(error));
  }
}

function noConfig(path: string, received: string): never {
  return raise("bad-usage", {
    expected: `an object of settings in JSON in ${path}`,
    received,
    remedy: 'write for example {"k_sample": 8}; docs/methods/checkpoints.md names the settings of each method',
  });
}

function namesIn(text: string): string[][] {
  return text.split(";").map((list) => list.split(",").map((name) => name.trim()));
}

/** Asks the file about one bag: what cannot answer is not written. */
async function tryOut(onnx: Uint8Array, { design: { d, covariates } }: Imported): Promise<void> {
  const bag: Bag = {
    features: Float32Array.from({ length: 2 * d }, (_, i) => Math.sin(i)),
    n: 2,
    d,
    x: Int32Array.of(0, 256),
    y: Int32Array.of(0, 0),
    side: 256,
    space: "unknown",
  };
  const session = await openSession(onnx, { threads: 1 });
  try {
    const given = covariates === 0 ? {} : { covariates: new Array<number>(covariates).fill(0) };
    unwrap(await predict(session, bag, { info: unwrap(describeModel(onnx)), name: "a bag of two tiles", ...given }));
  } finally {
    await session.close();
  }
}

/** What was read, as lines for a terminal. */
export function importedText(model: ImportedModel): string {
  const options = Object.entries(model.aggregator.options).map(([name, value]) => `${name} ${value}`);
  const beside = [
    ...(model.usesPlaces ? ["places of the tiles"] : []),
    ...(model.covariates > 0 ? [`${model.covariates} covariates`] : []),
  ];
  const list = (names: readonly string[]): string =>
    names.length > 8 ? `${names.slice(0, 8).join(", ")} and ${names.length - 8} more` : names.join(", ");
  return [
    `${model.title} (${model.paper})`,
    `  features   ${model.d} a tile, of the space ${model.space}`,
    `  answers    ${answersText(model.task)}`,
    `  found      ${options.join(", ")}`,
    `  weights    ${model.parameters.toLocaleString("en")} numbers from ${model.format}${model.stripped.length > 0 ? `, under ${model.stripped.join("")}` : ""}`,
    ...(beside.length > 0 ? [`  asks for   ${beside.join(" and ")} beside the features`] : []),
    ...(model.unused.length > 0 ? [`  unused     ${list(model.unused)}`] : []),
    ...model.notes.map((note) => `  note       ${note}`),
    `wrote ${model.out}`,
  ].join("\n");
}

function answersText(task: Task): string {
  switch (task.kind) {
    case "classify":
    case "ordinal":
      return task.classes.join(", ");
    case "multilabel":
      return `yes or no for ${task.labels.join(", ")}`;
    case "multitask":
      return task.tasks.map((one) => `${one.name}: ${answersText(one.task)}`).join("; ");
    case "regress":
    case "survive":
      return task.kind;
  }
}
