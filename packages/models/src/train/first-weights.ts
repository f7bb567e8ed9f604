/**
 * Weights that a fit begins with in place of fresh ones: those of a pretraining, or of another fit. They bear the aggregator's names; what
 * they lack (the head, as a rule) is drawn as usual, and told. As a file they are safetensors, with the standardisation they were
 * learned under beside them, since features scaled otherwise are other features to them.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import {
  matchWeights,
  type WeightArchive,
  type WeightTensor,
  type WritableTensor,
  writeSafetensors,
} from "@nacre/graph";
import type { WeightSpec } from "../aggregator/aggregator.ts";
import type { Weights } from "./initialise.ts";
import { type ModelDesign, weightSpecs } from "./program.ts";
import type { Standardisation } from "./standardise.ts";

/** Names in a file of what is no weight. */
const MEAN = "standardisation.mean";
const DEVIATION = "standardisation.deviation";

export interface FirstWeights {
  /** By the aggregator's names: arrays, whose lengths are checked, or tensors of a file, whose shapes are. */
  readonly weights: Weights | WeightArchive["tensors"];
  /** In place of that of the train part. */
  readonly standardisation?: Standardisation;
}

/** First weights out of a file that has been read. Failures: bad-weights, not-finite (in the standardisation). */
export function firstWeightsOf({ tensors }: Pick<WeightArchive, "tensors">): Outcome<FirstWeights> {
  const weights = new Map([...tensors].filter(([name]) => name !== MEAN && name !== DEVIATION));
  if (!tensors.has(MEAN) && !tensors.has(DEVIATION)) return ok({ weights });
  const d = tensors.get(MEAN)?.shape[0] ?? 0;
  const specs = [MEAN, DEVIATION].map((name) => ({ name, from: name, shape: [d] }));
  const known = new Map([...tensors].filter(([name]) => !weights.has(name)));
  const found = matchWeights({ tensors: known }, specs);
  if (!found.ok) return found;
  const [mean, deviation] = [MEAN, DEVIATION].map((name) => Float32Array.from(found.value[name] ?? []));
  return ok({ weights, standardisation: { mean, deviation } as Standardisation });
}

/** The bytes of a file that a fit can begin with. @param shapes of the weights, by name */
export function writeFirstWeights(
  weights: Weights,
  shapes: ReadonlyMap<string, readonly number[]>,
  { standardisation, metadata = {} }: FirstWeightsFile = {},
): Uint8Array {
  const all = Object.entries(weights).map(([name, values]): [string, WritableTensor] => [
    name,
    { shape: shapes.get(name) ?? [values.length], values },
  ]);
  const beside: [string, WritableTensor][] =
    standardisation === undefined
      ? []
      : [
          [MEAN, { shape: [standardisation.mean.length], values: standardisation.mean }],
          [DEVIATION, { shape: [standardisation.deviation.length], values: standardisation.deviation }],
        ];
  return writeSafetensors(Object.fromEntries([...all, ...beside]), metadata);
}

export interface FirstWeightsFile {
  readonly standardisation?: Standardisation;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface MatchedWeights {
  /** Some of the model's weights, by name. */
  readonly weights: Weights;
  /** Names of those that are drawn. */
  readonly drawn: readonly string[];
}

/**
 * First weights held against those of a model. Failures: bad-weights (unknown names, other shapes, none at all), dimension-mismatch
 * (the standardisation), not-finite.
 */
export function matchFirstWeights(first: FirstWeights, design: ModelDesign): Outcome<MatchedWeights> {
  return matchSpecs(first, weightSpecs(design), design.d);
}

/** The same for any list of weights over d features a tile. */
export function matchSpecs(
  { weights, standardisation }: FirstWeights,
  specs: readonly WeightSpec[],
  d: number,
): Outcome<MatchedWeights> {
  const wide = standardisation?.mean.length ?? d;
  if (wide !== d) return otherFeatures(d, wide);
  const tensors = weights instanceof Map ? weights : tensorsOf(weights as Weights, specs);
  const known = specs.filter(({ name }) => tensors.has(name));
  const matched = matchWeights(
    { tensors },
    known.map(({ name, shape }) => ({ name, shape, from: name })),
  );
  if (!matched.ok) return matched;
  if (known.length === 0) {
    return fail("bad-weights", {
      expected: `weights by the names of the model, such as ${specs[0]?.name}`,
      received: "none",
      remedy: "begin with a file of weights of the same aggregator, or with fresh ones",
    });
  }
  const drawn = specs.filter(({ name }) => !tensors.has(name)).map(({ name }) => name);
  return ok({ weights: matched.value as Weights, drawn });
}

/** Arrays without a shape of their own: that of the model where the numbers suffice, else a plain list. */
function tensorsOf(weights: Weights, specs: readonly WeightSpec[]): ReadonlyMap<string, WeightTensor> {
  const shapes = new Map(specs.map(({ name, shape }) => [name, shape]));
  return new Map(
    Object.entries(weights).map(([name, values]) => {
      const shape = shapes.get(name);
      const isWhole = shape !== undefined && shape.reduce((product, size) => product * size, 1) === values.length;
      return [name, { dtype: "float32", shape: isWhole ? shape : [values.length], values: () => values.slice() }];
    }),
  );
}

function otherFeatures(expected: number, received: number): Outcome<never> {
  return fail("dimension-mismatch", {
    expected: `first weights learned on ${expected} features a tile`,
    received: String(received),
    remedy: "begin with weights learned on features of the same encoder",
  });
}
