/** A bag as a model is fed with it. The learner, the judge and `predict` all feed through here. */
import { type Bag, raise } from "@nacre/core";
import type { TensorData } from "@nacre/graph";
import type { ModelDesign } from "./program.ts";

/** All of a bag but its name. */
export type Tiles = Pick<Bag, "features" | "n" | "d" | "x" | "y" | "side">;

/** What a model asks for beside the features. */
export interface Asked {
  readonly places: boolean;
  /** How many columns and rows of tiles the model knows; null for any number. */
  readonly grid?: number | null;
  /** How many; 0 for none. */
  readonly covariates: number;
}

/**
 * `features` [n, d], and `places` [n, 2] and `covariates` [1, c] where they are asked for.
 * Failures (thrown as FailureError): no-places, out-of-bounds (a tile beyond the grid), no-covariates.
 */
export function bagFeeds(
  tiles: Tiles,
  covariates: readonly number[] | null,
  asked: Asked,
  name = "the bag",
): Record<string, TensorData> {
  const feeds: Record<string, TensorData> = { features: { data: tiles.features, dims: [tiles.n, tiles.d] } };
  if (asked.places) feeds.places = { data: placesOf(tiles, name, asked.grid), dims: [tiles.n, 2] };
  if (asked.covariates > 0) {
    if (covariates === null || covariates.length !== asked.covariates || !covariates.every(Number.isFinite)) {
      raise("no-covariates", {
        expected: `${asked.covariates} known numbers beside the tiles of ${name}`,
        received: covariates === null ? "none" : covariates.join(", "),
        remedy: "give the covariates the model was fitted with, or fit without them",
      });
    }
    feeds.covariates = { data: Float32Array.from(covariates), dims: [1, asked.covariates] };
  }
  return feeds;
}

/** What a design asks of a bag. */
export function askedOf({ aggregator, options, covariates }: Omit<ModelDesign, "standardisation">): Asked {
  return { places: aggregator.usesPlaces === true, grid: aggregator.grid?.(options) ?? null, covariates };
}

/**
 * Column and row of each tile on the grid of tiles: whole numbers from the corner of the slide, [n, 2].
 * Failures (thrown as FailureError): no-places, out-of-bounds.
 */
export function placesOf(
  { n, x, y, side }: Tiles,
  name: string,
  grid: number | null = null,
): Float32Array<ArrayBuffer> {
  if (side === null || !(side > 0)) {
    raise("no-places", {
      expected: `the side of a tile in ${name}, from which its column and row are found`,
      received: String(side),
      remedy: "encode the slide again, or use an aggregator that asks for no places",
    });
  }
  const places = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    places[2 * i] = Math.floor((x[i] as number) / side);
    places[2 * i + 1] = Math.floor((y[i] as number) / side);
  }
  if (grid !== null) checkGrid(places, grid, name);
  return places;
}

function checkGrid(places: Float32Array, grid: number, name: string): void {
  const outside = places.findIndex((place) => !(place >= 0 && place < grid));
  if (outside < 0) return;
  const tile = Math.floor(outside / 2);
  raise("out-of-bounds", {
    expected: `tiles of ${name} within the ${grid} columns and rows that the model knows`,
    received: `tile ${tile} in column ${places[2 * tile]}, row ${places[2 * tile + 1]}`,
    remedy: "lay larger tiles, or fit with a larger grid (option grid of the aggregator)",
  });
}
