/** How much of one dye is in each pixel, one byte a pixel: for thresholds and masks. */
import type { Raster } from "../slide/slide.ts";
import { densityTables, type Triple, WHITE } from "./optical-density.ts";

/** dot(density, column) in hundredths of optical density, 0..255. `column` is one of an unmixing matrix, such as HED_COLUMNS. */
export function dyePlane({ data }: Raster, column: Triple): Uint8Array {
  const tables = densityTables(WHITE).map((table, c) => table.map((v) => 100 * v * column[c as 0]));
  const [red, green, blue] = tables as [Float64Array, Float64Array, Float64Array];
  const out = new Uint8Array(data.length / 3);
  for (let i = 0, p = 0; i < out.length; i++, p += 3) {
    const v =
      (red[data[p] as number] as number) +
      (green[data[p + 1] as number] as number) +
      (blue[data[p + 2] as number] as number);
    out[i] = v <= 0 ? 0 : v >= 255 ? 255 : v + 0.5;
  }
  return out;
}
