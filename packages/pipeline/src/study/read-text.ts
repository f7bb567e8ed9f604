/** Files that a user names, whole or in chunks, and a sentence where there is none. */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { FailureError, fail, type Outcome, ok } from "@nacre/core";
import { nameDiskError } from "../run/write-file.ts";

/** The bytes of a file. Failures: missing-file (nothing there, or a folder), no-permission. */
export function readBytes(path: string): Outcome<Buffer> {
  try {
    return ok(readFileSync(path));
  } catch (error) {
    return unreadable(error, path);
  }
}

const CHUNK = 1 << 20;

/** The bytes of a file, a megabyte at a time; each chunk is its own memory. To be read once. Failures as readBytes. */
export function readChunks(path: string): Outcome<Iterable<Uint8Array>> {
  let file: number | null = null;
  try {
    file = openSync(path, "r");
    const first = nextChunk(file);
    return ok(chunksOf(file, first));
  } catch (error) {
    if (file !== null) closeSync(file);
    return unreadable(error, path);
  }
}

function* chunksOf(file: number, first: Uint8Array): Generator<Uint8Array> {
  try {
    for (let chunk = first; chunk.length > 0; chunk = nextChunk(file)) yield chunk;
  } finally {
    closeSync(file);
  }
}

function nextChunk(file: number): Uint8Array {
  const chunk = new Uint8Array(CHUNK);
  return chunk.subarray(0, readSync(file, chunk));
}

function unreadable(error: unknown, path: string): Outcome<never> {
  const named = nameDiskError(error, path);
  if (named instanceof FailureError) return { ok: false, failure: named.failure };
  const code = (error as NodeJS.ErrnoException).code;
  return fail("missing-file", {
    expected: "a file",
    received: code === "EISDIR" ? `a folder at ${path}` : `nothing at ${path}`,
    remedy: "check the path",
  });
}

/** The text of a file. Failures as readBytes. */
export function readText(path: string): Outcome<string> {
  const bytes = readBytes(path);
  return bytes.ok ? ok(bytes.value.toString("utf8")) : bytes;
}
