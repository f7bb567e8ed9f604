import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isFailureError } from "@nacre/core";
import { afterAll, describe, expect, it } from "vitest";
import { type ByteSource, blobSource, memorySource } from "../../src/index.ts";
import { openFileSource } from "../../src/node.ts";

const folder = mkdtempSync(join(tmpdir(), "nacre-bytes-"));
afterAll(() => rmSync(folder, { recursive: true }));

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) & 255);
const path = join(folder, "bytes.bin");
writeFileSync(path, bytes);

const sources: Record<string, () => ByteSource> = {
  memory: () => memorySource(bytes),
  file: () => openFileSource(path),
  blob: () => blobSource(new Blob([bytes])),
};

function kindOf(error: unknown): string {
  return isFailureError(error) ? error.failure.kind : String(error);
}

async function failureOf(body: () => unknown): Promise<string> {
  try {
    await body();
  } catch (error) {
    return kindOf(error);
  }
  return "no failure";
}

describe.each(Object.entries(sources))("a %s source", (_name, open) => {
  it("gives the bytes of every span inside it", async () => {
    const source = open();
    expect(source.size).toBe(1000);
    for (const [offset, length] of [
      [0, 0],
      [0, 1000],
      [17, 64],
      [999, 1],
    ] as const) {
      expect([...(await source.read(offset, length))]).toEqual([...bytes.subarray(offset, offset + length)]);
    }
    source.close();
  });

  it("fails with truncated-file beyond its end, and never gives fewer bytes", async () => {
    const source = open();
    for (const [offset, length] of [
      [990, 11],
      [1000, 1],
      [5000, 1],
      [-1, 2],
    ] as const) {
      expect(await failureOf(() => source.read(offset, length))).toBe("truncated-file");
    }
    source.close();
  });
});

describe("opening a file", () => {
  it("names a missing file, an empty file and a folder", async () => {
    const empty = join(folder, "empty.svs");
    writeFileSync(empty, "");
    expect(await failureOf(() => openFileSource(join(folder, "absent.svs")))).toBe("missing-file");
    expect(await failureOf(() => openFileSource(empty))).toBe("empty-file");
    expect(await failureOf(() => openFileSource(folder))).toBe("unreadable-file");
  });

  it("fails with truncated-file when the file shrinks while it is open", async () => {
    const shrinking = join(folder, "shrinking.bin");
    writeFileSync(shrinking, bytes);
    const source = openFileSource(shrinking);
    truncateSync(shrinking, 500);
    expect(await failureOf(() => source.read(400, 200))).toBe("truncated-file");
    source.close();
  });

  it("is a mistake of the program to read after close, and none to close twice", () => {
    const source = openFileSource(path);
    source.close();
    source.close();
    expect(() => source.readSync?.(0, 1)).toThrow(TypeError);
  });
});
