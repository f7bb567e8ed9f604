/** A published method's checkpoint as one of our models: same numbers, same answers, and from then on everything ours does. */
import { attempt, type Outcome, raise, type Task, unwrap } from "@nacre/core";
import { matchWeights, unwrapStateDict, type WeightArchive } from "@nacre/graph";
import { type AggregatorSpec, chooseAggregator } from "../aggregator/registry.ts";
import { PLAIN_LOSS } from "../head/head.ts";
import { headOf } from "../head/registry.ts";
import type { Member } from "../model/encode-fitted.ts";
import { type ModelDesign, weightSpecs } from "../train/program.ts";
import { identityStandardisation } from "../train/standardise.ts";
import type { Checkpoint, CheckpointConfig, SizeOf, Tensors } from "./checkpoint.ts";
import { plainFacts } from "./plain-facts.ts";

/** A member, and the arrays it came from. */
export interface Imported extends Member {
  /** Every array of the file, by its keys. */
  readonly file: Tensors;
  /** The same after `rearrange`, from which the weights were taken. */
  readonly arranged: Tensors;
  /** Groups entered and prefixes taken off, as `unwrapStateDict` says. */
  readonly stripped: readonly string[];
  /** Arrays of the file that the model has no use for, by their keys after `rearrange`. */
  readonly unused: readonly string[];
}

export interface ImportOptions {
  /** Dotted name of the dictionary to take, where the file holds several models. */
  readonly group?: string;
}

/**
 * The model in a file of weights. `config` tells what sizes cannot (heads, options).
 * Failures: bad-weights (keys missing, left over or wrongly shaped), bad-model (not of this method), bad-usage (config), not-finite.
 */
export function importCheckpoint(
  checkpoint: Checkpoint,
  archive: WeightArchive,
  config: CheckpointConfig = {},
  options: ImportOptions = {},
): Promise<Outcome<Imported>> {
  return attempt(async () => {
    const { tensors: file, stripped } = unwrap(unwrapStateDict(archive, options));
    const arranged = checkpoint.rearrange?.(file) ?? file;
    const design = checkpoint.design(arranged, config);
    const shapes = new Map(weightSpecs(design).map(({ name, shape }) => [name, shape]));
    const sources = checkpoint.keys(design).map((source) => ({ ...source, shape: shapes.get(source.name) ?? [] }));
    const unmapped = [...shapes.keys()].filter((name) => !sources.some((source) => source.name === name));
    if (unmapped.length > 0) throw new RangeError(`expected a key for ${unmapped.join(", ")} of ${checkpoint.method}`);
    const found = unwrap(matchWeights({ tensors: arranged }, sources, { ignore: checkpoint.ignore ?? [] }));
    const weights = Object.fromEntries(Object.entries(found).map(([name, v]) => [name, Float32Array.from(v)]));
    const used = new Set(sources.map(({ from }) => [from].flat().find((key) => arranged.has(key))));
    const unused = [...arranged.keys()].filter((key) => !used.has(key));
    return { design, weights, file, arranged, stripped, unused };
  });
}

/** Reads sizes off the keys of a file. */
export function sizesIn(tensors: Tensors, method: string): SizeOf {
  return (key, axis) => {
    const name = [key].flat().find((candidate) => tensors.has(candidate));
    const size = name === undefined ? undefined : tensors.get(name)?.shape.at(axis);
    if (size !== undefined) return size;
    return raise("bad-model", {
      expected: `weights of ${method}, with ${[key].flat().join(" or ")}`,
      received: [...tensors.keys()].slice(0, 8).join(", ") || "no tensors",
      remedy: "name the method the file was made with",
    });
  };
}

/** A design of an aggregator with k scores, as imported: no dropout, features as they are. Classes are called 0, 1 and on. */
export function importedDesign(
  spec: AggregatorSpec,
  sizes: { readonly d: number; readonly k: number; readonly covariates?: number },
  kind: "classify" | "multilabel" = "classify",
): ModelDesign {
  const { d, k, covariates = 0 } = sizes;
  const [first = "0", ...rest] = Array.from({ length: k }, (_, c) => String(c));
  const task: Task =
    kind === "multilabel"
      ? { kind, labels: [first, ...rest] }
      : { kind, label: "label", classes: [first, rest[0] ?? "1", ...rest.slice(1)], positive: rest[0] ?? "1" };
  const head = headOf(task, plainFacts(task), PLAIN_LOSS);
  const chosen = unwrap(chooseAggregator(spec, 0));
  return { ...chosen, task, head, d, covariates, standardisation: identityStandardisation(d) };
}
