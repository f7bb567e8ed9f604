/** Pictures made smaller by the mean of squares: what costs least where a decoder has no way of its own. */
import type { DecodedImage, Reduction } from "./codec.ts";

/**
 * The mean of each square of `by` x `by` pixels, rounded; at the rim of those that are left. `around`: of the by + 1 x by + 1 pixels
 * around the first one of the square instead, which is where a wavelet has its pixels.
 */
export function averaged(image: DecodedImage, by: Reduction, around = false): DecodedImage {
  const { components } = image;
  const [width, height] = [Math.ceil(image.width / by), Math.ceil(image.height / by)];
  const data = new Uint8Array(width * height * components);
  const sums = new Uint32Array(width * components);
  const reach = around ? { before: by / 2, behind: by / 2 + 1 } : { before: 0, behind: by };
  for (let y = 0; y < height; y++) {
    const top = Math.max(0, y * by - reach.before);
    const bottom = Math.min(image.height, y * by + reach.behind);
    sums.fill(0);
    for (let row = top; row < bottom; row++) addRow(image, row, { by, ...reach }, sums);
    for (let x = 0; x < width; x++) {
      const n = (Math.min(image.width, x * by + reach.behind) - Math.max(0, x * by - reach.before)) * (bottom - top);
      for (let i = x * components; i < (x + 1) * components; i++) {
        data[y * sums.length + i] = ((sums[i] as number) + n / 2) / n;
      }
    }
  }
  return { width, height, components, data };
}

/** Adds the pixels of a row to the sums of their squares. */
function addRow(
  { width, components, data }: DecodedImage,
  row: number,
  { by, before, behind }: { readonly by: number; readonly before: number; readonly behind: number },
  sums: Uint32Array,
): void {
  const start = row * width * components;
  for (let c = 0; c < components; c++) {
    for (let i = c, x = 0; x < width; i += components, x += by) {
      const end = start + Math.min(width, x + behind) * components + c;
      let sum = 0;
      for (let p = start + Math.max(0, x - before) * components + c; p < end; p += components) sum += data[p] as number;
      sums[i] = (sums[i] as number) + sum;
    }
  }
}
