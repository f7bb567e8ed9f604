/** Small text files that a user names: UTF-8, and a sentence where there is none. */
import { readFileSync } from "node:fs";
import { FailureError, fail, type Outcome, ok } from "@nacre/core";
import { nameDiskError } from "../run/write-file.ts";

/** The bytes of a file. Failures: missing-file (nothing there, or a folder), no-permission. */
export function readBytes(path: string): Outcome<Buffer> {
  try {
    return ok(readFileSync(path));
  } catch (error) {
    const named = nameDiskError(error, path);
    if (named instanceof FailureError) return { ok: false, failure: named.failure };
    const code = (error as NodeJS.ErrnoException).code;
    return fail("missing-file", {
      expected: "a file",
      received: code === "EISDIR" ? `a folder at ${path}` : `nothing at ${path}`,
      remedy: "check the path",
    });
  }
}

/** The text of a file. Failures as readBytes. */
export function readText(path: string): Outcome<string> {
  const bytes = readBytes(path);
  return bytes.ok ? ok(bytes.value.toString("utf8")) : bytes;
}
