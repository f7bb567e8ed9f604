/** The card beside a file of pretrained weights: how they came about and from whom. */
import { existsSync, readFileSync } from "node:fs";

/** Where the card of a file of weights lies. */
export function cardPath(out: string): string {
  return `${out.replace(/\.safetensors$/, "")}.json`;
}

/** What a later step must know: from whom it was learned, and whether with answers. */
export interface PretrainedFrom {
  readonly method: string;
  /** Slides or patients. */
  readonly bags: readonly string[];
}

/** null where there is no card, or another file of that name. */
export function readPretrainCard(weights: string): PretrainedFrom | null {
  const path = cardPath(weights);
  if (!existsSync(path)) return null;
  try {
    const { method, bags } = JSON.parse(readFileSync(path, "utf8")) as Partial<PretrainedFrom>;
    return typeof method === "string" && Array.isArray(bags) ? { method, bags: bags.map(String) } : null;
  } catch {
    return null;
  }
}
