/** Which tiles of a slide a query means: one at a place, or those inside a drawn ring. */
import { fail, isInsideRing, type Outcome, ok, type Ring } from "@nacre/core";
import type { VectorPart } from "./vector-file.ts";

export type Like =
  | { readonly kind: "slide"; readonly slide: number }
  /** The tile that holds a place, level-0 pixels. */
  | { readonly kind: "tile"; readonly slide: number; readonly x: number; readonly y: number }
  /** The mean of the tiles whose middle lies inside. */
  | { readonly kind: "region"; readonly slide: number; readonly ring: Ring };

type Asked<K extends Like["kind"]> = Extract<Like, { kind: K }>;

/** The tiles of a slide, as rows of an index, and where each lies. */
export interface SlideTiles {
  readonly rows: readonly number[];
  placeOf(row: number): { readonly x: number; readonly y: number };
}

/** The tile at a place, or the one beside it. Failures: no-places, out-of-bounds where the nearest is more than a tile away */
export function tileAt({ x, y }: Asked<"tile">, part: VectorPart, { rows, placeOf }: SlideTiles): Outcome<number[]> {
  const side = sideOf(part);
  if (!side.ok) return side;
  const offs = rows.map((row) => ({ row, off: offOf(placeOf(row), side.value, x, y) }));
  const best = offs.reduce((a, b) => (b.off < a.off ? b : a));
  // Tiles without tissue are not there: the next one beside stands in for them.
  if (best.off <= 1) return ok([best.row]);
  return fail("out-of-bounds", {
    expected: `a place on a tile of the slide, ${side.value} px wide`,
    received: `${x},${y}, which lies further than a tile from all of them`,
    remedy: "choose a place on tissue",
  });
}

/** The tiles whose middle lies in a ring. Failures: no-places, too-few-tiles where there is none */
export function tilesIn({ ring }: Asked<"region">, part: VectorPart, { rows, placeOf }: SlideTiles): Outcome<number[]> {
  const side = sideOf(part);
  if (!side.ok) return side;
  const half = side.value / 2;
  const inside = rows.filter((row) => {
    const { x, y } = placeOf(row);
    return isInsideRing(ring, x + half, y + half);
  });
  if (inside.length > 0) return ok(inside);
  return fail("too-few-tiles", {
    expected: `a region that holds the middle of a tile, ${side.value} px wide`,
    received: "none inside",
    remedy: "draw it larger, or ask for one tile",
  });
}

function sideOf({ side, hasPlaces, name }: VectorPart): Outcome<number> {
  if (hasPlaces && side !== null) return ok(side);
  return fail("no-places", {
    expected: `tiles that know their places in ${name}`,
    received: "features without them",
    remedy: "search by slide, or encode the slide again with nacre encode",
  });
}

/** Distance of a place from the middle of a tile, in sides; less than any other on the tile itself, whose right and lower edge are the next one's. */
function offOf({ x: left, y: top }: { x: number; y: number }, side: number, x: number, y: number): number {
  if (x >= left && x < left + side && y >= top && y < top + side) return -1;
  return Math.max(Math.abs(x - left - side / 2), Math.abs(y - top - side / 2)) / side;
}
