/**
 * Connected pieces of a mask (4 neighbours). Rows are cut into runs, runs that touch the row above are joined
 * (union-find); tissue has few runs, so this is several times faster than flooding pixels.
 */

export interface Components {
  /** 0 where the mask has another value, else 1 + index of the piece, [height, width]. Pieces count from the top. */
  readonly labels: Int32Array;
  /** Pixels of each piece. */
  readonly areas: readonly number[];
  /** Whether a piece touches the border of the image. */
  readonly atBorder: readonly boolean[];
}

interface Runs {
  /** First pixel and one past the last, by index into the mask. */
  readonly starts: number[];
  readonly ends: number[];
  /** Piece of each run. */
  readonly piece: number[];
  readonly areas: number[];
  readonly atBorder: boolean[];
}

/** Labels the pieces whose pixels equal `value`. */
export function components(mask: Uint8Array, width: number, value: 0 | 1): Components {
  const { starts, ends, piece, areas, atBorder } = findRuns(mask, width, value);
  const labels = new Int32Array(mask.length);
  for (let r = 0; r < starts.length; r++) labels.fill((piece[r] as number) + 1, starts[r], ends[r]);
  return { labels, areas, atBorder };
}

/** The mask without pieces of fewer than `minArea` pixels. */
export function dropSmallPieces(mask: Uint8Array, width: number, minArea: number): Uint8Array {
  const { starts, ends, piece, areas } = findRuns(mask, width, 1);
  const out = mask.slice();
  for (let r = 0; r < starts.length; r++) {
    if ((areas[piece[r] as number] as number) < minArea) out.fill(0, starts[r], ends[r]);
  }
  return out;
}

/** The mask with holes of fewer than `maxArea` pixels filled. What touches the border is no hole. */
export function fillSmallHoles(mask: Uint8Array, width: number, maxArea: number): Uint8Array {
  const { starts, ends, piece, areas, atBorder } = findRuns(mask, width, 0);
  const out = mask.slice();
  for (let r = 0; r < starts.length; r++) {
    const p = piece[r] as number;
    if (!atBorder[p] && (areas[p] as number) < maxArea) out.fill(1, starts[r], ends[r]);
  }
  return out;
}

function findRuns(mask: Uint8Array, width: number, value: 0 | 1): Runs {
  const starts: number[] = [];
  const ends: number[] = [];
  const parent: number[] = [];
  const root = (r: number): number => {
    let at = r;
    while (parent[at] !== at) {
      const up = parent[parent[at] as number] as number;
      parent[at] = up;
      at = up;
    }
    return at;
  };
  let above = 0;
  for (let row = 0; row < mask.length; row += width) {
    const first = starts.length;
    for (let i = row; i < row + width; ) {
      if (mask[i] !== value) {
        i++;
        continue;
      }
      const start = i;
      while (i < row + width && mask[i] === value) i++;
      const run = starts.length;
      starts.push(start);
      ends.push(i);
      parent.push(run);
      while (above < first && (ends[above] as number) + width <= start) above++;
      for (let r = above; r < first && (starts[r] as number) + width < i; r++) {
        const [a, b] = [root(r), root(run)];
        parent[Math.max(a, b)] = Math.min(a, b);
      }
    }
    above = first;
  }
  return gather(
    starts,
    ends,
    parent.map((_, r) => root(r)),
    width,
    mask.length,
  );
}

/** Numbers the pieces in the order of their first runs, and measures them. */
function gather(starts: number[], ends: number[], roots: number[], width: number, length: number): Runs {
  const piece: number[] = [];
  const areas: number[] = [];
  const atBorder: boolean[] = [];
  for (let r = 0; r < starts.length; r++) {
    const start = starts[r] as number;
    const end = ends[r] as number;
    const own = roots[r] as number;
    const p = own === r ? areas.length : (piece[own] as number);
    piece.push(p);
    areas[p] = (areas[p] ?? 0) + end - start;
    const touches = start % width === 0 || end % width === 0 || start < width || end > length - width;
    atBorder[p] = (atBorder[p] ?? false) || touches;
  }
  return { starts, ends, piece, areas, atBorder };
}
