/** What a public encoder is known to have learned from, by its name in any usual spelling. */
import { PRETRAINING_SOURCES, type PretrainingSource } from "./pretraining-source.data.ts";

/** The entry of the list whose name or alias this is, whatever its case and punctuation; null for an encoder that is not in it. */
export function pretrainingSourceOf(encoder: string): PretrainingSource | null {
  const wanted = plain(encoder);
  return PRETRAINING_SOURCES.find((s) => [s.name, ...s.aliases].some((name) => plain(name) === wanted)) ?? null;
}

const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
