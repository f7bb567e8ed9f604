/** The three measurements tissue is found by: saturation, optical density and ink, one byte a pixel. */
import type { Raster } from "../slide/slide.ts";
import { towardsWhite } from "./illumination.ts";
import { isInk } from "./ink.ts";

export interface StainPlanes {
  /** HSV saturation, 0..255; 0 on ink, which is no evidence of tissue. */
  readonly saturation: Uint8Array;
  /** Mean optical density over the three channels against white (255), in hundredths, at most 2.55. */
  readonly density: Uint8Array;
  /** 1 where the colour is that of a pen. */
  readonly ink: Uint8Array;
}

const HUNDREDTHS_OF_OD = Float64Array.from({ length: 256 }, (_, v) => (-100 * Math.log10(Math.max(v, 1) / 255)) / 3);

export function stainPlanes(image: Raster): StainPlanes {
  const n = image.width * image.height;
  const saturation = new Uint8Array(n);
  const density = new Uint8Array(n);
  const ink = inkPlane(image);
  const rgb = image.data;
  for (let i = 0, p = 0; i < n; i++, p += 3) {
    const r = rgb[p] as number;
    const g = rgb[p + 1] as number;
    const b = rgb[p + 2] as number;
    const max = r > g ? (r > b ? r : b) : g > b ? g : b;
    const min = r < g ? (r < b ? r : b) : g < b ? g : b;
    saturation[i] = max === 0 || ink[i] === 1 ? 0 : ((max - min) * 255) / max;
    density[i] = Math.min(
      255,
      (HUNDREDTHS_OF_OD[r] as number) + (HUNDREDTHS_OF_OD[g] as number) + (HUNDREDTHS_OF_OD[b] as number),
    );
  }
  return { saturation, density, ink };
}

/** 1 where the colour is that of a pen, under white light. */
export function inkPlane(image: Raster): Uint8Array {
  const ink = new Uint8Array(image.width * image.height);
  const rgb = image.data;
  const [red, green, blue] = towardsWhite(image);
  for (let i = 0, p = 0; i < ink.length; i++, p += 3) {
    const r = red[rgb[p] as number] as number;
    const g = green[rgb[p + 1] as number] as number;
    const b = blue[rgb[p + 2] as number] as number;
    if (isInk(r, g, b)) ink[i] = 1;
  }
  return ink;
}
