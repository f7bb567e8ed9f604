/**
 * What a synthetic slide shows. Everything a person may vary is here; everything else follows from the seed.
 * Lengths are micrometres, so that the same spec at another mpp is the same tissue seen by another scanner.
 */
import { PLAUSIBLE_MPP } from "@nacre/core";

type Triple = readonly [number, number, number];

/** How a laboratory stains. Vectors are optical densities of red, green and blue at concentration 1. */
export interface SyntheticStain {
  readonly haematoxylin?: Triple;
  readonly eosin?: Triple;
  /** Multiplies the concentration of the dye; 1 is usual, 0.6 pale, 1.5 heavy. */
  readonly haematoxylinStrength?: number;
  readonly eosinStrength?: number;
}

/** How a scanner sees. */
export interface SyntheticScanner {
  /** Bare glass, 0..255. */
  readonly white?: Triple;
  /** Exponent on transmitted light; 1 is linear in the file's numbers, above 1 darker. */
  readonly gamma?: number;
  /** Weight of each of the four neighbours of a pixel, 0 (sharp) to 0.2 (the mean of five). Default 0.08. */
  readonly blur?: number;
  /** Standard deviation of sensor noise, grey levels. */
  readonly noise?: number;
  /** JPEG quality, 1..100. */
  readonly quality?: number;
}

/** Benign tissue as it varies between people. */
export interface SyntheticBenign {
  /** Multiplies the number of nuclei in stroma; 1 is usual. */
  readonly density?: number;
  /** Multiplies the diameter of nuclei; 1 is usual. */
  readonly size?: number;
  /** Share of places that hold a gland, 0..1. */
  readonly glands?: number;
  /** Number of lymphoid aggregates: dense and blue, but benign. */
  readonly aggregates?: number;
}

export type PenColour = "green" | "blue" | "red" | "black";

export interface SyntheticSlideSpec {
  readonly seed: number;
  /** Size at level 0, pixels; at least 256. */
  readonly width: number;
  readonly height: number;
  /** A blank slide is glass with dust. Default "tissue". */
  readonly kind?: "tissue" | "blank";
  /** Aperio SVS, or a plain pyramidal TIFF. Default "svs". */
  readonly format?: "svs" | "tiff";
  /** Micrometres per pixel; null writes no scale (and draws at 0.5). Default 0.5. */
  readonly mpp?: number | null;
  /** Wanted share of tissue, 0.05..0.55. Default: 0.36..0.44 by the seed. */
  readonly tissueShare?: number;
  /** Wanted number of pieces of tissue, 1..4. Default: 1..3 by the seed. */
  readonly pieces?: number;
  /** Share of the tissue that is tumour, 0..0.5. Default 0. */
  readonly tumourShare?: number;
  /** Default: varies by the seed. */
  readonly benign?: SyntheticBenign;
  readonly stain?: SyntheticStain;
  readonly scanner?: SyntheticScanner;
  /** One pen mark for each colour. */
  readonly pen?: readonly PenColour[];
  /** Specks and fibres of dust. Default 6. */
  readonly dust?: number;
  /** Further `key = value` pairs of an SVS description. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** @throws RangeError for a spec that cannot be drawn */
export function checkSpec(spec: SyntheticSlideSpec): void {
  inRange("width", spec.width, 256, 262_144);
  inRange("height", spec.height, 256, 262_144);
  inRange("tissueShare", spec.tissueShare ?? 0.4, 0.05, 0.55);
  inRange("tumourShare", spec.tumourShare ?? 0, 0, 0.5);
  inRange("pieces", spec.pieces ?? 1, 1, 4);
  inRange("mpp", spec.mpp ?? 0.5, PLAUSIBLE_MPP.min, PLAUSIBLE_MPP.max);
  inRange("scanner.blur", spec.scanner?.blur ?? 0, 0, 0.2);
  inRange("scanner.quality", spec.scanner?.quality ?? 80, 1, 100);
  if (!Number.isInteger(spec.width) || !Number.isInteger(spec.height)) {
    throw new RangeError(`expected whole pixels, received ${spec.width} x ${spec.height}`);
  }
}

function inRange(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) {
    throw new RangeError(`expected ${name} of a synthetic slide between ${low} and ${high}, received ${value}`);
  }
}
