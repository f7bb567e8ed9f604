/**
 * Opaque keys: what stands in addresses, logs and the trail in place of names.
 * A key says the same thing for the same parts on every machine, so that a folder served twice keeps what people did with it.
 */
import { createHash } from "node:crypto";

/** @returns the first 16 hex letters of the SHA-256 of the parts, joined by line ends; the first part says of what kind the thing is */
export function keyOf(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n"), "utf8").digest("hex").slice(0, 16);
}
