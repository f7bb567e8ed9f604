/**
 * What a family of texture features is: names, and a measure of one tile. The planes are made once a tile and shared by all
 * families; each family keeps its own scratch memory, allocated when it is made, so that measuring a tile allocates nothing.
 */

/** The planes of one tile. Densities are optical densities (log10); `grey` is intensity, 0 black to 1 white. */
export interface TexturePlanes {
  /** Side of the tile in pixels. */
  readonly size: number;
  /** Side of the half-resolution planes: floor(size / 2). */
  readonly half: number;
  /** Hematoxylin density at full resolution, [size, size]. */
  readonly fine: Float32Array;
  /** Hematoxylin density, mean of 2 x 2 pixels, [half, half]. */
  readonly h: Float32Array;
  /** Eosin density, [half, half]. */
  readonly e: Float32Array;
  /** What neither stain explains, [half, half]. */
  readonly residual: Float32Array;
  /** Luma, [half, half]. */
  readonly grey: Float32Array;
  /** Hematoxylin at 1/2, 1/4 and 1/8 of the resolution; the first is `h`. */
  readonly pyramid: readonly PyramidPlane[];
}

export interface PyramidPlane {
  readonly side: number;
  readonly data: Float32Array;
}

export interface TextureFamily {
  readonly features: readonly TextureFeature[];
  /** Writes one value a feature to out[at], out[at + 1], ... in the order of `features`. */
  measure(planes: TexturePlanes, out: Float32Array, at: number): void;
}

export interface TextureFeature {
  readonly name: string;
  /** Whether the value stays the same when every stain density is multiplied by one number (up to rounding and floors). */
  readonly stainFree: boolean;
}

/** The features of a family: names joined to the family's name by a dot. */
export function featuresOf(family: string, names: readonly string[], stainFree: boolean): TextureFeature[] {
  return names.map((name) => ({ name: `${family}.${name}`, stainFree }));
}
