/** The built-in encoder as an Encoder: texture features of tiles of one size. */
import { raise } from "@nacre/core";
import type { Raster } from "@nacre/imaging";
import { TEXTURE_DIM, TEXTURE_VERSION, textureMeter } from "../texture/texture.ts";
import { type Encoder, type EncoderInfo, spaceOf } from "./encoder.ts";

/** SHA-256 of "nacre texture 1": there are no weights, so the name and version stand for them. */
const IDENTITY = "648defc65b7300be45c6aec1d5f74ca1f18c73dd609f0f369607e273ee940701";

export const TEXTURE_INFO: EncoderInfo = {
  name: "texture",
  dim: TEXTURE_DIM,
  size: null,
  mpp: null,
  licence: "Apache-2.0",
  source: `built in, version ${TEXTURE_VERSION}; docs/methods/texture.md`,
  sha256: IDENTITY,
  identity: IDENTITY,
  notes: "classical H&E features, no weights; tiles of 64 px or more, 224 px at 0.5 um/px recommended",
};

/** @throws RangeError for tiles below 64 px */
export function openTexture(size: number): Encoder {
  const meter = textureMeter(size);
  const card = { ...TEXTURE_INFO, size };
  return {
    card,
    space: spaceOf(card),
    async encode(tiles) {
      const features = new Float32Array(tiles.length * TEXTURE_DIM);
      for (let i = 0; i < tiles.length; i++) {
        const tile = tiles[i] as Raster;
        if (tile.width !== size || tile.height !== size) refuseTile(tile, size);
        meter(tile, features, i * TEXTURE_DIM);
      }
      return features;
    },
    async close() {},
  };
}

function refuseTile(tile: Raster, size: number): never {
  raise("encoder-mismatch", {
    expected: `tiles of ${size} px`,
    received: `a tile of ${tile.width} x ${tile.height} px`,
    remedy: "lay the tiles with the size the encoder was opened for",
  });
}
