/** Files that PyTorch and numpy wrote (tools/oracles/weights.py), and what lies in them. */
import { readdirSync, readFileSync } from "node:fs";

export interface Expected {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

const folder = new URL("../golden/weights/", import.meta.url);

export const expected = JSON.parse(readFileSync(new URL("expected.json", folder), "utf8")) as Readonly<
  Record<string, Readonly<Record<string, Expected>>>
>;

export const hostile = readdirSync(folder).filter((name) => name.startsWith("hostile-"));

/** A copy that the test may break. */
export function goldenFile(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, folder)));
}
