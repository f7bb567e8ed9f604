/**
 * One process at a time in a run folder. The lock belongs to the process, not to a file: `flock(2)` on POSIX, a named
 * pipe on Windows. The kernel lets go of both when the process dies, however it dies, so no lock is ever stale.
 */
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { fail, type Outcome, ok } from "@nacre/core";
import koffi from "koffi";
import { hashBytes } from "./hash.ts";
import { guardDisk } from "./write-file.ts";

export interface Lock {
  release(): void;
}

const LOCK_EX = 2;
const LOCK_NB = 4;

/** Takes the lock at `path`, or fails with `locked` and who holds it. @throws FailureError no-permission, disk-full */
export async function takeLock(path: string): Promise<Outcome<Lock>> {
  guardDisk(path, () => mkdirSync(dirname(path), { recursive: true }));
  return process.platform === "win32" ? takePipe(path) : takeFlock(path);
}

function takeFlock(path: string): Outcome<Lock> {
  const fd = guardDisk(path, () => openSync(path, "a+"));
  const flock = koffi.load(null).func("int flock(int fd, int operation)");
  if (flock(fd, LOCK_EX | LOCK_NB) !== 0) {
    closeSync(fd);
    return refuse(path, readFileSync(path, "utf8").trim());
  }
  guardDisk(path, () => {
    ftruncateSync(fd, 0);
    writeSync(fd, `process ${process.pid} on ${hostname()}\n`);
  });
  return ok({ release: () => closeSync(fd) });
}

function takePipe(path: string): Promise<Outcome<Lock>> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(refuse(path, "another process")));
    server.listen(`\\\\.\\pipe\\nacre-${hashBytes(path).slice(0, 24)}`, () => {
      server.unref();
      resolve(ok({ release: () => server.close() }));
    });
  });
}

function refuse(path: string, holder: string): Outcome<Lock> {
  return fail("locked", {
    expected: "to be alone in the run folder",
    received: `${holder || "another process"} works in ${dirname(dirname(path))}`,
    remedy: "wait for it to finish, end it, or give another --out",
  });
}
