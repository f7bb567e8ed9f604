/** What an address asks to find more of: a slide, the tile at a place of it, or a region of it. Frame: level-0 pixels. */
import type { RouteCall, searchAlike } from "@nacre/api";

export type Like = NonNullable<RouteCall<typeof searchAlike>["body"]>["like"];

const KEY = /^[0-9a-f]{16}$/;

/** Null where the address names no slide. `ring`: corners as "x,y x,y x,y" or "x,y;x,y;x,y". */
export function likeOf(params: URLSearchParams): Like | null {
  const slide = params.get("slide") ?? "";
  if (!KEY.test(slide)) return null;
  const ring = ringOf(params.get("ring") ?? "");
  if (ring !== null) return { kind: "region", slide, ring };
  const [x, y] = [number(params.get("x")), number(params.get("y"))];
  return x === null || y === null ? { kind: "slide", slide } : { kind: "tile", slide, x, y };
}

function ringOf(text: string): [number, number][] | null {
  const numbers = (text.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number);
  const ring: [number, number][] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2) ring.push([numbers[i] as number, numbers[i + 1] as number]);
  return ring.length >= 3 ? ring : null;
}

function number(text: string | null): number | null {
  const value = Number(text);
  return text === null || text === "" || !Number.isFinite(value) ? null : value;
}

/** The rectangle around a query, to draw it; null: the whole slide. */
export function boundsOf(like: Like): { x: number; y: number; width: number; height: number } | null {
  if (like.kind === "slide") return null;
  const corners = like.kind === "tile" ? [[like.x, like.y] as const] : like.ring;
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  if (like.kind === "tile") return { x, y, width: TILE, height: TILE };
  return { x, y, width: Math.max(1, Math.max(...xs) - x), height: Math.max(1, Math.max(...ys) - y) };
}

/** Side of what is shown of a tile whose size the address does not say. */
const TILE = 448;

/** How often each outcome is among the neighbours, the most frequent first; unknown ones last. */
export function countOutcomes(
  rows: readonly { readonly outcome: string | null }[],
): { readonly outcome: string | null; readonly count: number }[] {
  const counts = new Map<string | null, number>();
  for (const { outcome } of rows) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts]
    .map(([outcome, count]) => ({ outcome, count }))
    .sort((a, b) => Number(a.outcome === null) - Number(b.outcome === null) || b.count - a.count);
}
