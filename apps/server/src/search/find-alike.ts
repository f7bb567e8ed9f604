/** "More like this" in one run. The last runs that were asked stay in memory: what takes time is reading the vectors, not comparing them. */
import { join } from "node:path";
import { FailureError } from "@nacre/core";
import { readCells, type StoredVectors, searchVectors, type VectorSearch, writeCells } from "@nacre/features/node";
import { openRunVectors } from "./open-run-vectors.ts";
import type { AlikeAnswer, AlikeWork, OnOpening } from "./search-work.ts";

const MOST_OPEN = 2;

interface Opened {
  /** Stays open as long as the search is kept: it reads from it. */
  readonly stored: StoredVectors;
  readonly search: VectorSearch;
  readonly members: readonly number[];
  readonly leftOut: number;
}

export class OpenSearches {
  /** The last asked comes last. */
  readonly #open = new Map<string, Opened>();

  /** @throws FailureError those of openVectors; missing-file where the slide is not among the vectors; out-of-bounds, too-few-tiles, no-places */
  async alike({ run, like, k, otherPatients, otherSites }: AlikeWork, onOpening?: OnOpening): Promise<AlikeAnswer> {
    const { search, members, leftOut } = await this.#search(run, onOpening);
    const slide = members.indexOf(like.slide);
    if (slide < 0)
      throw new FailureError({
        kind: "missing-file",
        expected: "a slide whose features can be read",
        received: "one without",
        remedy: "encode it again: nacre run STUDY.yaml --resume",
      });
    const found = search.alike({ like: { ...like, slide }, k, otherPatients, otherSites });
    if (!found.ok) throw new FailureError(found.failure);
    const rows = found.value.rows.map((row) => ({ ...row, slide: members[row.slide] as number }));
    return { ...found.value, rows, leftOut };
  }

  async #search(run: AlikeWork["run"], onOpening: OnOpening = () => {}): Promise<Opened> {
    const { stored, members, folder } = await openRunVectors(run, {
      onProgress: (done, of) => onOpening("reading", done, of),
    });
    const known = members.map((member) => {
      const { name, patient, site } = run.members[member] as AlikeWork["run"]["members"][number];
      // Nobody knows whose it is: it stands for itself.
      return { patient: patient ?? `slide ${name}`, site };
    });
    const key = JSON.stringify([stored.key, known]);
    const had = this.#open.get(key);
    this.#open.delete(key);
    const told = { members, leftOut: stored.failures.length };
    if (had !== undefined) {
      stored.close();
      const again = { ...had, ...told };
      this.#open.set(key, again);
      return again;
    }
    try {
      const opened = { stored, search: openSearch(stored, known, folder, onOpening), ...told };
      this.#open.set(key, opened);
      this.#forget();
      return opened;
    } catch (error) {
      stored.close();
      throw error;
    }
  }

  #forget(): void {
    for (const [key, { stored }] of this.#open) {
      if (this.#open.size <= MOST_OPEN) return;
      this.#open.delete(key);
      stored.close();
    }
  }

  close(): void {
    for (const { stored } of this.#open.values()) stored.close();
    this.#open.clear();
  }
}

function openSearch(
  stored: StoredVectors,
  members: Parameters<typeof searchVectors>[1]["members"],
  folder: string,
  onOpening: OnOpening,
) {
  const path = join(folder, "cells.bin");
  const search = searchVectors(stored, {
    members,
    cells: (starts) => readCells(path, stored, starts),
    onProgress: (done, of) => onOpening("indexing", done, of),
  });
  try {
    writeCells(path, stored, search);
  } catch (error) {
    // What is kept saves time at the next opening, and nothing else: a folder that may only be read is no reason to refuse.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
  return search;
}
