/** What passes between the pool and its workers. A unit is a run of tiles of one slide: small enough to share out, large enough to be worth a message. */
import type { Failure } from "@nacre/core";
import type { EncoderPlace } from "../encoder/encoder-folder.ts";
import type { TileColour } from "./tile-colour.ts";

/** Tiles in a unit. A multiple of the batch, and never dependent on the number of threads: so the bytes do not either. */
export const UNIT_TILES = 64;

/** Everything a worker must know to open slide and encoder. */
export interface UnitSource {
  readonly slide: string;
  /** Scale given by the user, as to openSlideFile. */
  readonly slideMpp: number | null;
  readonly encoder: EncoderPlace;
  readonly mpp: number;
  readonly size: number;
  /** Left out: colours as they are stored. */
  readonly colour?: TileColour;
}

export interface Unit {
  readonly id: number;
  readonly source: UnitSource;
  readonly x: Int32Array;
  readonly y: Int32Array;
  /** Not 0 as soon as nobody wants the result. Shared memory: read between two batches. */
  readonly stop: Int32Array;
}

export type ToWorker = { readonly kind: "unit"; readonly unit: Unit } | { readonly kind: "close" };

export type FromWorker =
  | { readonly kind: "done"; readonly id: number; readonly features: Float32Array<ArrayBuffer> }
  | { readonly kind: "failed"; readonly id: number; readonly failure: Failure };
