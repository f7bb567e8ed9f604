/**
 * What is on disk before any work: each labelled slide's file and content hash, the files that are missing, and the
 * files that are equal. Cheap beside encoding, so that a study is split, audited and perhaps refused within seconds.
 */
import type { CohortRow, Failure, Outcome, SlideId } from "@nacre/core";
import { Fingerprints } from "../run/fingerprint.ts";
import type { Progress } from "../run/progress.ts";
import type { RunFolder } from "../run/run-folder.ts";
import { type Duplicates, findDuplicates } from "./duplicates.ts";

export interface InventoryItem {
  readonly path: string;
  readonly sha256: string;
}

export interface Inventory {
  readonly items: ReadonlyMap<SlideId, InventoryItem>;
  /** Slides without a usable file, and why. */
  readonly failures: ReadonlyMap<SlideId, Failure>;
  readonly duplicates: Duplicates;
}

export interface InventoryOptions {
  readonly locate: (row: CohortRow) => Outcome<string>;
  readonly folder: RunFolder;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Hashes the file of every labelled row. */
export async function takeInventory(rows: readonly CohortRow[], options: InventoryOptions): Promise<Inventory> {
  const fingerprints = new Fingerprints(options.folder.file(".nacre", "fingerprints.json"));
  const items = new Map<SlideId, InventoryItem>();
  const failures = new Map<SlideId, Failure>();
  options.progress.begin("hashing files", rows.length);
  for (const [i, row] of rows.entries()) {
    if (row.label !== null) {
      const path = options.locate(row);
      const sha256 = path.ok ? fingerprints.of(path.value) : path;
      if (path.ok && sha256.ok) items.set(row.slide, { path: path.value, sha256: sha256.value });
      else if (!sha256.ok) failures.set(row.slide, sha256.failure);
    }
    if (i % 16 === 0) {
      options.signal.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
    }
    options.progress.advance(i + 1, row.slide);
  }
  fingerprints.save();
  options.progress.end();
  const duplicates = findDuplicates(rows, new Map([...items].map(([slide, item]) => [slide, item.sha256])));
  return { items, failures, duplicates };
}

/** The rows that can be used as far as the inventory knows: labelled, there, and not a copy. */
export function usableRows(rows: readonly CohortRow[], inventory: Inventory): CohortRow[] {
  return rows.filter((r) => inventory.items.has(r.slide) && !inventory.duplicates.removed.has(r.slide));
}
