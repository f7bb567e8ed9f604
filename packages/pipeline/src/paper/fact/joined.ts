/** The texts that are known, one after another; null where none is. */
export function joined(...facts: readonly (string | null)[]): string | null {
  const known = facts.filter((f) => f !== null);
  return known.length === 0 ? null : known.join(" ");
}
