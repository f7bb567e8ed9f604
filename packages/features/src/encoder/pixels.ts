/** RGB bytes to the input of an ONNX encoder: float32 [n, 3, size, size], each value (pixel / 255 - mean) / std. */

export interface Normalisation {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/**
 * Writes one tile into `out` from `at`: planes R, G, B of pixels.length / 3 values each. A table of the 256 values a channel can
 * take gives every pixel exactly the same float, whatever order it is computed in.
 */
export function writePlanes(pixels: Uint8Array, tables: readonly Float32Array[], out: Float32Array, at: number): void {
  const n = pixels.length / 3;
  const [red, green, blue] = tables as [Float32Array, Float32Array, Float32Array];
  // one view a plane: half the time of one array with three places
  const r = out.subarray(at, at + n);
  const g = out.subarray(at + n, at + 2 * n);
  const b = out.subarray(at + 2 * n, at + 3 * n);
  for (let i = 0, p = 0; i < n; i++, p += 3) {
    r[i] = red[pixels[p] as number] as number;
    g[i] = green[pixels[p + 1] as number] as number;
    b[i] = blue[pixels[p + 2] as number] as number;
  }
}

/** What each pixel value becomes, one table a channel. */
export function normalisationTables({ mean, std }: Normalisation): Float32Array[] {
  return [0, 1, 2].map((c) =>
    Float32Array.from({ length: 256 }, (_, v) => (v / 255 - (mean[c] as number)) / (std[c] as number)),
  );
}
