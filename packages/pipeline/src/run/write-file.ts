/**
 * Files appear whole or not at all: written beside their place, flushed to the disk, then renamed.
 * A full disk and a missing right are failures with names.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { FailureError } from "@nacre/core";

/** Ending of files that are being written. */
export const PARTIAL = ".partial";

/** No two processes write aside under one name: on a shared disk, in containers, ids of processes are not their own. */
const SELF = `${process.pid}-${randomBytes(4).toString("hex")}`;

/** Writes a file aside, flushes it and renames it into place. @throws FailureError disk-full, no-permission, bad-usage (a file where a folder is wanted, or the other way round) */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  const aside = `${path}.${SELF}${PARTIAL}`;
  guardDisk(
    path,
    () => {
      mkdirSync(dirname(path), { recursive: true });
      const fd = openSync(aside, "w");
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(aside, path);
    },
    () => rmSync(aside, { force: true }),
  );
}

/** Runs `body`; what the operating system refuses becomes a named failure after `cleanUp`. */
export function guardDisk<T>(path: string, body: () => T, cleanUp: () => void = () => {}): T {
  try {
    return body();
  } catch (error) {
    try {
      cleanUp();
    } catch {
      // The disk that refused the write may refuse the removal too; the aside file never passes for a result.
    }
    throw nameTakenPlace(error, path) ?? nameDiskError(error, path);
  }
}

/** The failure where a file lies in place of a folder, or a folder in place of a file; null for any other error. */
function nameTakenPlace(error: unknown, path: string): FailureError | null {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === "EISDIR" && isFolder(path)) return taken("a file to write", `a folder at ${path}`);
  if (code !== "EEXIST" && code !== "ENOTDIR" && code !== "EISDIR") return null;
  let at = path;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return isFolder(at) ? null : taken("a folder to write in", `a file at ${at}`);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function taken(expected: string, received: string): FailureError {
  return new FailureError({
    kind: "bad-usage",
    expected,
    received,
    remedy: "give another --out, or move what lies there",
  });
}

/** The failure behind a system error, or the error itself when it is none of ours. */
export function nameDiskError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (error instanceof FailureError || code === undefined) return error;
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG") {
    return new FailureError({
      kind: "disk-full",
      expected: "room to write",
      received: `no space left for ${path}`,
      remedy: "free some space and run again with --resume",
    });
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new FailureError({
      kind: "no-permission",
      expected: "the right to read and write",
      received: `${code} at ${path}`,
      remedy: "choose another --out, or change the rights of the folder",
    });
  }
  return error;
}
