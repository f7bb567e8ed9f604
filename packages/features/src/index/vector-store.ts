/**
 * Keeps the vectors of feature files in one file beside them, and brings it up to date: a feature file whose size or time changed is
 * hashed, and read again only where the hash differs too; every other part is copied. Written aside and renamed: a store is whole or old.
 */
import { createHash, randomUUID } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { attempt, canonicalJson, checkBag, type Failure, FailureError, type Outcome, raise } from "@nacre/core";
import { readWhole } from "../store/aside.ts";
import { parseBag } from "../store/parse-bag.ts";
import {
  composeManifest,
  copyBytes,
  type LeftOut,
  type Manifest,
  type OpenFile,
  openFile,
  type PartPlaces,
  partBytes,
  readFeatures,
  readMoments,
  readPlaces,
  VECTORS_VERSION,
  type VectorPart,
  writeAll,
  writePart,
} from "./vector-file.ts";

export interface VectorFile {
  /** Name of the slide. */
  readonly name: string;
  /** Its feature file. */
  readonly path: string;
}

export interface StoredVectors {
  /** Hash of names and contents: the same vectors have the same key. */
  readonly key: string;
  readonly d: number;
  /** Rows in all. */
  readonly n: number;
  /** Name of the vector space: the encoder's. */
  readonly space: string;
  readonly parts: readonly VectorPart[];
  /** Feature files that could not be used, and are left out. */
  readonly failures: readonly LeftOut[];
  /** How many feature files were read for this opening: 0 where nothing had changed. */
  readonly readAnew: number;
  /** Over all tiles of all parts; a feature that does not vary has scale 1. */
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  /** Mean of each feature over the tiles of a part. */
  partMean(part: number): Float64Array;
  /** Row-major [count, d] from tile `first` of a part, as the encoder gave them. */
  featureRows(part: number, first: number, count: number): Float32Array;
  /** Where each tile of a part lies. */
  partPlaces(part: number): PartPlaces;
  close(): void;
}

export interface OpenVectorsOptions {
  readonly files: readonly VectorFile[];
  /** Where the store lies, or is made. */
  readonly path: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Opens the store of these files, brought up to date. Failures: nothing-usable, dimension-mismatch, encoder-mismatch, cancelled, no-permission, disk-full */
export async function openVectors(options: OpenVectorsOptions): Promise<Outcome<StoredVectors>> {
  return attempt(async () => {
    const old = openFile(options.path);
    const files = options.files.map((file) => ({ ...file, stamp: stampOf(file.path) }));
    if (old !== null && isCurrent(old.manifest, files)) return new Store(old, 0);
    try {
      const { made, readAnew } = await new Rebuild(old, options).all(files);
      return new Store(made, readAnew);
    } catch (error) {
      throw refusedBySystem(error, options.path) ?? error;
    } finally {
      if (old !== null) closeSync(old.file);
    }
  });
}

interface Stamped extends VectorFile {
  readonly stamp: string;
}

function stampOf(path: string): string {
  const at = statSync(path, { throwIfNoEntry: false, bigint: true });
  return at === undefined ? "none" : `${at.size}-${at.mtimeNs}`;
}

/** Same names, none touched; their order does not matter, since a part is found by its name. */
function isCurrent({ parts, leftOut }: Manifest, files: readonly Stamped[]): boolean {
  const known = new Map([...parts, ...leftOut].map(({ name, stamp }) => [name, stamp]));
  return known.size === files.length && files.every(({ name, stamp }) => known.get(name) === stamp);
}

/** One writing of the store. */
class Rebuild {
  readonly #old: OpenFile | null;
  readonly #options: OpenVectorsOptions;
  readonly #parts: VectorPart[] = [];
  readonly #leftOut: LeftOut[] = [];
  #into = -1;
  #at = 0;
  #space: { readonly d: number; readonly name: string } | null = null;
  #readAnew = 0;

  constructor(old: OpenFile | null, options: OpenVectorsOptions) {
    this.#old = old;
    this.#options = options;
  }

