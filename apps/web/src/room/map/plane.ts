/** The plane that points lie in, and how much of it is seen. Frame: data's own, y up; the screen's in CSS pixels, y down. */
export interface View {
  /** What lies in the middle of the screen. */
  readonly x: number;
  readonly y: number;
  /** CSS pixels of a unit. */
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export type Corner = readonly [x: number, y: number];

const RIM = 0.94;

/** A view that holds all points. */
export function fitView(xs: ArrayLike<number>, ys: ArrayLike<number>, size: Size): View {
  const [left, right] = rangeOf(xs);
  const [bottom, top] = rangeOf(ys);
  const scale = RIM * Math.min(size.width / (right - left || 1), size.height / (top - bottom || 1));
  return { x: (left + right) / 2, y: (bottom + top) / 2, scale };
}

function rangeOf(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i] as number);
    high = Math.max(high, values[i] as number);
  }
  return low <= high ? [low, high] : [0, 1];
}

export const toPlane = (view: View, size: Size, [px, py]: Corner): Corner => [
  view.x + (px - size.width / 2) / view.scale,
  view.y - (py - size.height / 2) / view.scale,
];

/** Zooms so that what lies under a place of the screen stays there. */
export function zoomAt(view: View, size: Size, at: Corner, by: number): View {
  const [x, y] = toPlane(view, size, at);
  return { x: x + (view.x - x) / by, y: y + (view.y - y) / by, scale: view.scale * by };
}

/** Points inside a ring (even-odd rule), as indices in order. */
export function pointsInside(ring: readonly Corner[], xs: ArrayLike<number>, ys: ArrayLike<number>): number[] {
  const inside: number[] = [];
  if (ring.length < 3) return inside;
  const [left, right] = rangeOf(ring.map(([x]) => x));
  const [bottom, top] = rangeOf(ring.map(([, y]) => y));
  for (let i = 0; i < xs.length; i++) {
    const [x, y] = [xs[i] as number, ys[i] as number];
    if (x >= left && x <= right && y >= bottom && y <= top && isInside(ring, x, y)) inside.push(i);
  }
  return inside;
}

function isInside(ring: readonly Corner[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i] as Corner;
    const [xj, yj] = ring[j] as Corner;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}
