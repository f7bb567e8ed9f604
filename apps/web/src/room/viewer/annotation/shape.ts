/** Geometry of annotations: corners, hits, lengths and areas. Frame: level-0 pixels, y down; rings are closed, as GeoJSON has them. */
import type { Geometry } from "@nacre/api";
import { isInsideRing, type Point } from "@nacre/core";

export type Position = [number, number];
export type Corners = readonly Position[];

/** Lines of corners that a geometry is made of: rings, a line, or points one by one. */
export function linesOf(geometry: Geometry): readonly Corners[] {
  switch (geometry.type) {
    case "Point":
      return [[geometry.coordinates]];
    case "MultiPoint":
      return geometry.coordinates.map((at) => [at]);
    case "LineString":
      return [geometry.coordinates];
    case "Polygon":
      return geometry.coordinates;
    case "MultiPolygon":
      return geometry.coordinates.flat();
  }
}

export const isArea = ({ type }: Geometry): boolean => type === "Polygon" || type === "MultiPolygon";

export function isClosed(ring: Corners): boolean {
  const [first, last] = [ring[0], ring.at(-1)];
  return ring.length > 1 && first?.[0] === last?.[0] && first?.[1] === last?.[1];
}

/** The ring with its first corner at the end again. */
export function close(ring: Corners): Position[] {
  const first = ring[0];
  return first === undefined || isClosed(ring) ? [...ring] : [...ring, first];
}

/** A polygon of these corners. */
export const polygonOf = (corners: Corners): Geometry => ({ type: "Polygon", coordinates: [close(corners)] });

/** Names one corner: the line among `linesOf`, and its place in it. */
export interface CornerAt {
  readonly line: number;
  readonly corner: number;
}

/** All corners, in order; that which closes a ring is left out. */
export function cornersOf(geometry: Geometry): CornerAt[] {
  return linesOf(geometry).flatMap((corners, line) =>
    corners.slice(0, isClosed(corners) ? -1 : undefined).map((_, corner) => ({ line, corner })),
  );
}

/** Where a corner lies. @throws RangeError for one that is not there */
export function positionOf(geometry: Geometry, { line, corner }: CornerAt): Position {
  const at = linesOf(geometry)[line]?.[corner];
  if (at === undefined)
    throw new RangeError(`expected a corner of the shape, received ${line}, ${corner}; take one of cornersOf`);
  return at;
}

/** The geometry with a corner elsewhere; the corner that closes a ring goes with the one it stands on. */
export function moveCorner(geometry: Geometry, at: CornerAt, to: Position): Geometry {
  let line = -1;
  const moved = (corners: Corners): Position[] => {
    line++;
    if (line !== at.line) return [...corners];
    const last = corners.length - 1;
    const isEnd = isClosed(corners) && (at.corner === 0 || at.corner === last);
    return corners.map((corner, i) => (i === at.corner || (isEnd && (i === 0 || i === last)) ? to : corner));
  };
  switch (geometry.type) {
    case "Point":
      return { type: "Point", coordinates: to };
    case "MultiPoint":
      return { ...geometry, coordinates: geometry.coordinates.map((c, i) => (i === at.line ? to : c)) };
    case "LineString":
      return { ...geometry, coordinates: moved(geometry.coordinates) };
    case "Polygon":
      return { ...geometry, coordinates: geometry.coordinates.map(moved) };
    case "MultiPolygon":
      return { ...geometry, coordinates: geometry.coordinates.map((polygon) => polygon.map(moved)) };
  }
}

/** Length of a line, pixels. */
export function lengthOf(corners: Corners): number {
  return corners.reduce((sum, [x, y], i) => {
    const before = corners[i - 1];
    return before === undefined ? sum : sum + Math.hypot(x - before[0], y - before[1]);
  }, 0);
}

function ringArea(ring: Corners): number {
  const twice = ring.reduce((sum, [x, y], i) => {
    const [nx, ny] = ring[(i + 1) % ring.length] as Position;
    return sum + x * ny - nx * y;
  }, 0);
  return Math.abs(twice) / 2;
}

