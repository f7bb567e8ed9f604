/**
 * Sharpness of a picture at about 1 um/px, whatever it shows: the energy of its Laplacian over that of the same picture made half
 * as large. Detail that falls away faster than tissue's own is blur. The idea of comparing scales is that of wavelet focus measures
 * (Yang and Nelson 2003); the Laplacian energy is Subbarao's. Dividing by the coarser scale takes the content out, which Brenner's
 * gradient and the plain variance of the Laplacian do not.
 */
import type { Raster } from "../slide/slide.ts";

/** Micrometres a pixel that sharpness is measured at. */
export const FOCUS_MPP = 1;
/** Mean squared Laplacian (grey levels) at 2 um/px below which there is nothing to be sharp. */
const MIN_CONTENT = 12;

/** What was seen in one square: x, y and side at level 0. */
export interface FocusSquare {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  /** Null where there is too little to be sharp. */
  readonly ratio: number | null;
  readonly state: "sharp" | "blurred" | "blank" | "unknown";
}

/** The ratio of energies: about 0.3 to 1 for sharp tissue, 0.1 where detail of 1 um is gone; null where nothing could be seen. */
export function focusRatio(raster: Raster): number | null {
  const fine = luma(raster);
  const coarse = halved(fine);
  const below = laplacianEnergy(coarse);
  if (below < MIN_CONTENT) return null;
  return laplacianEnergy(fine) / below;
}

interface GreyPlane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

function luma({ width, height, data }: Raster): GreyPlane {
  const out = new Float32Array(width * height);
  for (let i = 0, p = 0; i < out.length; i++, p += 3) {
    out[i] = 0.299 * (data[p] as number) + 0.587 * (data[p + 1] as number) + 0.114 * (data[p + 2] as number);
  }
  return { width, height, data: out };
}

function halved({ width, height, data }: GreyPlane): GreyPlane {
  const [w, h] = [width >> 1, height >> 1];
  const out = new Float32Array(w * h);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const p = 2 * y * width + 2 * x;
      const top = (data[p] as number) + (data[p + 1] as number);
      out[y * w + x] = (top + (data[p + width] as number) + (data[p + width + 1] as number)) / 4;
    }
  }
  return { width: w, height: h, data: out };
}

/** Mean square of the four-neighbour Laplacian inside the border; 0 for pictures too small to have one. */
function laplacianEnergy({ width, height, data }: GreyPlane): number {
  let sum = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1; i < (y + 1) * width - 1; i++) {
      const around =
        (data[i - 1] as number) + (data[i + 1] as number) + (data[i - width] as number) + (data[i + width] as number);
      sum += (4 * (data[i] as number) - around) ** 2;
    }
  }
  const n = (width - 2) * (height - 2);
  return n > 0 ? sum / n : 0;
}
