/**
 * Dilation, erosion and closing of a 0/1 mask by a square, through running counts: the cost does not depend on the radius.
 * Beyond the border nothing is known, so it neither grows nor eats tissue: a mask of ones stays a mask of ones.
 */

export function dilate(mask: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  if (radius < 1) return mask.slice();
  return anyInColumns(anyInRows(mask, width, height, radius), width, height, radius);
}

export function erode(mask: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  return complement(dilate(complement(mask), width, height, radius));
}

/** Dilation, then erosion: fills gaps narrower than 2 radius + 1 and leaves the rest alone. */
export function close(mask: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  return erode(dilate(mask, width, height, radius), width, height, radius);
}

function complement(mask: Uint8Array): Uint8Array {
  const out = new Uint8Array(mask.length);
  for (let i = 0; i < mask.length; i++) out[i] = mask[i] === 0 ? 1 : 0;
  return out;
}

function anyInRows(mask: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  const out = new Uint8Array(mask.length);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let count = 0;
    for (let x = 0; x < Math.min(radius, width); x++) count += mask[row + x] as number;
    for (let x = 0; x < width; x++) {
      if (x + radius < width) count += mask[row + x + radius] as number;
      if (x - radius > 0) count -= mask[row + x - radius - 1] as number;
      out[row + x] = count > 0 ? 1 : 0;
    }
  }
  return out;
}

function anyInColumns(mask: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  const out = new Uint8Array(mask.length);
  const counts = new Int32Array(width);
  const add = (y: number, sign: 1 | -1): void => {
    const row = y * width;
    for (let x = 0; x < width; x++) counts[x] = (counts[x] as number) + sign * (mask[row + x] as number);
  };
  for (let y = 0; y < Math.min(radius, height); y++) add(y, 1);
  for (let y = 0; y < height; y++) {
    if (y + radius < height) add(y + radius, 1);
    if (y - radius > 0) add(y - radius - 1, -1);
    for (let x = 0; x < width; x++) out[y * width + x] = (counts[x] as number) > 0 ? 1 : 0;
  }
  return out;
}
