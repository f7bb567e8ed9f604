/**
 * Outlines of a mask as polygons with holes, in level-0 pixels. The outline runs along pixel edges with tissue on its
 * right, so filling the polygons gives back the mask exactly; only corners are kept. Pixels that touch at a corner only
 * belong to different pieces (4 neighbours, as everywhere in this room).
 */
import type { Point, Polygon, Ring } from "@nacre/core";
import { components } from "./components.ts";
import type { Tissue } from "./tissue.ts";

/** One polygon for each piece of tissue, from the top down. */
export function tissuePolygons(tissue: Pick<Tissue, "width" | "height" | "mask" | "downsample">): Polygon[] {
  const { width, height, mask, downsample } = tissue;
  const { labels, areas } = components(mask, width, 1);
  const outers: (Ring | undefined)[] = areas.map(() => undefined);
  const holes: Ring[][] = areas.map(() => []);
  const traced = new Uint8Array(mask.length);
  for (let p = 0; p < mask.length; p++) {
    if (mask[p] === 0 || traced[p] === 1 || (p >= width && mask[p - width] === 1)) continue;
    const corners = trace(mask, width, height, p, traced);
    const piece = (labels[p] as number) - 1;
    const ring = corners.map(({ x, y }) => ({ x: x * downsample, y: y * downsample }));
    if (signedArea(corners) > 0) outers[piece] = ring;
    else (holes[piece] as Ring[]).push(ring);
  }
  return outers.map((outer, i) => ({ outer: outer as Ring, holes: holes[i] as Ring[] }));
}

const STEP_X = [1, 0, -1, 0] as const;
const STEP_Y = [0, 1, 0, -1] as const;
/** From a corner, the pixel ahead on the right and ahead on the left of each heading (east, south, west, north). */
const RIGHT = [
  [0, 0],
  [-1, 0],
  [-1, -1],
  [0, -1],
] as const;
const LEFT = [
  [0, -1],
  [0, 0],
  [-1, 0],
  [-1, -1],
] as const;

/** Walks the outline that holds the top edge of pixel `start`, marking top edges as traced. */
function trace(mask: Uint8Array, width: number, height: number, start: number, traced: Uint8Array): Point[] {
  const isTissue = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x] === 1;
  const startX = start % width;
  const startY = Math.floor(start / width);
  const corners: Point[] = [];
  let x = startX;
  let y = startY;
  let heading = 0;
  do {
    if (heading === 0) traced[y * width + x] = 1;
    x += STEP_X[heading as 0];
    y += STEP_Y[heading as 0];
    const [rx, ry] = RIGHT[heading as 0];
    const [lx, ly] = LEFT[heading as 0];
    const turn = !isTissue(x + rx, y + ry) ? 1 : isTissue(x + lx, y + ly) ? 3 : 0;
    if (turn !== 0) corners.push({ x, y });
    heading = (heading + turn) % 4;
  } while (x !== startX || y !== startY || heading !== 0);
  return corners;
}

/** Positive for outlines that run clockwise on the screen (y down), which is how pieces run; holes are negative. */
export function signedArea(ring: Ring): number {
  let twice = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const a = ring[j] as Point;
    const b = ring[i] as Point;
    twice += a.x * b.y - b.x * a.y;
  }
  return twice / 2;
}
