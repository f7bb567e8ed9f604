/** The scope of an aggregator outside a fit: no label, no covariates, no dropout, one embedding. Weights are declared as they are asked for. */
import { fail, type Outcome, ok } from "@nacre/core";
import { input, parameter, type Tensor } from "@nacre/graph";
import type { Pooled, Scope, Sizes, WeightSpec } from "../aggregator/aggregator.ts";
import type { ChosenAggregator } from "../aggregator/registry.ts";
import { standardised } from "../train/program.ts";
import { identityStandardisation, type Standardisation } from "../train/standardise.ts";

export interface AskedWeight {
  readonly spec: WeightSpec;
  readonly weight: Tensor;
}

/** Weights that are inputs of a graph once something asks for them. */
export interface AskedWeights {
  /** @throws RangeError for a name that was not declared */
  weight(name: string): Tensor;
  /** Those asked for so far, in the order of their declaration. */
  asked(): AskedWeight[];
}

export function askWeights(specs: readonly WeightSpec[]): AskedWeights {
  const made = new Map<string, Tensor>();
  return {
    weight(name) {
      const spec = specs.find((s) => s.name === name);
      if (spec === undefined) throw new RangeError(`expected a declared weight, received ${name}`);
      const weight = made.get(name) ?? parameter(name, spec.shape);
      made.set(name, weight);
      return weight;
    },
    asked: () =>
      specs.flatMap((spec) => {
        const weight = made.get(spec.name);
        return weight === undefined ? [] : [{ spec, weight }];
      }),
  };
}

export function bareScope(tiles: Tensor, places: Tensor | null, weight: Scope["weight"]): Scope {
  const d = tiles.shape[1] as number;
  return {
    tiles,
    places,
    covariates: null,
    d,
    k: 1,
    groups: [1],
    label: null,
    isFit: false,
    weight,
    dropout: (_, x) => x,
    block: (x) => x,
  };
}

export function bareSizes(d: number): Sizes {
  return { d, k: 1, groups: [1], covariates: 0 };
}

/** What an aggregator makes of the inputs `features` and, where it asks for them, `places`; `change` acts on the standardised features. */
export function pooledBag(
  { aggregator, options }: ChosenAggregator,
  standardisation: Standardisation,
  weight: Scope["weight"],
  change: (tiles: Tensor) => Tensor = (tiles) => tiles,
): Pooled {
  const tiles = standardised(input("features", ["n", standardisation.mean.length]), standardisation);
  const places = aggregator.usesPlaces ? input("places", ["n", 2]) : null;
  const built = aggregator.build(bareScope(change(tiles), places, weight), options);
  if ("scores" in built) throw new RangeError(`expected an aggregator with an embedding, received ${aggregator.name}`);
  return built;
}

/** Whether an aggregator can learn before it has a head: weights, one embedding, and nothing in it that asks for the head. Fails with `bad-study`. */
export function hasEmbedding(chosen: ChosenAggregator, d: number): Outcome<number> {
  const { aggregator, options } = chosen;
  const width = aggregator.width(options, d);
  if (width !== null && standsAlone(chosen, d)) return ok(width);
  return fail("bad-study", {
    expected: "an aggregator with weights and one embedding a bag, such as genbloom, longnet or abmil",
    received: aggregator.name,
    remedy: "choose another aggregator",
  });
}

function standsAlone(chosen: ChosenAggregator, d: number): boolean {
  const specs = chosen.aggregator.weights(chosen.options, bareSizes(d));
  const { weight } = askWeights(specs);
  let isHeaded = false;
  try {
    pooledBag(chosen, identityStandardisation(d), (name) => {
      isHeaded ||= specs.every((spec) => spec.name !== name);
      return weight(name);
    });
  } catch (error) {
    if (!isHeaded) throw error;
  }
  return specs.length > 0 && !isHeaded;
}
