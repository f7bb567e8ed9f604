/**
 * The embedded database on a disk that may lose its power. PGlite runs PostgreSQL with fsync off, and its file system for Node has no
 * fsync to call. Here it has one, and PostgreSQL is started with fsync on: it flushes its log at every commit and its
 * tables at every checkpoint by rules of its own. Data are flushed by `fsync`, since the engine's `fdatasync` does nothing.
 */
import { closeSync, fsyncSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { PGlite, type PGliteOptions } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";

/** An open file of the engine: `nfd` is the descriptor on this side. */
interface EngineFile {
  readonly nfd: number;
  readonly node: unknown;
}

/** What is asked here of the engine's file system for Node. */
interface EngineDisk {
  realPath(node: unknown): string;
  readonly stream_ops: { fsync?: (file: EngineFile) => number };
}

/** Numbers of errors as the engine knows them (WASI). */
const [EINVAL, EIO] = [28, 29];

type Init = NodeFS["init"];

/** A folder of this machine as the engine's disk. */
export class DurableFolder extends NodeFS {
  override async init(...[pg, options]: Parameters<Init>): ReturnType<Init> {
    const { emscriptenOpts } = await super.init(pg, options);
    const preRun = emscriptenOpts.preRun ?? [];
    const mend = ({ FS }: { readonly FS: unknown }): void => {
      const { NODEFS } = (FS as { readonly filesystems: { readonly NODEFS: EngineDisk } }).filesystems;
      NODEFS.stream_ops.fsync = ({ nfd, node }) => {
        try {
          this.flush(nfd, () => NODEFS.realPath(node));
          return 0;
        } catch (error) {
          // The engine knows that folders may not be flushed.
          return isNotFlushed(error) ? EINVAL : EIO;
        }
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(Array.isArray(preRun) ? preRun : [preRun]), mend] } };
  }

  /** @param _path of the file, where somebody wants to know */
  protected flush(file: number, _path: () => string): void {
    fsyncSync(file);
  }
}

/** Opens the embedded database in a folder, so that what it acknowledges is on the disk. */
export function openLite(
  folder: string | DurableFolder,
  options: Omit<PGliteOptions, "fs" | "dataDir" | "startParams"> = {},
): PGlite {
  const fs = typeof folder === "string" ? new DurableFolder(folder) : folder;
  const usual = PGlite.defaultStartParams.filter((word) => word !== "-F");
  return new PGlite({ ...options, fs, startParams: [...usual, "-c", "wal_sync_method=fsync"] });
}

/** Flushes all files and folders of a tree: what was copied is then as safe as what the engine wrote. */
export function flushTree(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) flushOne(join(folder, name));
  flushOne(folder);
}

/** Flushes a file, or the names that a folder holds: a renaming outlasts a power cut only then. */
export function flushOne(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } catch (error) {
    if (!isNotFlushed(error)) throw error;
  } finally {
    closeSync(file);
  }
}

/** Not every system flushes folders. */
function isNotFlushed(error: unknown): boolean {
  return ["EPERM", "EINVAL", "EBADF"].includes((error as NodeJS.ErrnoException).code ?? "");
}