/** Area of a polygon without its holes, square pixels; 0 for points and lines. */
export function areaOf(geometry: Geometry): number {
  const polygon = ([outer = [], ...holes]: readonly Corners[]): number =>
    ringArea(outer) - holes.reduce((sum, hole) => sum + ringArea(hole), 0);
  if (geometry.type === "Polygon") return polygon(geometry.coordinates);
  if (geometry.type === "MultiPolygon") return geometry.coordinates.reduce((sum, rings) => sum + polygon(rings), 0);
  return 0;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export function boxOf(geometry: Geometry): Box {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const line of linesOf(geometry))
    for (const [x, y] of line) {
      box.left = Math.min(box.left, x);
      box.top = Math.min(box.top, y);
      box.right = Math.max(box.right, x);
      box.bottom = Math.max(box.bottom, y);
    }
  return box;
}

function distanceTo(line: Corners, { x, y }: Point): number {
  let least = Infinity;
  line.forEach(([bx, by], i) => {
    const [ax, ay] = line[Math.max(0, i - 1)] as Position;
    const [dx, dy] = [bx - ax, by - ay];
    const long = dx * dx + dy * dy;
    const t = long === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / long));
    least = Math.min(least, Math.hypot(x - ax - t * dx, y - ay - t * dy));
  });
  return least;
}

/** Whether a point lies on a shape's lines or inside its area. `tolerance` in level-0 pixels. */
export function isHit(geometry: Geometry, at: Point, tolerance: number): boolean {
  const { left, top, right, bottom } = boxOf(geometry);
  if (at.x < left - tolerance || at.x > right + tolerance || at.y < top - tolerance || at.y > bottom + tolerance)
    return false;
  const lines = linesOf(geometry);
  if (lines.some((line) => distanceTo(line, at) <= tolerance)) return true;
  if (!isArea(geometry)) return false;
  const around = lines.filter((ring) =>
    isInsideRing(
      ring.map(([x, y]) => ({ x, y })),
      at.x,
      at.y,
    ),
  );
  return around.length % 2 === 1;
}

/** The corner within reach of a point, nearest first. */
export function cornerAt(geometry: Geometry, at: Point, tolerance: number): CornerAt | null {
  let [found, least]: [CornerAt | null, number] = [null, tolerance];
  linesOf(geometry).forEach((line, i) => {
    line.forEach(([x, y], corner) => {
      const away = Math.hypot(x - at.x, y - at.y);
      if (away <= least) [found, least] = [{ line: i, corner }, away];
    });
  });
  return found;
}

/** Fewer corners within `tolerance` pixels of the line (Douglas and Peucker, 1973). Ends stay. */
export function simplify(line: Corners, tolerance: number): Position[] {
  const stays = new Set([0, line.length - 1]);
  const open: [number, number][] = [[0, line.length - 1]];
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [from, to] = span;
    let [far, most] = [-1, tolerance];
    for (let i = from + 1; i < to; i++) {
      const [x, y] = line[i] as Position;
      const away = distanceTo([line[from] as Position, line[to] as Position], { x, y });
      if (away > most) [far, most] = [i, away];
    }
    if (far < 0) continue;
    stays.add(far);
    open.push([from, far], [far, to]);
  }
  return line.filter((_, i) => stays.has(i));
}

/** The outer ring with at most `most` corners, whole pixels: for addresses. Null where there is no area. */
export function ringFor(geometry: Geometry, most: number): Position[] | null {
  const outer = geometry.type === "Polygon" ? geometry.coordinates[0] : largest(geometry);
  if (outer === undefined || outer.length < 4) return null;
  let ring: Position[] = [...outer];
  // A closed line has no ends to keep: it is cut where it is furthest from its first corner.
  const half = Math.floor(ring.length / 2);
  for (let tolerance = 1; ring.length > most; tolerance *= 2)
    ring = [...simplify(outer.slice(0, half + 1), tolerance), ...simplify(outer.slice(half), tolerance).slice(1)];
  return ring.slice(0, isClosed(ring) ? -1 : undefined).map(([x, y]) => [Math.round(x), Math.round(y)]);
}

function largest(geometry: Geometry): Corners | undefined {
  if (geometry.type !== "MultiPolygon") return undefined;
  return geometry.coordinates.flatMap(([outer]) => (outer ? [outer] : [])).sort((a, b) => ringArea(b) - ringArea(a))[0];
}

/** Corners as the service reads them in an address. */
export const writeRing = (ring: Corners): string => ring.map(([x, y]) => `${x},${y}`).join(";");
