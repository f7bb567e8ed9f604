import { execFile, execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Bag, randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { composeBag, magnificationOf } from "../../src/store/compose-bag.ts";
import { readBag } from "../../src/store/read-bag.ts";
import { writeBag } from "../../src/store/write-bag.ts";
import { inFolder } from "../shared.ts";

function someBag(n: number, d: number): Bag {
  const random = randomStream(1, "bag");
  return {
    features: Float32Array.from({ length: n * d }, () => random.normal()),
    n,
    d,
    x: Int32Array.from({ length: n }, (_, i) => 448 * (i % 7)),
    y: Int32Array.from({ length: n }, (_, i) => 448 * Math.floor(i / 7)),
    side: 448,
    space: "texture@0123456789ab",
  };
}

const NOTES = { name: "a__b", encoder: "texture", mpp: 0.5, size: 224, overlap: 16, width: 4000, height: 3000 };

describe("feature files", () => {
  it("give back what was written, to the bit", () =>
    inFolder(async (folder) => {
      const bag = someBag(23, 11);
      const tissue = Float32Array.from({ length: 23 }, (_, i) => i / 23);
      const path = join(folder, "a.h5");
      expect(
        await writeBag(path, bag, { ...NOTES, key: "abc", decoder: "turbo", colour: "as stored", stain: "{}", tissue }),
      ).toEqual({
        ok: true,
        value: undefined,
      });
      const read = await readBag(path);
      if (!read.ok) throw new Error(JSON.stringify(read.failure));
      const { meta, ...same } = read.value;
      expect(same).toEqual(bag);
      expect(meta).toEqual({
        layout: "nacre",
        frame: "level-0",
        name: "a__b",
        encoder: "texture",
        mpp: 0.5,
        size: 224,
        overlap: 16,
        stride: 448,
        width: 4000,
        height: 3000,
        key: "abc",
        decoder: "turbo",
        colour: "as stored",
        stain: "{}",
        tissue,
      });
      expect(readdirSync(folder)).toEqual(["a.h5"]);
    }));

  it("have the same bytes for the same content, whenever they are written", async () => {
    const first = await composeBag(someBag(5, 3), NOTES);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(Buffer.compare(first, await composeBag(someBag(5, 3), NOTES))).toBe(0);
  });

  it("hold a bag of one tile", () =>
    inFolder(async (folder) => {
      await writeBag(join(folder, "one.h5"), someBag(1, 4), NOTES);
      expect(await readBag(join(folder, "one.h5"))).toMatchObject({
        ok: true,
        value: { n: 1, d: 4, meta: { stride: null } },
      });
    }));

  it("refuse a bag whose arrays do not fit together", async () => {
    await expect(composeBag({ ...someBag(5, 3), n: 6 }, NOTES)).rejects.toThrow(RangeError);
    await expect(composeBag({ ...someBag(5, 3), n: 0 }, NOTES)).rejects.toThrow(/at least one tile/);
  });

  it("name a scale as TRIDENT does", () => {
    expect([0.1, 0.17, 0.25, 0.5, 1, 2, 4].map((v) => magnificationOf(v))).toEqual([80, 60, 40, 20, 10, 5, 3]);
  });
});

describe("two processes that write the same file", () => {
  it("never leave a torn one, and no part of one", () =>
    inFolder(async (folder) => {
      const path = join(folder, "same.h5");
      const writing = { isDone: false };
      const both = Promise.all([1, 2].map(() => writesInAnother(path, { times: 30 }))).finally(() => {
        writing.isDone = true;
      });
      const torn: unknown[] = [];
      while (!writing.isDone) {
        const bag = existsSync(path) ? await readBag(path) : null;
        if (bag?.ok === false) torn.push(bag.failure);
        await new Promise((next) => setTimeout(next, 2));
      }
      expect(await both).toEqual([Array(30).fill("written"), Array(30).fill("written")]);
      expect(torn).toEqual([]);
      expect(readdirSync(folder)).toEqual(["same.h5"]);
    }));
});

describe("broken feature files", () => {
  const cases: [string, string, (path: string, good: Uint8Array) => void][] = [
    ["a file that is not there", "missing-file", () => {}],
    ["a file of zero bytes", "empty-file", (path) => writeFileSync(path, "")],
    ["text", "bad-features", (path) => writeFileSync(path, "slide,label\na,b\n")],
    ["a truncated file", "truncated-file", (path, good) => writeFileSync(path, good.subarray(0, good.length >> 1))],
    ["a file cut in its header", "truncated-file", (path, good) => writeFileSync(path, good.subarray(0, 40))],
    ["a folder", "unreadable-file", (path) => mkdirSync(path)],
  ];
  it.each(cases)("%s is %s, and the next good file reads", (_, kind, make) =>
    inFolder(async (folder) => {
      const good = await composeBag(someBag(40, 30), NOTES);
      const path = join(folder, "x.h5");
      make(path, good);
      expect(await readBag(path)).toMatchObject({ ok: false, failure: { kind } });
      writeFileSync(join(folder, "good.h5"), good);
      expect((await readBag(join(folder, "good.h5"))).ok).toBe(true);
    }),
  );
});

describe("writing where it cannot be done", () => {
  it.skipIf(process.platform === "win32")("a full disk is disk-full and leaves nothing", () =>
    inFolder(async (folder) => {
      // No file of this process may be larger than 512 or 1,024 bytes, as the shell counts.
      expect(await writesInAnother(join(folder, "a.h5"), { times: 1, shell: "ulimit -f 1;" })).toEqual(["disk-full"]);
      expect(readdirSync(folder)).toEqual([]);
    }),
  );

  it.skipIf(!canMount())("a full file system keeps the older file whole and no part of the new one", () =>
    inFolder(async (folder) => {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]);
      try {
        const path = join(folder, "a.h5");
        expect((await writeBag(path, someBag(20, 10), NOTES)).ok).toBe(true);
        const large = { ...someBag(20, 10), features: new Float32Array(20 * 40000), d: 40000 };
        expect(await writeBag(path, large, NOTES)).toMatchObject({ ok: false, failure: { kind: "disk-full" } });
        expect(readdirSync(folder)).toEqual(["a.h5"]);
        expect(await readBag(path)).toMatchObject({ ok: true, value: { d: 10 } });
      } finally {
        execFileSync("umount", [folder]);
      }
    }),
  );

  it.skipIf(!canMount())("a file system without permission to write is no-permission", () =>
    inFolder(async (folder) => {
      execFileSync("mount", ["-t", "tmpfs", "-o", "ro", "tmpfs", folder]);
      try {
        const outcome = await writeBag(join(folder, "a.h5"), someBag(2, 2), NOTES);
        expect(outcome).toMatchObject({ ok: false, failure: { kind: "no-permission" } });
      } finally {
        execFileSync("umount", [folder]);
      }
    }),
  );

  it("an absent folder is missing-file", () =>
    inFolder(async (folder) => {
      expect(await writeBag(join(folder, "no", "a.h5"), someBag(2, 2), NOTES)).toMatchObject({
        ok: false,
        failure: { kind: "missing-file" },
      });
    }));

  it.skipIf(process.getuid?.() === 0)("a folder without permission is no-permission", () =>
    inFolder(async (folder) => {
      chmodSync(folder, 0o555);
      expect(await writeBag(join(folder, "a.h5"), someBag(2, 2), NOTES)).toMatchObject({
        ok: false,
        failure: { kind: "no-permission" },
      });
      chmodSync(folder, 0o755);
    }),
  );
});

function canMount(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  try {
    execFileSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const BUILT = fileURLToPath(new URL("../../dist/node.js", import.meta.url));

/** Writes a bag in a process of its own, again and again. @returns what became of each: "written", or the kind of its failure */
function writesInAnother(
  path: string,
  { times, shell = "" }: { readonly times: number; readonly shell?: string },
): Promise<string[]> {
  const script = `
    import { writeBag } from ${JSON.stringify(BUILT)};
    const n = 200, d = 64;
    const bag = { features: new Float32Array(n * d).fill(process.pid), n, d, x: new Int32Array(n), y: new Int32Array(n), side: 256, space: "s" };
    const ends = [];
    for (let i = 0; i < ${times}; i++) {
      const done = await writeBag(${JSON.stringify(path)}, bag, ${JSON.stringify(NOTES)});
      ends.push(done.ok ? "written" : done.failure.kind);
    }
    console.log(JSON.stringify(ends));`;
  return new Promise((settle, reject) => {
    const args = ["-c", `${shell} exec "$0" --input-type=module -e "$1"`, process.execPath, script];
    execFile("sh", args, (error, told, complaint) =>
      error === null ? settle(JSON.parse(told)) : reject(new Error(complaint)),
    );
  });
}
