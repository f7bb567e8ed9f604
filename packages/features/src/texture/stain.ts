/**
 * From RGB to stain densities. Source: Ruifrok and Johnston 2001, Anal Quant Cytol Histol 23:291, colour deconvolution with the
 * hematoxylin and eosin vectors of their table; the third direction is normal to both (a two-stain tissue has no third dye).
 * Departures: density is -log10((v + 1) / 256), finite for v = 0; all planes but one are made at half the resolution, by
 * averaging densities (not intensities), which commutes with the unmixing because both are linear.
 */
import { HED_COLUMNS, type Raster } from "@nacre/imaging";
import type { PyramidPlane, TexturePlanes } from "./family.ts";

/** Columns of the unmixing matrix: density of a stain = dot(column, optical density of a pixel). */
const [HAEMATOXYLIN, EOSIN, RESIDUAL] = HED_COLUMNS;

const DENSITY = Float64Array.from({ length: 256 }, (_, v) => -Math.log10((v + 1) / 256));

/** Memory for the planes of tiles of one size. @throws RangeError below 64 pixels */
export function allocatePlanes(size: number): TexturePlanes {
  if (!Number.isInteger(size) || size < 64) {
    throw new RangeError(`expected a tile of at least 64 px a side for texture, received ${size}: use larger tiles`);
  }
  const half = size >> 1;
  const plane = () => new Float32Array(half * half);
  const h = plane();
  const pyramid: PyramidPlane[] = [{ side: half, data: h }];
  for (const shift of [2, 3]) pyramid.push({ side: size >> shift, data: new Float32Array((size >> shift) ** 2) });
  return { size, half, fine: new Float32Array(size * size), h, e: plane(), residual: plane(), grey: plane(), pyramid };
}

/** Fills the planes from a tile of the size they were made for. @throws RangeError for another size */
export function fillPlanes(tile: Raster, planes: TexturePlanes): void {
  if (tile.width !== planes.size || tile.height !== planes.size || tile.data.length !== planes.size ** 2 * 3) {
    throw new RangeError(
      `expected a tile of ${planes.size} x ${planes.size} RGB pixels, received ${tile.width} x ${tile.height} in ${tile.data.length} bytes`,
    );
  }
  fillFine(tile.data, planes.fine);
  fillHalf(tile.data, planes);
  for (let i = 1; i < planes.pyramid.length; i++) {
    halve(planes.pyramid[i - 1] as PyramidPlane, planes.pyramid[i] as PyramidPlane);
  }
}

function fillFine(rgb: Uint8Array, fine: Float32Array): void {
  const [a, b, c] = HAEMATOXYLIN;
  for (let i = 0, p = 0; i < fine.length; i++, p += 3) {
    fine[i] =
      a * (DENSITY[rgb[p] as number] as number) +
      b * (DENSITY[rgb[p + 1] as number] as number) +
      c * (DENSITY[rgb[p + 2] as number] as number);
  }
}

function fillHalf(rgb: Uint8Array, planes: TexturePlanes): void {
  const { size, half, h, e, residual, grey } = planes;
  const [h0, h1, h2] = HAEMATOXYLIN;
  const [e0, e1, e2] = EOSIN;
  const [r0, r1, r2] = RESIDUAL;
  const row = size * 3;
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      const p = y * 2 * row + x * 6;
      const q = p + row;
      const ra = rgb[p] as number;
      const ga = rgb[p + 1] as number;
      const ba = rgb[p + 2] as number;
      const rb = rgb[p + 3] as number;
      const gb = rgb[p + 4] as number;
      const bb = rgb[p + 5] as number;
      const rc = rgb[q] as number;
      const gc = rgb[q + 1] as number;
      const bc = rgb[q + 2] as number;
      const rd = rgb[q + 3] as number;
      const gd = rgb[q + 4] as number;
      const bd = rgb[q + 5] as number;
      const r =
        ((DENSITY[ra] as number) + (DENSITY[rb] as number) + (DENSITY[rc] as number) + (DENSITY[rd] as number)) / 4;
      const g =
        ((DENSITY[ga] as number) + (DENSITY[gb] as number) + (DENSITY[gc] as number) + (DENSITY[gd] as number)) / 4;
      const b =
        ((DENSITY[ba] as number) + (DENSITY[bb] as number) + (DENSITY[bc] as number) + (DENSITY[bd] as number)) / 4;
      const i = y * half + x;
      h[i] = h0 * r + h1 * g + h2 * b;
      e[i] = e0 * r + e1 * g + e2 * b;
      residual[i] = r0 * r + r1 * g + r2 * b;
      grey[i] = (0.299 * (ra + rb + rc + rd) + 0.587 * (ga + gb + gc + gd) + 0.114 * (ba + bb + bc + bd)) / 1020;
    }
  }
}

function halve(from: PyramidPlane, to: PyramidPlane): void {
  const { side, data } = to;
  const source = from.data;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const p = y * 2 * from.side + x * 2;
      const q = p + from.side;
      data[y * side + x] =
        ((source[p] as number) + (source[p + 1] as number) + (source[q] as number) + (source[q + 1] as number)) / 4;
    }
  }
}
