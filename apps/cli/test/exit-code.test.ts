import type { FailureKind } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../src/exit-code.ts";

describe("the exit code", () => {
  it.each<[number, readonly FailureKind[]]>([
    [
      2,
      [
        "bad-usage",
        "bad-study",
        "bad-table",
        "missing-column",
        "bad-value",
        "duplicate-id",
        "one-class",
        "too-few",
        "unfinished",
      ],
    ],
    [2, ["encoder-mismatch", "bad-encoder"]],
    [3, ["refused"]],
    [
      4,
      ["nothing-usable", "disk-full", "no-permission", "locked", "internal", "missing-file", "no-tissue", "diverged"],
    ],
    [130, ["cancelled"]],
  ])("is %i for %j", (code, kinds) => {
    for (const kind of kinds) expect(exitCodeOf(kind), kind).toBe(code);
  });
});
