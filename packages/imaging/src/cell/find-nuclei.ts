/**
 * Nuclei of an H&E picture: haematoxylin by colour deconvolution (Ruifrok and Johnston 2001), a threshold that is Otsu's of the
 * picture and beats the neighbourhood, holes filled, touching nuclei parted at their necks. Classical, and known to be so: it
 * counts and crops, it does not tell kinds. Lengths are micrometres; about 0.5 um/px is best, above 1 it refuses.
 */
import type { Raster } from "../slide/slide.ts";
import { dyePlane } from "../stain/dye-plane.ts";
import { HED_COLUMNS } from "../stain/hed.ts";
import type { Triple } from "../stain/optical-density.ts";
import type { DyeProfile } from "../stain/stain-profile.ts";
import { cross, inverseColumns, unit } from "../stain/three-by-three.ts";
import { boxBlur } from "../tissue/box-blur.ts";
import { dropSmallPieces, fillSmallHoles } from "../tissue/components.ts";
import { dilate, erode } from "../tissue/morphology.ts";
import { otsu } from "../tissue/otsu.ts";
import { type Cell, cellsOfParts } from "./cell.ts";
import { splitTouching } from "./split-touching.ts";

export interface NucleusOptions {
  /** Directions of the two dyes of this slide. Default: those of Ruifrok and Johnston. */
  readonly stain?: Pick<DyeProfile, "haematoxylin" | "eosin">;
  /** Least haematoxylin of a nucleus, optical density. Default: found on the picture. */
  readonly threshold?: number;
  /** Areas of nuclei from and to, square micrometres. Default 10 to 400. */
  readonly area?: readonly [number, number];
}

/** Micrometres: what is smoothed away, and how far a neighbourhood reaches. */
const SMOOTH = 0.5;
const NEIGHBOURHOOD = 16;
/** Hundredths of optical density: below the first nothing is a nucleus; between the halves of Otsu's cut lies the second. */
const FLOOR = 15;
const MIN_STEP = 10;
/** Hundredths by which a nucleus beats the mean around it. */
const ABOVE = 4;
/** The coarsest scale at which a nucleus is still some pixels wide. */
export const COARSEST_MPP = 1;

/** Nuclei of a picture at `mpp` micrometres a pixel, in its pixels, from the top down. @throws RangeError for a scale above 1 um/px */
export function findNuclei(raster: Raster, mpp: number, options: NucleusOptions = {}): Cell[] {
  if (!(mpp > 0 && mpp <= COARSEST_MPP)) {
    throw new RangeError(
      `expected a scale up to ${COARSEST_MPP} um/px to see nuclei, received ${mpp}; read a finer level`,
    );
  }
  const { width, height } = raster;
  const [least, most] = options.area ?? [10, 400];
  const plane = boxBlur(haematoxylin(raster, options.stain), width, height, Math.max(1, Math.round(SMOOTH / mpp)));
  const cut = options.threshold === undefined ? nuclearThreshold(plane) : options.threshold * 100;
  if (cut === null) return [];
  const around = boxBlur(plane, width, height, Math.round(NEIGHBOURHOOD / mpp));
  const mask = new Uint8Array(plane.length);
  for (let i = 0; i < mask.length; i++) {
    const v = plane[i] as number;
    mask[i] = v > cut && v > (around[i] as number) + ABOVE ? 1 : 0;
  }
  const smallest = (0.6 * least) / mpp ** 2;
  const filled = fillSmallHoles(dropSmallPieces(mask, width, smallest), width, smallest * 2);
  const radius = Math.max(1, Math.round(0.5 / mpp));
  const opened = dilate(erode(filled, width, height, radius), width, height, radius);
  const parts = splitTouching(opened, width, height, { minDepth: 0.35 / mpp, minShare: 0.14 });
  return cellsOfParts(parts, { width, height, mpp }, "nucleus", [least, most]);
}

/** Amount of haematoxylin, hundredths of optical density, 0..255. */
export function haematoxylin(raster: Raster, stain?: NucleusOptions["stain"]): Uint8Array {
  return dyePlane(raster, stain === undefined ? HED_COLUMNS[0] : haematoxylinColumn(stain));
}

function haematoxylinColumn({ haematoxylin: h, eosin: e }: NonNullable<NucleusOptions["stain"]>): Triple {
  const rows = [unit(h), unit(e), unit(cross(unit(h), unit(e)))] as const;
  return inverseColumns(rows)[0];
}

/** Hundredths above which haematoxylin is a nucleus's; null where a picture has no two kinds of pixel. */
export function nuclearThreshold(plane: Uint8Array): number | null {
  const histogram = new Uint32Array(256);
  for (const v of plane) histogram[v] = (histogram[v] as number) + 1;
  const cut = otsu(histogram);
  if (cut === null || cut.upperMean - cut.lowerMean < MIN_STEP) return null;
  return Math.max(FLOOR, cut.threshold);
}
