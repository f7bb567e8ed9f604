/** The view that an address names: `x`, `y` and `w` (and `h`, if not square), level-0 pixels, and `turn`, degrees. */
import type { Rect } from "@nacre/core";

/** Null where none is named, or what is named is no place. */
export function placeIn(params: URLSearchParams): Rect | null {
  const read = (name: string): number => (params.get(name) ? Number(params.get(name)) : Number.NaN);
  const [x, y, width] = [read("x"), read("y"), read("w")];
  const height = params.get("h") ? read("h") : width;
  const isPlace = [x, y, width, height].every(Number.isFinite) && width > 0 && height > 0;
  return isPlace ? { x, y, width, height } : null;
}

/** Degrees that the slide is turned by; 0 where none are named. */
export function turnIn(params: URLSearchParams): number {
  const turn = Number(params.get("turn"));
  return Number.isFinite(turn) ? turn % 360 : 0;
}
