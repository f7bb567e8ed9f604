/**
 * The content hash of every input file, remembered by size and time of change so that an archive is hashed once.
 * A slide that is a folder (a DICOM series, an OME-Zarr) is the hash of its files' hashes, whatever the files are called.
 * The hash, never the time, goes into keys and provenance.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { canonicalJson, FailureError, fail, type Outcome, ok } from "@nacre/core";
import { slideFiles } from "./folder-files.ts";
import { hashBytes, hashFile } from "./hash.ts";
import { nameDiskError, writeWhole } from "./write-file.ts";

interface Entry {
  readonly size: number;
  readonly changed: number;
  readonly sha256: string;
}

/** SHA-256 of one slide, remembered by nobody. Failures as `Fingerprints.of`. */
export const hashSlide = (path: string): Outcome<string> => new Fingerprints(null).of(path);

export class Fingerprints {
  readonly #file: string | null;
  readonly #entries: Map<string, Entry>;
  /** `file`: where hashes are remembered; null: nowhere. */
  constructor(file: string | null) {
    this.#file = file;
    this.#entries = new Map(Object.entries(file === null ? {} : load(file)));
  }

  /** SHA-256 of a slide: a file, or all files of a folder. Failures: missing-file, empty-file, no-permission, unreadable-file. */
  of(path: string): Outcome<string> {
    try {
      const files = slideFiles(path);
      if (files === null) return this.#ofFile(path);
      const hashes: string[] = [];
      for (const file of files) {
        const hash = this.#ofFile(file);
        if (hash.ok) hashes.push(hash.value);
        else if (hash.failure.kind !== "empty-file") return hash;
      }
      if (hashes.length === 0) return empty(`a folder without files at ${path}`);
      return ok(hashBytes(hashes.sort().join("\n")));
    } catch (error) {
      return unreadable(path, error);
    }
  }

  #ofFile(path: string): Outcome<string> {
    const stat = statSync(path);
    if (stat.size === 0) return empty(`a file of zero bytes at ${path}`);
    const known = this.#entries.get(path);
    if (known !== undefined && known.size === stat.size && known.changed === stat.mtimeMs) return ok(known.sha256);
    const sha256 = hashFile(path);
    this.#entries.set(path, { size: stat.size, changed: stat.mtimeMs, sha256 });
    return ok(sha256);
  }

  save(): void {
    if (this.#file !== null) writeWhole(this.#file, canonicalJson(Object.fromEntries(this.#entries)));
  }
}

function empty(received: string): Outcome<never> {
  return fail("empty-file", { expected: "a slide", received, remedy: "copy it again from its source" });
}

function load(file: string): Record<string, Entry> {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, Entry>;
  } catch {
    return {};
  }
}

function unreadable(path: string, error: unknown): Outcome<never> {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") {
    return fail("missing-file", {
      expected: "a file named in the cohort",
      received: `nothing at ${path}`,
      remedy: "check the slide column and the slides: folder of the study",
    });
  }
  const named = nameDiskError(error, path);
  if (named instanceof FailureError) return { ok: false, failure: named.failure };
  return fail("unreadable-file", {
    expected: "a readable file",
    received: `${code ?? String(error)} at ${path}`,
    remedy: "check the disk and the rights",
  });
}
