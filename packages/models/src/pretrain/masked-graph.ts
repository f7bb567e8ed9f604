/** The graph of masked tiles: encoder over the visible ones, decoder over all places, loss over the hidden ones. */
import {
  add,
  concat,
  div,
  gather,
  input,
  linear,
  mean,
  mul,
  permuteRows,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  takeRows,
} from "@nacre/graph";
import type { Scope, WeightSpec } from "../aggregator/aggregator.ts";
import { longnetStates } from "../aggregator/longnet.ts";
import type { LongnetConfig } from "../longnet/config.ts";
import { encode, encoderWeights, mapWeights, normed, normWeights } from "../longnet/encoder.ts";
import type { LongnetOptions } from "../longnet/options.ts";
import { canonicalOrder, positionCodes } from "../longnet/position.ts";
import { standardised } from "../train/program.ts";
import type { Standardisation } from "../train/standardise.ts";
import { bareScope } from "./bare-scope.ts";

export interface DecoderSizes {
  readonly layers: number;
  readonly width: number;
}

const HEADS = 4;
const PREFIX = "decoder.";

export function decoderWeights({ width }: LongnetConfig, decoder: DecoderSizes, d: number): WeightSpec[] {
  return [
    ...mapWeights("decoder.embed", [width, decoder.width]),
    { name: "decoder.mask", shape: [1, decoder.width], initialisation: { normal: 0.02 } },
    ...encoderWeights(decoderConfig(decoder, 1), PREFIX),
    ...normWeights("decoder.norm", decoder.width),
    ...mapWeights("decoder.out", [decoder.width, d]),
  ];
}

export interface MaskedGraph {
  readonly encoder: LongnetOptions;
  readonly decoder: DecoderSizes;
  readonly standardisation: Standardisation;
  readonly weight: Scope["weight"];
}

/**
 * Inputs: `features` [n, d], `places` [n, 2], `visible` int64 [v] (which tiles are seen), `slot` int64 [n] (where each tile stands among
 * them, v for a hidden one), `hidden` [n, 1] (1 for a hidden tile). -> a scalar
 */
export function maskedLoss({ encoder, decoder, standardisation, weight }: MaskedGraph): Tensor {
  const d = standardisation.mean.length;
  const places = input("places", ["n", 2]);
  const tiles = standardised(input("features", ["n", d]), standardisation);
  const [visible, slot, hidden] = [
    input("visible", ["v"], "int64"),
    input("slot", ["n"], "int64"),
    input("hidden", ["n", 1]),
  ];
  const seen = longnetStates(bareScope(gather(tiles, visible), gather(places, visible), weight), encoder);
  const top = seen.states[seen.states.length - 1] as Tensor;
  const state = encoder.lastNorm ? normed(top, "last.norm", { weight }) : top;
  const coded = linear(state, weight("decoder.embed.weight"), weight("decoder.embed.bias"));
  const token = slice(coded, { axis: 0, start: 0, end: 1, dim: 1 });
  const sorted = slice(coded, { axis: 0, start: 1, dim: "v" });
  const own = seen.order === null ? sorted : permuteRows(sorted, { there: seen.order.back, back: seen.order.there });
  const placed = takeRows(own, { there: slot, back: visible });
  const config = decoderConfig(decoder, encoder.grid);
  const whole = add(add(placed, mul(hidden, weight("decoder.mask"))), positionCodes(places, config));
  const order = canonicalOrder(places, encoder.grid);
  const tools = {
    weight,
    drop: (_: string, x: Tensor) => x,
    path: (_: string, __: number, x: Tensor) => x,
    block: (x: Tensor) => x,
  };
  const { states } = encode(concat([token, permuteRows(whole, order)], 0), config, tools, PREFIX);
  const decoded = slice(states[states.length - 1] as Tensor, { axis: 0, start: 1, dim: "n" });
  const said = linear(normed(decoded, "decoder.norm", tools), weight("decoder.out.weight"), weight("decoder.out.bias"));
  const errors = mean(square(sub(said, permuteRows(tiles, order))), { axes: [1], keep: true });
  const wanted = permuteRows(hidden, order);
  return div(sum(mul(errors, wanted)), sum(wanted));
}

/** Full attention: one branch whose segment no bag is longer than. */
function decoderConfig({ layers, width }: DecoderSizes, grid: number): LongnetConfig {
  const branches = [{ segment: 2 ** 31, ratio: 1 }];
  return { width, heads: HEADS, ffn: 4 * width, layers, branches, grid, masksPadding: false };
}
