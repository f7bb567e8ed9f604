/** Keys of the gated attention in files of CLAM's descendants: tanh half `attention_a`, sigmoid half `attention_b`, score `attention_c`. */
import type { KeySource } from "./checkpoint.ts";

/** The gate under any of these stems; a module's number depends on whether the file was fitted with dropout. */
export function gateKeys(stems: readonly string[]): readonly KeySource[] {
  const from = (leaf: string): string[] => stems.map((stem) => `${stem}.${leaf}`);
  return [
    { name: "gate.tanh.weight", from: from("attention_a.0.weight"), transpose: true },
    { name: "gate.tanh.bias", from: from("attention_a.0.bias") },
    { name: "gate.sigmoid.weight", from: from("attention_b.0.weight"), transpose: true },
    { name: "gate.sigmoid.bias", from: from("attention_b.0.bias") },
    { name: "gate.score.weight", from: from("attention_c.weight"), transpose: true },
  ];
}

/** The offset of the score, which the softmax does not see. */
export function gateOffset(stems: readonly string[]): string[] {
  return stems.map((stem) => `${stem}.attention_c.bias`);
}
