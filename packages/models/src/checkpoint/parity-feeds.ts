/** What the imported model is fed with from a parity file. */
import { raise } from "@nacre/core";
import type { TensorData } from "@nacre/graph";
import type { ModelDesign } from "../train/program.ts";
import type { Beside, BesideFeeds, Checkpoint, CheckpointConfig } from "./checkpoint.ts";
import { numberIn } from "./config.ts";
import type { ParityFile } from "./parity-file.ts";

/** `features`, and `places` and `covariates` where the model reads them. @throws FailureError dimension-mismatch, bad-usage */
export function parityFeeds(
  checkpoint: Checkpoint,
  design: ModelDesign,
  { x, beside, config }: ParityFile,
): Record<string, TensorData> {
  const [n = 0, d = 0] = x.shape;
  if (d !== design.d) {
    raise("dimension-mismatch", {
      expected: `${design.d} features a tile, as the weights have`,
      received: `${d} under x`,
      remedy: "take weights and features of one model",
    });
  }
  const feeds: Record<string, TensorData> = { features: { data: Float32Array.from(x.values), dims: [n, d] } };
  const { places, covariates } = (checkpoint.beside ?? besideFeeds)(beside, design, config);
  if (design.aggregator.usesPlaces && places !== undefined) feeds.places = { data: places, dims: [n, 2] };
  if (design.covariates > 0 && covariates !== undefined) {
    feeds.covariates = { data: Float32Array.from(covariates), dims: [1, covariates.length] };
  }
  const lacking = [
    design.aggregator.usesPlaces && feeds.places === undefined ? "coords" : "",
    design.covariates > 0 && feeds.covariates === undefined ? "sex or organ" : "",
  ].filter((name) => name !== "");
  if (lacking.length === 0) return feeds;
  return raise("bad-usage", {
    expected: `${lacking.join(" and ")} beside x for ${checkpoint.method}`,
    received: "none",
    remedy: "see docs/methods/checkpoints.md for the layout",
  });
}

/** Side of a tile in level-0 pixels where a config says nothing. */
const SIDE = 256;

/** The rule of `Checkpoint.beside`. */
function besideFeeds(
  { coords, sex, organ }: Beside,
  { covariates }: ModelDesign,
  config: CheckpointConfig,
): BesideFeeds {
  const side = numberIn(config, ["tile_size"], SIDE);
  const places = coords?.flatMap(([x = 0, y = 0]) => [Math.floor(x / side), Math.floor(y / side)]);
  const beside =
    covariates === 1
      ? sex === undefined
        ? undefined
        : [sex]
      : organ === undefined
        ? undefined
        : rowOf(organ, covariates);
  return {
    ...(places === undefined ? {} : { places: Float32Array.from(places) }),
    ...(beside === undefined ? {} : { covariates: beside }),
  };
}

function rowOf(place: number, size: number): number[] {
  return Array.from({ length: size }, (_, i) => (i === place ? 1 : 0));
}
