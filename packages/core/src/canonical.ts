/** Text forms that do not depend on the order in which an object was filled, for hashing and for files that must be byte-identical. */

/** JSON with keys sorted at every depth. `undefined` members are left out, as in JSON. @throws TypeError on NaN or infinity */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(`expected a finite number in hashed data, received ${value}`);
  }
  if (Array.isArray(value)) return value.map(sorted);
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, v]) => v !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
        .map(([k, v]) => [k, sorted(v)]),
    );
  }
  return value;
}
