/**
 * Which optimiser a fit asks for, and how each weight takes part in it: layer-wise decay moves the weights near the tiles less than
 * those near the scores (Bao et al. 2022, and the fine-tuning of He et al. 2022; scale = decay^(layers above)), and decoupled decay spares offsets and gains.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import { adamOptimiser, descentOptimiser, type Optimiser, type Tensor, type Trained, withAverage } from "@nacre/graph";
import type { WeightSpec } from "../aggregator/aggregator.ts";

/** Adam with an L2 penalty, as in CLAM; Adam with decoupled decay; descent with momentum. */
export type OptimiserName = "adam" | "adamw" | "sgd";

export interface OptimiserOptions {
  /** Default adam. */
  readonly optimiser?: OptimiserName;
  readonly weightDecay: number;
  /** Share of the last move that descent keeps. Default 0.9. */
  readonly momentum?: number;
  /** Decay of the moving average of the weights; null (the default) for none. */
  readonly ema?: number | null;
  /** Learning rate of a layer over that of the layer above it. Default 1. */
  readonly layerDecay?: number;
}

export function chooseOptimiser(options: OptimiserOptions): Optimiser {
  const { optimiser = "adam", weightDecay, momentum = 0.9, ema = null } = options;
  const chosen =
    optimiser === "sgd"
      ? descentOptimiser({ momentum, weightDecay })
      : adamOptimiser({ weightDecay, isDecoupled: optimiser === "adamw" });
  return ema === null ? chosen : withAverage(chosen, ema);
}

/** The weights about to move. @param slopeOf gradient of a weight by its name */
export function trainedWeights(
  specs: readonly WeightSpec[],
  weights: ReadonlyMap<string, Tensor>,
  slopeOf: (name: string) => Tensor,
  { optimiser = "adam", layerDecay = 1 }: OptimiserOptions,
): Trained[] {
  const layers = layerCount(specs);
  return specs.map((spec) => ({
    name: spec.name,
    weight: weights.get(spec.name) as Tensor, // the map holds every spec
    gradient: slopeOf(spec.name),
    rateScale: layerDecay ** (layers - (spec.layer ?? layers)),
    isDecayed: optimiser !== "adamw" || spec.shape.length > 1,
  }));
}

/** How many layers the weights lie in; 0 where none says so. */
export function layerCount(specs: readonly WeightSpec[]): number {
  return specs.reduce((most, { layer }) => (layer === undefined ? most : Math.max(most, layer + 1)), 0);
}

/** Whether layer-wise decay means anything for these weights. Fails with `bad-study`. */
export function suitsLayers(specs: readonly WeightSpec[], layerDecay: number): Outcome<null> {
  if (layerDecay === 1 || layerCount(specs) > 0) return ok(null);
  return fail("bad-study", {
    expected: "an aggregator of several layers for fit.layerDecay",
    received: `${layerDecay} for one whose weights lie in no layers`,
    remedy: "leave fit.layerDecay out, or choose an aggregator of several layers",
  });
}
