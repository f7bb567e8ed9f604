/**
 * How far each pixel of a mask lies from the nearest pixel outside it, exactly (Felzenszwalb and Huttenlocher 2012, Theory of
 * Computing 8:415): squared distances first down the columns, then along the rows as the lower envelope of parabolas.
 */

const FAR = 1e12;

/** [height, width] mask of 0 and 1 → distances in pixels; 0 outside. Beyond the border nothing is known: it is not outside. */
export function distanceInside(mask: Uint8Array, width: number, height: number): Float32Array {
  const squared = new Float64Array(mask.length);
  for (let i = 0; i < mask.length; i++) squared[i] = mask[i] === 0 ? 0 : FAR;
  const longest = Math.max(width, height);
  const room = {
    line: new Float64Array(longest),
    out: new Float64Array(longest),
    at: new Int32Array(longest),
    from: new Float64Array(longest + 1),
  };
  for (let x = 0; x < width; x++) transformLine(squared, x, width, height, room);
  for (let y = 0; y < height; y++) transformLine(squared, y * width, 1, width, room);
  // A mask of ones has no outside: each pixel is as far from it as the picture is long.
  const out = new Float32Array(squared.length);
  for (let i = 0; i < out.length; i++) {
    const d = squared[i] as number;
    out[i] = d >= FAR ? width + height : Math.sqrt(d);
  }
  return out;
}

interface Room {
  readonly line: Float64Array;
  readonly out: Float64Array;
  /** Places of the parabolas of the envelope, and where each begins to be the lowest. */
  readonly at: Int32Array;
  readonly from: Float64Array;
}

function transformLine(plane: Float64Array, start: number, step: number, n: number, room: Room): void {
  const { line, out, at, from } = room;
  for (let i = 0; i < n; i++) line[i] = plane[start + i * step] as number;
  let last = 0;
  at[0] = 0;
  from[0] = Number.NEGATIVE_INFINITY;
  for (let q = 1; q < n; q++) {
    let meets = crossing(line, q, at[last] as number);
    while (meets <= (from[last] as number)) meets = crossing(line, q, at[--last] as number);
    at[++last] = q;
    from[last] = meets;
  }
  for (let q = 0, k = 0; q < n; q++) {
    while (k < last && (from[k + 1] as number) < q) k++;
    const p = at[k] as number;
    out[q] = (q - p) ** 2 + (line[p] as number);
  }
  for (let i = 0; i < n; i++) plane[start + i * step] = out[i] as number;
}

const crossing = (line: Float64Array, q: number, p: number): number =>
  ((line[q] as number) + q * q - (line[p] as number) - p * p) / (2 * (q - p));
