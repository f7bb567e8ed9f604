/**
 * The built-in encoder `texture`: 108 published classical features of an H&E tile, without weights. It is the default when no
 * encoder is at hand and the baseline every other encoder has to beat. All lengths are pixels of the tile, so the features of two
 * slides compare only when both were tiled at the same mpp. Sources and formulas stand in each family and in docs/methods/texture.md.
 */
import type { Raster } from "@nacre/imaging";
import { blobFamily } from "./blob.ts";
import type { TextureFamily, TextureFeature } from "./family.ts";
import { gaborFamily } from "./gabor.ts";
import { glcmFamily } from "./glcm.ts";
import { lbpFamily } from "./lbp.ts";
import { momentFamily, relationFamily } from "./moments.ts";
import { nucleiFamily } from "./nuclei.ts";
import { allocatePlanes, fillPlanes } from "./stain.ts";

/** Changes whenever a feature changes, so that features of two versions are never mixed. */
export const TEXTURE_VERSION = 1;

function makeFamilies(size: number): readonly TextureFamily[] {
  return [
    momentFamily(),
    relationFamily(),
    lbpFamily(),
    glcmFamily(size >> 1),
    gaborFamily(size),
    blobFamily(size),
    nucleiFamily(size >> 1),
  ];
}

/** The features in the order in which they are written. */
export const textureFeatures: readonly TextureFeature[] = makeFamilies(64).flatMap((family) => family.features);

export const featureNames: readonly string[] = textureFeatures.map((feature) => feature.name);

/** Number of features. */
export const TEXTURE_DIM = featureNames.length;

/** Measures one tile into out[at] ... out[at + TEXTURE_DIM - 1]. */
export type TextureMeter = (tile: Raster, out: Float32Array, at: number) => void;

/**
 * A meter for tiles of size x size pixels. It owns its memory: measuring allocates nothing, and the same tile always gives the
 * same numbers. @throws RangeError for a size below 64, or a tile of another size
 */
export function textureMeter(size: number): TextureMeter {
  const planes = allocatePlanes(size);
  const families = makeFamilies(size);
  return (tile, out, at) => {
    fillPlanes(tile, planes);
    let next = at;
    for (const family of families) {
      family.measure(planes, out, next);
      next += family.features.length;
    }
  };
}
