/** What makes two encoders the same: the weights, and everything between pixels and weights. Name, licence and source do not. */
import { createHash } from "node:crypto";
import { canonicalJson } from "@nacre/core";
import type { EncoderCard } from "./card.ts";

/** SHA-256 of the part of a card that features depend on. */
export function identityOf({ sha256, output, dim, size, mpp, mean, std, channels }: EncoderCard): string {
  const parts = { sha256, output, dim, size, mpp, mean, std, channels };
  return createHash("sha256").update(canonicalJson(parts)).digest("hex");
}
