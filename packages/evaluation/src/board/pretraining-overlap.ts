/**
 * Whether an encoder may have seen the test slides when it was pretrained. Names of data sets are compared word by word from the
 * left, so that TCGA covers TCGA-BRCA; public archives are also recognised by the form of their patient ids. Overlap of names
 * is a suspicion to be told, not a proof: only a list of the pretraining slides could prove it.
 */
import type { BoardPartName } from "./board-entry.ts";

/** Data behind a part, as far as its name is known. */
export interface TestData {
  readonly name: string;
  readonly part: BoardPartName;
  /** Patients whose ids say so; null where the name was declared. */
  readonly patients: number | null;
}

export interface PretrainingOverlap {
  /** `undeclared`: nobody said what the encoder saw. `unnamed`: the test data have no name to compare. */
  readonly state: "none" | "overlap" | "undeclared" | "unnamed";
  readonly hits: readonly {
    readonly pretraining: string;
    readonly data: string;
    readonly part: BoardPartName;
    readonly patients: number | null;
  }[];
}

const ARCHIVES: readonly (readonly [name: string, id: RegExp])[] = [
  ["TCGA", /^TCGA-\w{2}-\w{4}/i],
  ["CPTAC", /^C3[LN]-\d{5}/i],
  ["GTEx", /^GTEX-/i],
];

/** Public archives whose form of id the patients carry, with their numbers. */
export function archivesOf(patients: Iterable<string>, part: BoardPartName): TestData[] {
  const counts = new Map<string, number>();
  for (const patient of patients) {
    const archive = ARCHIVES.find(([, id]) => id.test(patient))?.[0];
    if (archive !== undefined) counts.set(archive, (counts.get(archive) ?? 0) + 1);
  }
  return [...counts].map(([name, n]) => ({ name, part, patients: n }));
}

/** @param declared data sets the encoder was pretrained on; empty for none, null where nobody said */
export function pretrainingOverlap(declared: readonly string[] | null, data: readonly TestData[]): PretrainingOverlap {
  if (declared === null) return { state: "undeclared", hits: [] };
  const hits = declared.flatMap((pretraining) =>
    data
      .filter((d) => covers(pretraining, d.name) || covers(d.name, pretraining))
      .map((d) => ({ pretraining, data: d.name, part: d.part, patients: d.patients })),
  );
  if (hits.length > 0) return { state: "overlap", hits };
  return { state: declared.length > 0 && data.length === 0 ? "unnamed" : "none", hits };
}

function covers(wide: string, narrow: string): boolean {
  const [a, b] = [words(wide), words(narrow)];
  return a.length > 0 && a.every((word, i) => b[i] === word);
}

const words = (name: string): string[] =>
  name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((w) => w !== "");
