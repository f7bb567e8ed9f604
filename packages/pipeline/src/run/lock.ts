/**
 * One process at a time in a run folder. The lock belongs to the process, not to a file: `flock(2)` on POSIX, a named
 * pipe on Windows. The kernel lets go of both when the process dies, however it dies, so no lock is ever stale.
 * Shards of one run share the folder: each holds it in common with the others, and its own shard alone. On Windows they take turns.
 */
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { hostname } from "node:os";
import { basename, dirname, resolve } from "node:path";
import { fail, type Outcome, ok } from "@nacre/core";
import koffi from "koffi";
import { hashBytes } from "./hash.ts";
import { guardDisk } from "./write-file.ts";

export interface Lock {
  release(): void;
}

const LOCK_SHARED = 1;
const LOCK_ALONE = 2;
const LOCK_NOW = 4;

/** Takes the lock at `path`, or fails with `locked` and who holds it. `shard` names one of several that share it. @throws FailureError no-permission, disk-full */
export async function takeLock(path: string, shard: string | null = null): Promise<Outcome<Lock>> {
  guardDisk(path, () => mkdirSync(dirname(path), { recursive: true }));
  if (process.platform === "win32") return takePipe(path);
  if (shard === null) return takeFlock(path, LOCK_ALONE);
  const own = takeFlock(`${path}-${shard}`, LOCK_ALONE);
  if (!own.ok) return own;
  const common = takeFlock(path, LOCK_SHARED);
  if (!common.ok) {
    own.value.release();
    return common;
  }
  const both = [own.value, common.value];
  return ok({ release: () => both.forEach((lock) => void lock.release()) });
}

function takeFlock(path: string, mode: number): Outcome<Lock> {
  const fd = guardDisk(path, () => openSync(path, "a+"));
  const flock = koffi.load(null).func("int flock(int fd, int operation)");
  if (flock(fd, mode | LOCK_NOW) !== 0) {
    closeSync(fd);
    return refuse(path, readFileSync(path, "utf8").trim());
  }
  guardDisk(
    path,
    () => {
      ftruncateSync(fd, 0);
      writeSync(fd, `process ${process.pid} on ${hostname()}\n`);
    },
    () => closeSync(fd),
  );
  return ok({ release: () => closeSync(fd) });
}

function takePipe(path: string): Promise<Outcome<Lock>> {
  const server = createServer();
  return new Promise((settle) => {
    server.once("error", () => settle(refuse(path, "another process")));
    server.listen(`\\\\.\\pipe\\nacre-${hashBytes(resolve(path)).slice(0, 24)}`, () => {
      server.unref();
      settle(ok({ release: () => server.close() }));
    });
  });
}

/** @param path of the lock: in the folder that it guards, or in the `.nacre` of that */
function refuse(path: string, holder: string): Outcome<Lock> {
  const folder = dirname(path);
  return fail("locked", {
    expected: "to be alone in the run folder",
    received: `${holder || "another process"} works in ${basename(folder) === ".nacre" ? dirname(folder) : folder}`,
    remedy: "wait for it to finish, end it, or give another --out",
  });
}
