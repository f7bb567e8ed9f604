/**
 * Letters for groups that cannot be told apart (compact letter display, insert-and-absorb: Piepho 2004). Two models share a
 * letter exactly where they do not differ.
 */

/**
 * Letters of each of `count` items, given the pairs that differ. Letters go by the order of the items: a is the group of the first.
 * @example differ (0, 2) of three items: "a", "ab", "b"
 */
export function groupLetters(count: number, differ: readonly (readonly [number, number])[]): string[] {
  let groups: Set<number>[] = [new Set(Array.from({ length: count }, (_, i) => i))];
  for (const [a, b] of differ) {
    groups = absorbed(
      groups.flatMap((group) => (group.has(a) && group.has(b) ? [without(group, a), without(group, b)] : [group])),
    );
  }
  const ordered = groups.map((g) => [...g].sort((a, b) => a - b)).sort(lexicographic);
  return Array.from({ length: count }, (_, i) =>
    ordered.flatMap((g, at) => (g.includes(i) ? [letter(at)] : [])).join(""),
  );
}

function without(group: ReadonlySet<number>, item: number): Set<number> {
  const out = new Set(group);
  out.delete(item);
  return out;
}

/** Drops groups that lie inside another; of equal ones the first stays. */
function absorbed(groups: readonly Set<number>[]): Set<number>[] {
  return groups.filter(
    (g, i) =>
      g.size > 0 &&
      !groups.some((other, j) => {
        const isInside = i !== j && g.size <= other.size && [...g].every((item) => other.has(item));
        return isInside && (g.size < other.size || j < i);
      }),
  );
}

function lexicographic(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const d = (a[i] as number) - (b[i] as number);
    if (d !== 0) return d;
  }
  return a.length - b.length;
}

/** a to z, then a' to z', a'' and so on, so that a string of letters stays readable. */
function letter(i: number): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz";
  return `${alphabet[i % 26] as string}${"'".repeat(Math.floor(i / 26))}`;
}
