/** What the operating system says about a file, in the words of a Failure. */
import type { Failure } from "@nacre/core";

/** The Failure for an error of node:fs on `path`. Unknown codes become `unreadable-file` with the system's own words. */
export function fileFailure(error: unknown, path: string): Failure {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return {
        kind: "missing-file",
        expected: `a file at ${path}`,
        received: "nothing there",
        remedy: "check the path",
      };
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return {
        kind: "no-permission",
        expected: `the right to use ${path}`,
        received: code,
        remedy: "ask the owner of the file for access, or choose another folder",
      };
    case "ENOSPC":
    case "EDQUOT":
      return {
        kind: "disk-full",
        expected: `room to write ${path}`,
        received: code,
        remedy: "free some space, then run the same command again",
      };
    default:
      return {
        kind: "unreadable-file",
        expected: `to use ${path}`,
        received: error instanceof Error ? error.message : String(error),
        remedy: "check the disk or the network share",
      };
  }
}
