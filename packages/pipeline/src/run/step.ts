/**
 * Steps are remembered by the hash of what they depend on. A step whose key is unchanged and whose outputs are there is
 * skipped; so an interrupted run goes on where it stopped, and changing one option recomputes only what depends on it.
 */
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson } from "@nacre/core";
import { hashFile, hashOf } from "./hash.ts";
import { writeWhole } from "./write-file.ts";

interface StepRecord {
  readonly key: string;
  /** Path inside the run folder, size and hash of each file the step wrote. */
  readonly outputs: readonly { readonly file: string; readonly size: number; readonly sha256: string }[];
  /** What later steps want to know about this one, small. */
  readonly note: unknown;
}

export interface StepResult<N> {
  readonly note: N;
  /** True when nothing had to be done. */
  readonly reused: boolean;
  /** Hash of what came out; later steps put it in their keys. */
  readonly hash: string;
}

/** Outputs up to this size are hashed again before they are trusted; larger ones are known by their size. */
const SMALL = 4 << 20;

/** The memory of one run folder. */
export class Steps {
  readonly #folder: string;
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What an earlier run left for this step, if it still holds for `dependsOn`. */
  recall<N>(name: string, dependsOn: unknown): StepResult<N> | null {
    const record = this.#read(name);
    if (record === null || record.key !== hashOf(dependsOn)) return null;
    const whole = record.outputs.every((o) => {
      const path = join(this.#folder, o.file);
      if (!existsSync(path) || statSync(path).size !== o.size) return false;
      return o.size > SMALL || hashFile(path) === o.sha256;
    });
    return whole ? { note: record.note as N, reused: true, hash: outputHash(record) } : null;
  }

  /** Takes the record of a step away before its outputs are written anew, so that it never vouches for half of them. */
  forget(name: string): void {
    rmSync(this.#path(name), { force: true });
  }

  /** Records a finished step. Its outputs must be in place: the record is written last. */
  remember<N>(name: string, dependsOn: unknown, outputs: readonly string[], note: N): StepResult<N> {
    const record: StepRecord = {
      key: hashOf(dependsOn),
      outputs: outputs.map((file) => {
        const path = join(this.#folder, file);
        return { file, size: statSync(path).size, sha256: hashFile(path) };
      }),
      note,
    };
    const text = canonicalJson(record);
    writeWhole(this.#path(name), `${text}\n`);
    // As a later run will read it: what is made of it has the same bytes either way.
    return { note: (JSON.parse(text) as StepRecord).note as N, reused: false, hash: outputHash(record) };
  }

  /** Recalls the step or runs `body`, which writes the outputs and returns the note. */
  async run<N>(
    name: string,
    dependsOn: unknown,
    outputs: readonly string[],
    body: () => Promise<N> | N,
  ): Promise<StepResult<N>> {
    const before = this.recall<N>(name, dependsOn);
    if (before !== null) return before;
    this.forget(name);
    return this.remember(name, dependsOn, outputs, await body());
  }

  #path(name: string): string {
    return join(this.#folder, ".nacre", "steps", `${name}.json`);
  }

  #read(name: string): StepRecord | null {
    try {
      return JSON.parse(readFileSync(this.#path(name), "utf8")) as StepRecord;
    } catch {
      return null;
    }
  }
}

function outputHash(record: StepRecord): string {
  return record.outputs.length === 0 ? record.key : hashOf(record.outputs.map((o) => o.sha256));
}
