/**
 * A shape told by its radius at equal angles around a point: every point of it is seen from there. Red cells are such shapes, also
 * where they lie over each other, so one pixel may belong to two. Places are in the picture's pixels, whose corners are whole numbers.
 */
import type { Point, Rect } from "@nacre/core";

/** Angles at which a shape is told, clockwise from the right. */
export const ANGLES = 32;
export const COS = Float64Array.from({ length: ANGLES }, (_, k) => Math.cos((2 * Math.PI * k) / ANGLES));
export const SIN = Float64Array.from({ length: ANGLES }, (_, k) => Math.sin((2 * Math.PI * k) / ANGLES));

export interface StarShape {
  readonly centre: Point;
  /** [ANGLES] pixels. */
  readonly radii: Float32Array;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const meanRadius = ({ radii }: StarShape): number => radii.reduce((a, b) => a + b, 0) / ANGLES;

/** Its corners, held within the picture. */
export function starRing({ centre, radii }: StarShape, { width, height }: Size): Point[] {
  return Array.from(radii, (r, k) => ({
    x: Math.min(width, Math.max(0, centre.x + r * (COS[k] as number))),
    y: Math.min(height, Math.max(0, centre.y + r * (SIN[k] as number))),
  }));
}

/** The least box around corners. */
export function boxAround(ring: readonly Point[]): Rect {
  const xs = ring.map((p) => p.x);
  const ys = ring.map((p) => p.y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** Its centre of mass. */
export function starMiddle({ centre, radii }: StarShape): Point {
  let [x, y, twiceArea] = [0, 0, 0];
  for (let k = 0; k < ANGLES; k++) {
    const next = (k + 1) % ANGLES;
    const [px, py] = [(radii[k] as number) * (COS[k] as number), (radii[k] as number) * (SIN[k] as number)];
    const [qx, qy] = [(radii[next] as number) * (COS[next] as number), (radii[next] as number) * (SIN[next] as number)];
    const cross = px * qy - qx * py;
    twiceArea += cross;
    x += cross * (px + qx);
    y += cross * (py + qy);
  }
  return { x: centre.x + x / (3 * twiceArea), y: centre.y + y / (3 * twiceArea) };
}

/** Indices of the pixels of the picture whose middle lies in it. */
export function starPixels({ centre, radii }: StarShape, { width, height }: Size): Int32Array {
  const most = Math.max(...radii);
  const out: number[] = [];
  const [cx, cy] = [centre.x - 0.5, centre.y - 0.5];
  for (let y = Math.max(0, Math.ceil(cy - most)); y <= Math.min(height - 1, cy + most); y++) {
    for (let x = Math.max(0, Math.ceil(cx - most)); x <= Math.min(width - 1, cx + most); x++) {
      const turn = (Math.atan2(y - cy, x - cx) / (2 * Math.PI) + 1) * ANGLES;
      const k = Math.floor(turn);
      const here = radii[k % ANGLES] as number;
      const radius = here + (turn - k) * ((radii[(k + 1) % ANGLES] as number) - here);
      if (Math.hypot(x - cx, y - cy) <= radius) out.push(y * width + x);
    }
  }
  return Int32Array.from(out);
}
