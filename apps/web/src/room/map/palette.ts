/**
 * Colours of groups that people with any common colour vision tell apart: the set of Okabe and Ito (2008), without black, and three more of
 * other lightness. At most ten; the rest is grey.
 */
export const PALETTE = [
  "#0072b2",
  "#e69f00",
  "#009e73",
  "#cc79a7",
  "#d55e00",
  "#56b4e9",
  "#b8a800",
  "#7a5fc7",
  "#8c2d4e",
  "#6f8a2e",
] as const;
export const OTHER = "#8a9294";

export interface Group {
  /** Index into the column's names; null: all that are rarer than the ten, or not known. */
  readonly index: number | null;
  readonly name: string;
  readonly colour: string;
  readonly count: number;
}

/** Groups of a column, the most frequent first; ten with a colour of their own. @param values index into names a point, -1 unknown */
export function groupsOf(names: readonly string[], values: readonly number[]): Group[] {
  const counts = new Array<number>(names.length).fill(0);
  for (const value of values) if (value >= 0) counts[value] = (counts[value] ?? 0) + 1;
  const order = names.map((_, i) => i).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
  const own = order.slice(0, PALETTE.length).map(
    (index, place): Group => ({
      index,
      name: names[index] ?? "",
      colour: PALETTE[place] ?? OTHER,
      count: counts[index] ?? 0,
    }),
  );
  const rest = values.length - own.reduce((sum, { count }) => sum + count, 0);
  const unknown = values.filter((value) => value < 0).length;
  if (rest === 0) return own;
  const name = unknown === rest ? "not known" : unknown === 0 ? "others" : "others, or not known";
  return [...own, { index: null, name, colour: OTHER, count: rest }];
}

/** Which group each point is of, as a place in `groups`. */
export function groupOfPoints(groups: readonly Group[], values: readonly number[]): Uint8Array {
  const places = new Map(groups.map(({ index }, place) => [index, place]));
  const other = places.get(null) ?? groups.length;
  return Uint8Array.from(values, (value) => places.get(value) ?? other);
}
