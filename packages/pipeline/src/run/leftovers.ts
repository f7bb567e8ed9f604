/**
 * What processes that were killed left in a run folder: half-written files, folders of their own, their locks. Whose process lives is known
 * by its lock, which the kernel lets go with it; a young one is left alone, since it may be on its way to its lock.
 */
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { takeLock } from "./lock.ts";
import { guardDisk, PARTIAL } from "./write-file.ts";

const DAY = 24 * 3_600_000;
/** A worker that was silent for so long has lost its units. */
const LEASE_MS = 60_000;
const LOCK = "lock-";
/** Locks of those who work beside others, and of those who begin a folder for them. */
const LEFT = /^lock-(worker|prepare)-/;
/** Written by whoever holds the folder, and by nobody else. */
const HOLDERS = [join(".nacre", "steps"), join(".nacre", "aside"), "features"];

/** Where a worker writes before it renames, and its lock beside it. */
export function placesOf(name: string): { readonly aside: string; readonly lock: string } {
  return { aside: join(".nacre", "aside", name), lock: join(".nacre", `${LOCK}${name}`) };
}

/** For whoever is alone in the folder. @param interrupted whether the run died: else a search may be writing its index just now */
export function sweepAll(path: string, interrupted: boolean): void {
  for (const name of readdirSync(path, { recursive: true, encoding: "utf8" })) {
    if (!basename(name).includes(PARTIAL)) continue;
    const isHolders = HOLDERS.some((folder) => name.startsWith(folder));
    if (interrupted || isHolders || ageOf(join(path, name)) >= DAY) remove(join(path, name));
  }
  for (const name of readdirSync(join(path, ".nacre")))
    if (name === "aside" || LEFT.test(name)) remove(join(path, ".nacre", name));
}

/** For one of several workers in the folder: takes away what those left that are dead. */
export async function sweepDead(path: string): Promise<void> {
  const locks = readdirSync(join(path, ".nacre")).filter((name) => LEFT.test(name));
  const asides = readIfThere(join(path, ".nacre", "aside"));
  for (const name of new Set([...locks.map((lock) => lock.slice(LOCK.length)), ...asides])) {
    const { aside, lock } = placesOf(name);
    const [own, held] = [join(path, aside), join(path, lock)];
    // Without a lock nobody can be asked.
    if (!existsSync(held)) {
      if (ageOf(own) >= DAY) remove(own);
      continue;
    }
    // Not every shared disk tells of locks on other machines.
    if (ageOf(held) < (name.startsWith(`worker-${hostname()}-`) ? LEASE_MS : DAY)) continue;
    const free = await takeLock(held);
    if (!free.ok) continue;
    remove(own);
    remove(held);
    free.value.release();
  }
}

function readIfThere(path: string): string[] {
  return existsSync(path) ? readdirSync(path) : [];
}

/** Milliseconds since it was last written to; 0 for what is not there any more. */
function ageOf(path: string): number {
  const left = statSync(path, { throwIfNoEntry: false });
  return left === undefined ? 0 : Date.now() - left.mtimeMs;
}

function remove(path: string): void {
  guardDisk(path, () => rmSync(path, { recursive: true, force: true }));
}