  async all(files: readonly Stamped[]): Promise<{ made: OpenFile; readAnew: number }> {
    const { path, signal, onProgress } = this.#options;
    mkdirSync(dirname(path), { recursive: true });
    // Threads of one process may write at the same time: each its own.
    const partial = `${path}.${randomUUID()}.partial`;
    this.#into = openSync(partial, "w+");
    try {
      for (const [i, file] of files.entries()) {
        if (signal?.aborted === true) cancelled();
        await this.#take(file);
        onProgress?.(i + 1, files.length);
      }
      const { d, name } = this.#space ?? this.#nothing();
      const manifest = { version: VECTORS_VERSION, d, space: name, parts: this.#parts, leftOut: this.#leftOut };
      writeAll(this.#into, composeManifest(manifest), this.#at);
      fsyncSync(this.#into);
      renameSync(partial, path);
      return { made: { file: this.#into, manifest }, readAnew: this.#readAnew };
    } catch (error) {
      closeSync(this.#into);
      rmSync(partial, { force: true });
      throw error;
    }
  }

  async #take({ name, path, stamp }: Stamped): Promise<void> {
    const before = this.#old?.manifest.parts.find((part) => part.name === name);
    if (before?.stamp === stamp) return this.#keep(before, stamp);
    const bytes = await readWhole(path);
    if (!bytes.ok) return this.#leave(name, stamp, bytes.failure);
    const sha256 = createHash("sha256").update(bytes.value).digest("hex");
    if (before?.sha256 === sha256) return this.#keep(before, stamp);
    this.#readAnew++;
    const parsed = await parseBag(bytes.value, path);
    if (!parsed.ok) return this.#leave(name, stamp, parsed.failure);
    const bag = parsed.value;
    const checked = checkBag(bag, name);
    if (!checked.ok) return this.#leave(name, stamp, checked.failure);
    this.#agree(bag.d, bag.space, name);
    const { n, d, side, meta } = bag;
    writePart(this.#into, bag, this.#at);
    this.#parts.push({ name, n, side, hasPlaces: meta.frame === "level-0", sha256, stamp, at: this.#at });
    this.#at += partBytes(n, d);
  }

  #keep(before: VectorPart, stamp: string): void {
    const { file, manifest } = this.#old as OpenFile;
    const { d, space } = manifest;
    this.#agree(d, space, before.name);
    const length = partBytes(before.n, d);
    copyBytes(file, before.at, length, this.#into, this.#at);
    this.#parts.push({ ...before, stamp, at: this.#at });
    this.#at += length;
  }

  #leave(name: string, stamp: string, failure: Failure): void {
    this.#leftOut.push({ name, stamp, failure });
  }

  /** Vectors of two encoders cannot be compared. */
  #agree(d: number, name: string, slide: string): void {
    this.#space ??= { d, name };
    const { d: expected, name: space } = this.#space;
    if (d === expected && name === space) return;
    raise(d === expected ? "encoder-mismatch" : "dimension-mismatch", {
      expected: `features of one encoder: ${expected} of ${space}`,
      received: `${d} of ${name} for ${slide}`,
      remedy: "encode all slides of the run with one encoder: nacre run STUDY.yaml --resume",
    });
  }

  #nothing(): never {
    const first = this.#leftOut[0]?.failure;
    if (first !== undefined) throw new FailureError(first);
    return raise("nothing-usable", {
      expected: "feature files to search in",
      received: "none",
      remedy: "run the study first: nacre run STUDY.yaml",
    });
  }
}

function cancelled(): never {
  return raise("cancelled", {
    expected: "to bring the vectors up to date",
    received: "a request to stop",
    remedy: "ask again: what is there stays",
  });
}

function refusedBySystem(error: unknown, path: string): FailureError | null {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const isFull = ["ENOSPC", "EDQUOT", "EFBIG"].includes(code);
  // A file where the folder should be is as good as a folder that may not be written to.
  if (!isFull && !["EACCES", "EPERM", "EROFS", "EEXIST", "ENOTDIR", "EISDIR"].includes(code)) return null;
  return new FailureError(
    {
      kind: isFull ? "disk-full" : "no-permission",
      expected: `to write the vectors to ${path}`,
      received: code,
      remedy: isFull ? "free some space, then ask again" : "give write permission to the folder",
    },
    { cause: error },
  );
}

class Store implements StoredVectors {
  readonly key: string;
  readonly d: number;
  readonly n: number;
  readonly space: string;
  readonly parts: readonly VectorPart[];
  readonly failures: readonly LeftOut[];
  readonly readAnew: number;
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  readonly #file: number;

  constructor({ file, manifest: { d, space, parts, leftOut } }: OpenFile, readAnew: number) {
    this.#file = file;
    this.d = d;
    this.n = parts.reduce((sum, part) => sum + part.n, 0);
    this.space = space;
    this.parts = parts;
    this.failures = leftOut;
    this.readAnew = readAnew;
    const told = parts.map(({ name, sha256 }) => [name, sha256]);
    this.key = createHash("sha256")
      .update(canonicalJson({ version: VECTORS_VERSION, parts: told }))
      .digest("hex");
    const { mean, scale } = this.#spread();
    this.mean = mean;
    this.scale = scale;
  }

  partMean(part: number): Float64Array {
    return readMoments(this.#file, this.parts[part] as VectorPart, this.d).mean;
  }

  featureRows(part: number, first: number, count: number): Float32Array {
    return readFeatures(this.#file, this.parts[part] as VectorPart, this.d, first, count);
  }

  partPlaces(part: number): PartPlaces {
    return readPlaces(this.#file, this.parts[part] as VectorPart, this.d);
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Mean and standard deviation of all rows, from those of the parts (Chan, Golub and LeVeque 1983). */
  #spread(): { mean: Float64Array; scale: Float64Array } {
    const mean = new Float64Array(this.d);
    const squares = new Float64Array(this.d);
    let count = 0;
    for (const part of this.parts) {
      const own = readMoments(this.#file, part, this.d);
      const total = count + part.n;
      for (let j = 0; j < this.d; j++) {
        const off = (own.mean[j] as number) - (mean[j] as number);
        squares[j] = (squares[j] as number) + (own.squares[j] as number) + (off * off * count * part.n) / total;
        mean[j] = (mean[j] as number) + (off * part.n) / total;
      }
      count = total;
    }
    const scale = squares.map((sum, j) => {
      const deviation = Math.sqrt(sum / count);
      return deviation > 1e-9 * Math.max(1, Math.abs(mean[j] as number)) ? deviation : 1;
    });
    return { mean, scale };
  }
}
