/** How far repetitions of one model lie apart. A spread says what another seed or fold would give; it is not an interval. */

/** How far repetitions lie apart: smallest, largest and standard deviation. Never an interval. */
export interface Spread {
  readonly count: number;
  readonly low: number;
  readonly high: number;
  /** With n - 1. */
  readonly sd: number;
  readonly of: readonly { readonly name: string; readonly n: number; readonly value: number | null }[];
}

/** The spread of the defined values; null for fewer than two of them. */
export function spreadOf(of: Spread["of"]): Spread | null {
  const values = of.map((o) => o.value).filter((v) => v !== null);
  if (values.length < 2) return null;
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return {
    count: values.length,
    low: Math.min(...values),
    high: Math.max(...values),
    sd: Math.sqrt(squares / (values.length - 1)),
    of,
  };
}
