import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FailureError } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { guardDisk, nameDiskError, writeWhole } from "../../src/run/write-file.ts";
import { emptyFolder } from "../small-cohort.ts";

const systemError = (code: string): Error => Object.assign(new Error(code), { code });

function kindOf(error: unknown): string | null {
  return error instanceof FailureError ? error.failure.kind : null;
}

describe("a file written whole", () => {
  it("appears under its name with every byte and leaves nothing beside it", () => {
    const folder = emptyFolder();
    writeWhole(join(folder, "deep", "a.txt"), "müßig");
    writeWhole(join(folder, "deep", "a.txt"), new Uint8Array([1, 2, 3]));
    expect(readdirSync(join(folder, "deep"))).toEqual(["a.txt"]);
    expect([...readFileSync(join(folder, "deep", "a.txt"))]).toEqual([1, 2, 3]);
  });

  it("does not replace the old one, and leaves nothing half-written, where the last step fails", () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, "taken", "inside"), { recursive: true });
    expect(() => writeWhole(join(folder, "taken"), "text")).toThrow();
    expect(readdirSync(folder)).toEqual(["taken"]);
  });
});

describe("a place that is taken", () => {
  it.each([
    ["a file where the folder should be", (f: string) => join(f, "taken", "a.txt"), /a file at .*taken$/],
    ["a file further up", (f: string) => join(f, "taken", "deep", "a.txt"), /a file at .*taken$/],
    ["a folder where the file should be", (f: string) => join(f, "folder"), /a folder at .*folder$/],
  ])("is wrong usage, named: %s", (_, pathIn, received) => {
    const folder = emptyFolder();
    writeWhole(join(folder, "taken"), "kept");
    mkdirSync(join(folder, "folder"));
    const written = (() => {
      try {
        return writeWhole(pathIn(folder), "text");
      } catch (error) {
        return error;
      }
    })();
    expect(kindOf(written)).toBe("bad-usage");
    expect((written as FailureError).failure.received).toMatch(received);
    expect(readFileSync(join(folder, "taken"), "utf8")).toBe("kept");
    expect(readdirSync(folder).sort()).toEqual(["folder", "taken"]);
  });
});

describe("what the system refuses", () => {
  it.each([
    ["ENOSPC", "disk-full"],
    ["EDQUOT", "disk-full"],
    ["EFBIG", "disk-full"],
    ["EACCES", "no-permission"],
    ["EPERM", "no-permission"],
    ["EROFS", "no-permission"],
    ["EIO", null],
  ])("%s is called %s", (code, kind) => {
    expect(kindOf(nameDiskError(systemError(code), "/a"))).toBe(kind);
  });

  it("is told even where cleaning up is refused too", () => {
    const refused = (): never => {
      throw systemError("ENOSPC");
    };
    expect(() => guardDisk("/a", refused, refused)).toThrow(FailureError);
  });
});
