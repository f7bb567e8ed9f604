/**
 * Slides whose files are equal byte for byte. Where the copies agree on the label, the first stays; where they disagree,
 * none can be believed and all go. What went is a row in slides.csv and a line on the report's first page.
 */
import { type CohortRow, type Failure, groupBy, type SlideId } from "@nacre/core";

export interface Duplicates {
  /** Groups of two or more slides with the same content. */
  readonly groups: readonly {
    readonly sha256: string;
    readonly slides: readonly SlideId[];
    readonly conflicting: boolean;
  }[];
  /** Why each removed slide went. */
  readonly removed: ReadonlyMap<SlideId, Failure>;
}

/** Finds duplicates among slides with a known content hash. */
export function findDuplicates(rows: readonly CohortRow[], hashes: ReadonlyMap<SlideId, string>): Duplicates {
  const byHash = groupBy(
    rows.filter((r) => hashes.has(r.slide)),
    (r) => hashes.get(r.slide) as string,
  );
  const groups: Duplicates["groups"][number][] = [];
  const removed = new Map<SlideId, Failure>();
  for (const [sha256, copies] of byHash) {
    if (copies.length < 2) continue;
    const labels = new Set(copies.map((c) => c.label).filter((l) => l !== null));
    const conflicting = labels.size > 1;
    groups.push({ sha256, slides: copies.map((c) => c.slide), conflicting });
    const keep = conflicting ? null : (copies.find((c) => c.label !== null) ?? copies[0] ?? null);
    for (const copy of copies) {
      if (copy === keep) continue;
      const others = copies.filter((c) => c !== copy).map((c) => c.slide);
      removed.set(copy.slide, conflicting ? conflict(copies) : repeat(keep?.slide ?? others[0] ?? ""));
    }
  }
  return { groups, removed };
}

function conflict(copies: readonly CohortRow[]): Failure {
  return {
    kind: "conflicting-label",
    expected: "one label for one picture",
    received: `the same file as ${copies.map((c) => `${c.slide} (${c.label ?? "no label"})`).join(", ")}`,
    remedy: "find out which label is true and leave the other rows out of the cohort",
  };
}

function repeat(kept: string): Failure {
  return {
    kind: "duplicate-pixels",
    expected: "each picture once",
    received: `the same file as ${kept}, which is kept`,
    remedy: "leave one of the rows out of the cohort",
  };
}
