/** Separable mean filter of a byte plane with running sums: the cost does not depend on the radius. Edges repeat. */

/** Mean over a (2 radius + 1) square around each pixel, [height, width] → [height, width]. */
export function boxBlur(plane: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  if (radius < 1) return plane.slice();
  return blurColumns(blurRows(plane, width, height, radius), width, height, radius);
}

function blurRows(plane: Uint8Array, width: number, height: number, radius: number): Uint16Array {
  const out = new Uint16Array(plane.length);
  const scale = 256 / (2 * radius + 1);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let sum = 0;
    for (let k = -radius; k <= radius; k++) sum += plane[row + Math.min(width - 1, Math.max(0, k))] as number;
    const last = plane[row + width - 1] as number;
    const first = plane[row] as number;
    for (let x = 0; x < width; x++) {
      out[row + x] = sum * scale;
      const enters = x + radius + 1 < width ? (plane[row + x + radius + 1] as number) : last;
      sum += enters - (x > radius ? (plane[row + x - radius] as number) : first);
    }
  }
  return out;
}

function blurColumns(plane: Uint16Array, width: number, height: number, radius: number): Uint8Array {
  const out = new Uint8Array(plane.length);
  const scale = 1 / (256 * (2 * radius + 1));
  const sums = new Uint32Array(width);
  for (let k = -radius; k <= radius; k++) {
    const row = Math.min(height - 1, Math.max(0, k)) * width;
    for (let x = 0; x < width; x++) sums[x] = (sums[x] as number) + (plane[row + x] as number);
  }
  for (let y = 0; y < height; y++) {
    const enters = Math.min(height - 1, y + radius + 1) * width;
    const leaves = Math.max(0, y - radius) * width;
    for (let x = 0; x < width; x++) {
      const sum = sums[x] as number;
      out[y * width + x] = sum * scale + 0.5;
      sums[x] = sum + (plane[enters + x] as number) - (plane[leaves + x] as number);
    }
  }
  return out;
}
