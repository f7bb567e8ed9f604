/** The two arrays of a linear layer, in torch's layout. */
import type { KeySource } from "./checkpoint.ts";

/** @param name ours, before `.weight` and `.bias` @param stems theirs, the first that the file has */
export function layerKeys(name: string, stems: string | readonly string[]): KeySource[] {
  return [
    { name: `${name}.weight`, from: leaves(stems, "weight"), transpose: true },
    { name: `${name}.bias`, from: leaves(stems, "bias") },
  ];
}

/** Several beginnings of names with one end. */
export function leaves(stems: string | readonly string[], leaf: "weight" | "bias"): string[] {
  return [stems].flat().map((stem) => `${stem}.${leaf}`);
}
