/**
 * Files that are either whole or absent: written beside their place, forced to the disk, then renamed. Whatever happens half-way
 * leaves the old file, or none, and no part under the final name.
 */
import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { type Failure, fail, type Outcome, ok } from "@nacre/core";

const FULL = ["ENOSPC", "EDQUOT", "EFBIG"];
const FORBIDDEN = ["EACCES", "EPERM", "EROFS"];

/** Writes bytes to `path` through a `.partial` of its own beside it: whoever writes the same at the same time has another. Fails with `disk-full`, `no-permission` or `missing-file`. */
export async function writeAside(path: string, bytes: Uint8Array): Promise<Outcome<void>> {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    await writeThrough(partial, bytes);
    await rename(partial, path);
    await flushFolder(dirname(path));
    return ok(undefined);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    const failure = writeFailure(error, path, bytes.length);
    if (failure === null) throw error;
    return { ok: false, failure };
  }
}

async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename survives a power cut only when the folder reached the disk too. Not every system lets a folder be opened. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => null);
  if (folder === null) return;
  await folder.sync().catch(() => undefined);
  await folder.close();
}

function writeFailure(error: unknown, path: string, length: number): Failure | null {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const expected = `to write ${length} bytes to ${path}`;
  if (FULL.includes(code)) {
    return {
      kind: "disk-full",
      expected,
      received: "a full disk",
      remedy: "free some space, then run again with --resume",
    };
  }
  if (FORBIDDEN.includes(code)) {
    return {
      kind: "no-permission",
      expected,
      received: code,
      remedy: "give write permission to the folder, or choose another",
    };
  }
  if (code === "ENOENT" || code === "ENOTDIR") {
    return { kind: "missing-file", expected, received: "no such folder", remedy: "make the folder first" };
  }
  return null;
}

/** All bytes of a file. Fails with `missing-file`, `no-permission`, `empty-file` or `unreadable-file`. */
export async function readWhole(path: string): Promise<Outcome<Uint8Array>> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const expected = `a readable file at ${path}`;
    if (code === "ENOENT" || code === "ENOTDIR") {
      return fail("missing-file", { expected, received: "none", remedy: "check the path" });
    }
    if (FORBIDDEN.includes(code)) {
      return fail("no-permission", { expected, received: code, remedy: "give read permission to the file" });
    }
    return fail("unreadable-file", {
      expected,
      received: code || String(error),
      remedy: "check the path and the disk",
    });
  }
  if (bytes.length > 0) return ok(bytes);
  return fail("empty-file", {
    expected: `a file with content at ${path}`,
    received: "0 bytes",
    remedy: "copy it again",
  });
}
