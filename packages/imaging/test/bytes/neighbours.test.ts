import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folderNeighbours } from "../../src/bytes/folder-neighbours.ts";
import { memorySource } from "../../src/bytes/memory-source.ts";
import { neighboursInMemory } from "../../src/bytes/neighbours.ts";

it("neighbours are the files of the folder, on disk and in memory alike, and nothing outside of it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nacre-neighbours-"));
  try {
    mkdirSync(join(folder, "inner"));
    for (const name of ["b.dcm", "a.dcm", "inner/0.jpg"]) writeFileSync(join(folder, name), name);
    const text = (name: string) => () => memorySource(new TextEncoder().encode(name));
    const memory = neighboursInMemory(new Map(["a.dcm", "b.dcm", "inner/0.jpg"].map((n) => [n, text(n)])));

    for (const files of [folderNeighbours(folder), memory]) {
      expect(await files.list()).toEqual(["a.dcm", "b.dcm"]);
      expect(await files.list("inner")).toEqual(["inner/0.jpg"]);
      const source = await files.open("inner/0.jpg");
      expect(new TextDecoder().decode(await source?.read(0, 11))).toBe("inner/0.jpg");
      source?.close();
      expect(await files.open("absent")).toBeNull();
      for (const name of ["../a", "/etc/passwd", "inner/../../a", "c:\\a", "a\\b", ""]) {
        await expect(files.open(name)).rejects.toThrow(RangeError);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
