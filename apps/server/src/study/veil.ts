/** Documents of a run as they may leave the house: no paths of this machine, and no names of slides and patients for whoever may not see them. */
import { createHash } from "node:crypto";

export interface Veil {
  text(text: string): string;
  /** Every string of a JSON value, keys too. */
  document(value: unknown): unknown;
}

/** @param hidden names that are replaced by a short hash, the same for the same name; empty for whoever may see them */
export function veilOf(folder: string, hidden: Iterable<string>): Veil {
  // Short ids such as "A1" are whole words or nothing.
  const names = [...new Set(hidden)].filter((name) => name !== "").sort((a, b) => b.length - a.length);
  const known = new Set(names);
  const words =
    names.length === 0 ? null : new RegExp(`(?<![\\w-])(?:${names.map(literally).join("|")})(?![\\w-])`, "g");
  const text = (said: string): string => {
    const cut = said.replaceAll(`${folder}/`, "").replaceAll(folder, "the folder");
    if (words === null) return cut;
    return known.has(cut) ? shortOf(cut) : cut.replace(words, shortOf);
  };
  const document = (value: unknown): unknown => {
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return value.map(document);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [text(key), document(inner)]));
  };
  return { text, document };
}

/** Stands for a name that may not be seen. */
export function shortOf(name: string): string {
  return `#${createHash("sha256").update(name, "utf8").digest("hex").slice(0, 6)}`;
}

function literally(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
