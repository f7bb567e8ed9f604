/** The tiles of a bag that attention ranks first and last: all that the instance loss of CLAM looks at. */
import type { TensorData } from "@nacre/graph";
import type { Feeds } from "./state.ts";

/** Attention up to a factor, [n, b]. */
export interface Ranked {
  readonly values: Float32Array;
  readonly branches: number;
}

/** Places of the `count` highest and `count` lowest tiles of each branch, in the order of the bag. Ties go to the earlier tile. */
export function endTiles({ values, branches }: Ranked, count: number): number[] {
  const places = new Set<number>();
  for (let b = 0; b < branches; b++) {
    for (const sign of [1, -1]) for (const place of firstTiles(values, { branches, b, sign, count })) places.add(place);
  }
  return [...places].sort((p, q) => p - q);
}

interface Branch {
  readonly branches: number;
  readonly b: number;
  /** 1 for the highest, -1 for the lowest. */
  readonly sign: number;
  readonly count: number;
}

/** One pass that holds on to the best so far, best first. */
function firstTiles(values: Float32Array, { branches, b, sign, count }: Branch): number[] {
  const best: number[] = [];
  const rank = (place: number): number => sign * (values[place * branches + b] as number);
  for (let place = 0; place < values.length / branches; place++) {
    if (best.length === count && rank(place) <= rank(best[count - 1] as number)) continue;
    let at = best.length;
    while (at > 0 && rank(best[at - 1] as number) < rank(place)) at--;
    best.splice(at, 0, place);
    if (best.length > count) best.pop();
  }
  return best;
}

/** Copies of some rows of arrays [n, w]. */
export function rowsOf(tiled: Feeds, places: readonly number[]): Feeds {
  return Object.fromEntries(
    Object.entries(tiled).map(
      ([
        name,
        {
          data,
          dims: [, width = 1],
        },
      ]): [string, TensorData] => {
        const rows = data.slice(0, places.length * width) as Float32Array; // of whichever kind it is
        for (const [row, place] of places.entries()) {
          rows.set(data.subarray(place * width, (place + 1) * width) as Float32Array, row * width);
        }
        return [name, { data: rows, dims: [places.length, width] }];
      },
    ),
  );
}
