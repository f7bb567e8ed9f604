/** Secrets that are made here and kept as a hash alone: who reads the database cannot sign in with what it holds. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** 32 random bytes, 43 letters. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** SHA-256 in hexadecimal. A fast hash suffices: what is hashed is random, not a word that a person chose. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Equality whose time does not tell how much was right. */
export function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(a)), Buffer.from(hashSecret(b)));
}
