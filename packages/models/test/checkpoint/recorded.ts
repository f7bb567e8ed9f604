/** Files of published methods, recorded from PyTorch in float64 by the scripts under tools/oracles. */
import { readFileSync } from "node:fs";

export type Lists = number | readonly Lists[];

export interface Recorded {
  readonly config: Record<string, unknown>;
  readonly weights: Record<string, Lists>;
  readonly x: readonly (readonly number[])[];
  readonly label: unknown;
  readonly expected: Record<string, Lists>;
}

export function recorded(name: string): Recorded {
  return JSON.parse(readFileSync(new URL(`../golden/parity-${name}.json`, import.meta.url), "utf8"));
}
