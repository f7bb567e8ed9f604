/**
 * Dilation, erosion and closing of a 0/1 mask by a square: runs are widened along the rows, and a window over the rows is doubled until
 * it is as high as wanted (four pixels at a time), so the cost hardly depends on the radius.
 * Beyond the border nothing is known, so it neither grows nor eats tissue: a mask of ones stays a mask of ones.
 */

export function dilate(mask: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  return radius < 1 ? mask.slice() : spread(mask, 1, { width, height, radius });
}

export function erode(mask: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  return radius < 1 ? mask.slice() : spread(mask, 0, { width, height, radius });
}

/** Dilation, then erosion: fills gaps narrower than 2 radius + 1 and leaves the rest alone. */
export function close(mask: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  return erode(dilate(mask, width, height, radius), width, height, radius);
}

interface Square {
  readonly width: number;
  readonly height: number;
  readonly radius: number;
}

/** The mask with `value` wherever it is within the square around a pixel. */
function spread(mask: Uint8Array, value: 0 | 1, square: Square): Uint8Array {
  const near = alongRows(mask, value, square);
  return alongColumns(near, value, square);
}

/** 1 where `value` is at most `radius` pixels to the left or right; rows of a multiple of four bytes, `radius` empty ones above and below. */
function alongRows(mask: Uint8Array, value: 0 | 1, { width, height, radius }: Square): Uint8Array {
  const stride = strideOf(width);
  const out = new Uint8Array(stride * (height + 2 * radius));
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const to = (y + radius) * stride;
    for (let x = 0; x < width; ) {
      if (mask[row + x] !== value) {
        x++;
        continue;
      }
      const start = x;
      while (x < width && mask[row + x] === value) x++;
      out.fill(1, to + Math.max(0, start - radius), to + Math.min(width, x + radius));
    }
  }
  return out;
}

/** `value` where a row of `near` at most `radius` above or below has a 1. */
function alongColumns(near: Uint8Array, value: 0 | 1, { width, height, radius }: Square): Uint8Array {
  const stride = strideOf(width);
  const words = new Uint32Array(near.buffer);
  const row = stride / 4;
  const wanted = 2 * radius + 1;
  let rows = 1;
  for (; 2 * rows <= wanted; rows *= 2) {
    const step = rows * row;
    for (let i = 0; i + step < words.length; i++) words[i] = (words[i] as number) | (words[i + step] as number);
  }
  const rest = (wanted - rows) * row;
  const flip = value === 1 ? 0 : 0x01010101;
  for (let i = 0; i < height * row; i++) words[i] = ((words[i] as number) | (words[i + rest] as number)) ^ flip;
  if (stride === width) return near.slice(0, width * height);
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) out.set(near.subarray(y * stride, y * stride + width), y * width);
  return out;
}

function strideOf(width: number): number {
  return (width + 3) & ~3;
}
