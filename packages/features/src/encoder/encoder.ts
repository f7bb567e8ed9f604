/** An encoder turns tiles into features. Two kinds exist: the built-in `texture`, and an ONNX file with its encoder.json. */
import { fail, type Mpp, type Outcome, ok } from "@nacre/core";
import type { Raster } from "@nacre/imaging";

/** What an encoder is and wants, whatever is inside. */
export interface EncoderInfo {
  readonly name: string;
  /** Length of a feature vector. */
  readonly dim: number;
  /** Side of a tile in pixels; null: any side the encoder can work with, fixed when it is opened. */
  readonly size: number | null;
  /** Scale in micrometres per pixel; null: any. */
  readonly mpp: number | null;
  readonly licence: string;
  readonly source: string;
  /** Of the weights; of the name and version where there are none. */
  readonly sha256: string;
  /** Of everything features depend on: the weights, the output taken, the normalisation, the tile. Belongs in every cache key. */
  readonly identity: string;
  readonly notes?: string;
}

export interface Encoder {
  readonly card: EncoderInfo & { readonly size: number };
  /** The space the features live in: name and first 12 digits of the hash. Features of different spaces never mix. */
  readonly space: string;
  /** Features of tiles, row-major [n, dim]. Throws FailureError `encoder-mismatch` for a tile of another size. */
  encode(tiles: readonly Raster[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Scales closer than this, relative, count as the same: scanners disagree by about as much with themselves. */
export const MPP_TOLERANCE = 0.01;

/** The part of a tile specification an encoder cares about. */
export interface TileFit {
  readonly mpp: Mpp;
  readonly size: number;
}

/** Whether an encoder may see such tiles. Fails with `encoder-mismatch`. */
export function checkTiles(card: Pick<EncoderInfo, "name" | "size" | "mpp">, tiles: TileFit): Outcome<void> {
  if (card.size !== null && card.size !== tiles.size) {
    return fail("encoder-mismatch", {
      expected: `tiles of ${card.size} px, as ${card.name} was trained on`,
      received: `tiles of ${tiles.size} px`,
      remedy: `set tiles.size to ${card.size}`,
    });
  }
  if (card.mpp !== null && Math.abs(tiles.mpp / card.mpp - 1) > MPP_TOLERANCE) {
    return fail("encoder-mismatch", {
      expected: `tiles at ${card.mpp} um/px, as ${card.name} was trained on`,
      received: `tiles at ${tiles.mpp} um/px`,
      remedy: `set tiles.mpp to ${card.mpp}`,
    });
  }
  return ok(undefined);
}

/** Name of the space of an encoder's features. */
export function spaceOf(card: Pick<EncoderInfo, "name" | "identity">): string {
  return `${card.name}@${card.identity.slice(0, 12)}`;
}
