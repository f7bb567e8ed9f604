/** A worker's own folder for slides on their way into a store. The lock in it says whether its worker lives: what the dead left goes. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import { takeLock } from "@nacre/pipeline";

export interface Scratch {
  readonly path: string;
  close(): void;
}

const OURS = /^nacre-worker-\d+-[0-9a-f]{8}$/;
/** A younger one may be on its way to its lock. */
const YOUNG_MS = 60_000;

/** Makes a folder inside `root`. @throws what the file system throws */
export async function openScratch(root: string): Promise<Scratch> {
  mkdirSync(root, { recursive: true });
  // What is somebody else's, who did not let us in, stays.
  for (const name of readdirSync(root).filter((each) => OURS.test(each))) await sweep(join(root, name)).catch(() => {});
  const path = join(root, `nacre-worker-${process.pid}-${randomBytes(4).toString("hex")}`);
  mkdirSync(path);
  const lock = unwrap(await takeLock(join(path, "lock")));
  const close = (): void => {
    rmSync(path, { recursive: true, force: true });
    lock.release();
  };
  return { path, close };
}

async function sweep(path: string): Promise<void> {
  const left = statSync(path, { throwIfNoEntry: false });
  if (left === undefined || Date.now() - left.mtimeMs < YOUNG_MS) return;
  const lock = await takeLock(join(path, "lock"));
  if (!lock.ok) return;
  rmSync(path, { recursive: true, force: true });
  lock.value.release();
}
