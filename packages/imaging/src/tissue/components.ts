/** Connected pieces of a mask (4 neighbours), by flooding with one shared queue. */

export interface Components {
  /** 0 where the mask has another value, else 1 + index of the piece, [height, width]. */
  readonly labels: Int32Array;
  /** Pixels of each piece. */
  readonly areas: readonly number[];
  /** Whether a piece touches the border of the image. */
  readonly atBorder: readonly boolean[];
}

/** Labels the pieces whose pixels equal `value`. */
export function components(mask: Uint8Array, width: number, value: 0 | 1): Components {
  const labels = new Int32Array(mask.length);
  const queue = new Int32Array(mask.length);
  const areas: number[] = [];
  const atBorder: boolean[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] !== value || labels[start] !== 0) continue;
    const label = areas.length + 1;
    let border = false;
    let head = 0;
    let tail = 0;
    const visit = (p: number): void => {
      if (mask[p] !== value || labels[p] !== 0) return;
      labels[p] = label;
      queue[tail++] = p;
    };
    visit(start);
    while (head < tail) {
      const p = queue[head++] as number;
      const x = p % width;
      if (x > 0) visit(p - 1);
      if (x < width - 1) visit(p + 1);
      if (p >= width) visit(p - width);
      if (p + width < mask.length) visit(p + width);
      border ||= x === 0 || x === width - 1 || p < width || p + width >= mask.length;
    }
    areas.push(tail);
    atBorder.push(border);
  }
  return { labels, areas, atBorder };
}

/** The mask without pieces of fewer than `minArea` pixels. */
export function dropSmallPieces(mask: Uint8Array, width: number, minArea: number): Uint8Array {
  const { labels, areas } = components(mask, width, 1);
  return mask.map((_, i) => ((areas[(labels[i] as number) - 1] ?? 0) >= minArea ? 1 : 0));
}

/** The mask with holes of fewer than `maxArea` pixels filled. What touches the border is no hole. */
export function fillSmallHoles(mask: Uint8Array, width: number, maxArea: number): Uint8Array {
  const { labels, areas, atBorder } = components(mask, width, 0);
  return mask.map((v, i) => {
    const label = labels[i] as number;
    return v === 1 || (!atBorder[label - 1] && (areas[label - 1] as number) < maxArea) ? 1 : 0;
  });
}
