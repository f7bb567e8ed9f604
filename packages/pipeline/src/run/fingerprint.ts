/**
 * The content hash of every input file, remembered by size and time of change so that an archive is hashed once.
 * The hash, never the time, goes into keys and provenance.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { canonicalJson, FailureError, fail, type Outcome, ok } from "@nacre/core";
import { hashFile } from "./hash.ts";
import { nameDiskError, writeWhole } from "./write-file.ts";

interface Entry {
  readonly size: number;
  readonly changed: number;
  readonly sha256: string;
}

export class Fingerprints {
  readonly #file: string;
  readonly #entries: Map<string, Entry>;
  constructor(file: string) {
    this.#file = file;
    this.#entries = new Map(Object.entries(load(file)));
  }

  /** SHA-256 of a file. Failures: missing-file, empty-file, no-permission, unreadable-file. */
  of(path: string): Outcome<string> {
    let stat: { size: number; mtimeMs: number; isFile(): boolean };
    try {
      stat = statSync(path);
    } catch (error) {
      return unreadable(path, error);
    }
    if (!stat.isFile()) {
      return fail("unsupported-format", {
        expected: "a slide in one file",
        received: `a folder at ${path}`,
        remedy:
          "slides made of several files are read by their own readers, which this version lacks; convert it to a pyramidal TIFF",
      });
    }
    if (stat.size === 0) {
      return fail("empty-file", {
        expected: "a slide",
        received: `a file of zero bytes at ${path}`,
        remedy: "copy the file again from its source",
      });
    }
    const known = this.#entries.get(path);
    if (known !== undefined && known.size === stat.size && known.changed === stat.mtimeMs) return ok(known.sha256);
    try {
      const sha256 = hashFile(path);
      this.#entries.set(path, { size: stat.size, changed: stat.mtimeMs, sha256 });
      return ok(sha256);
    } catch (error) {
      return unreadable(path, error);
    }
  }

  save(): void {
    writeWhole(this.#file, canonicalJson(Object.fromEntries(this.#entries)));
  }
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
