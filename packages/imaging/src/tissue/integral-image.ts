/**
 * Summed-area table (Crow 1984) of a mask: the tissue under any rectangle in constant time.
 * Corners between pixels are interpolated, which is exact when each pixel is taken as a square of even density.
 */

export interface IntegralImage {
  readonly width: number;
  readonly height: number;
  /** [height + 1, width + 1]: sum over all pixels above and to the left. */
  readonly sums: Float64Array;
}

export function integralImage(mask: Uint8Array, width: number, height: number): IntegralImage {
  const stride = width + 1;
  const sums = new Float64Array(stride * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += mask[y * width + x] as number;
      sums[(y + 1) * stride + x + 1] = (sums[y * stride + x + 1] as number) + row;
    }
  }
  return { width, height, sums };
}

/** Sum under the rectangle [x0, x1) × [y0, y1) in pixels of the mask; fractions count in part, outside counts nothing. */
export function sumUnder(image: IntegralImage, x0: number, y0: number, x1: number, y1: number): number {
  return corner(image, x1, y1) - corner(image, x0, y1) - corner(image, x1, y0) + corner(image, x0, y0);
}

function corner(image: IntegralImage, x: number, y: number): number {
  const cx = Math.min(image.width, Math.max(0, x));
  const cy = Math.min(image.height, Math.max(0, y));
  const ix = Math.min(image.width - 1, Math.floor(cx));
  const iy = Math.min(image.height - 1, Math.floor(cy));
  const fx = cx - ix;
  const fy = cy - iy;
  const stride = image.width + 1;
  const at = iy * stride + ix;
  const top = (1 - fx) * (image.sums[at] as number) + fx * (image.sums[at + 1] as number);
  const bottom = (1 - fx) * (image.sums[at + stride] as number) + fx * (image.sums[at + stride + 1] as number);
  return (1 - fy) * top + fy * bottom;
}
