import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bag, randomStream, unwrap } from "@nacre/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { standardise } from "../../src/index/standardise.ts";
import { openVectors, type StoredVectors } from "../../src/index/vector-store.ts";
import { composeBag } from "../../src/store/compose-bag.ts";

let folder: string;
const opened: StoredVectors[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nacre-vectors-"));
});
afterEach(() => {
  for (const stored of opened.splice(0)) stored.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Changes the manifest, whose length stays. */
function edit(path: string, before: string, after: string): void {
  writeFileSync(path, readFileSync(path, "latin1").replace(before, after), "latin1");
}

function bagOf(seed: number, n: number, d = 6, space = "texture"): Bag {
  const random = randomStream(seed, "bag");
  return {
    n,
    d,
    features: Float32Array.from({ length: n * d }, (_, i) => 1e4 * (i % d) + random.normal()),
    x: Int32Array.from({ length: n }, (_, i) => 224 * i),
    y: new Int32Array(n).fill(448),
    side: 224,
    space,
  };
}

async function write(name: string, bag: Bag): Promise<void> {
  writeFileSync(join(folder, `${name}.h5`), await composeBag(bag, { name, encoder: bag.space, mpp: 0.5, size: 224 }));
}

async function open(...names: string[]): Promise<StoredVectors> {
  const files = names.map((name) => ({ name, path: join(folder, `${name}.h5`) }));
  const stored = unwrap(await openVectors({ files, path: join(folder, "kept", "vectors.bin") }));
  opened.push(stored);
  return stored;
}

const bytes = () => readFileSync(join(folder, "kept", "vectors.bin"));
const rowsOf = (stored: StoredVectors, part: number) => ({
  features: stored.featureRows(part, 0, stored.parts[part]?.n ?? 0),
  ...stored.partPlaces(part),
});
/** As if the file had been written at another time. */
const touch = (name: string) => utimesSync(join(folder, `${name}.h5`), 1, 1);

describe("openVectors", () => {
  it("gives back features and places, and mean and spread over all tiles", async () => {
    const bags = [bagOf(1, 5), bagOf(2, 9)] as const;
    await write("a", bags[0]);
    await write("b", bags[1]);
    const stored = await open("a", "b");
    expect(stored).toMatchObject({ n: 14, d: 6, space: "texture", readAnew: 2, failures: [] });
    for (const [part, bag] of bags.entries()) {
      expect(rowsOf(stored, part)).toEqual({ features: bag.features, x: bag.x, y: bag.y });
      expect(stored.parts[part]).toMatchObject({ n: bag.n, side: 224, hasPlaces: true });
    }
    const all = [...bags[0].features, ...bags[1].features];
    for (let j = 0; j < 6; j++) {
      const own = all.filter((_, i) => i % 6 === j);
      const mean = own.reduce((a, b) => a + b, 0) / 14;
      const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 14);
      expect(stored.mean[j]).toBeCloseTo(mean, 8);
      expect(stored.scale[j]).toBeCloseTo(deviation, 8);
    }
    const row = standardise(bags[0].features, stored, new Float32Array(6), 6);
    expect(Math.max(...row.map(Math.abs))).toBeLessThan(5);
  });

  it("leaves a store alone where nothing changed, and reads again what did", async () => {
    await write("a", bagOf(1, 5));
    await write("b", bagOf(2, 9));
    const first = await open("a", "b");
    const before = statSync(join(folder, "kept", "vectors.bin"), { bigint: true }).mtimeNs;
    expect((await open("a", "b")).readAnew).toBe(0);
    expect(statSync(join(folder, "kept", "vectors.bin"), { bigint: true }).mtimeNs).toBe(before);
    // Another time, the same content: hashed, not read.
    touch("a");
    const touched = await open("a", "b");
    expect(touched).toMatchObject({ readAnew: 0, key: first.key });
    await write("b", bagOf(3, 4));
    const changed = await open("a", "b");
    expect(changed.readAnew).toBe(1);
    expect(changed.key).not.toBe(first.key);
    expect(rowsOf(changed, 1).features).toEqual(bagOf(3, 4).features);
    expect(rowsOf(changed, 0).features).toEqual(bagOf(1, 5).features);
  });

  it("follows slides that come and go", async () => {
    for (const [i, name] of ["a", "b", "c"].entries()) await write(name, bagOf(i, 3 + i));
    await open("a", "b");
    const more = await open("a", "b", "c");
    expect(more).toMatchObject({ readAnew: 1, n: 12 });
    const fewer = await open("c");
    expect(fewer).toMatchObject({ readAnew: 0, n: 5 });
    expect(rowsOf(fewer, 0).features).toEqual(bagOf(2, 5).features);
  });

  it.each([
    ["cut off", (path: string) => truncateSync(path, 100)],
    ["empty", (path: string) => truncateSync(path, 0)],
    ["something else", (path: string) => writeFileSync(path, "no vectors".repeat(50))],
    ["telling of another place", (path: string) => edit(path, '"at":0', '"at":8')],
    ["of another version", (path: string) => edit(path, '"version":1', '"version":9')],
  ])("is built anew where the store is %s", async (_, spoil) => {
    await write("a", bagOf(1, 5));
    await open("a");
    const whole = bytes();
    spoil(join(folder, "kept", "vectors.bin"));
    expect((await open("a")).readAnew).toBe(1);
    expect(bytes()).toEqual(whole);
    expect(readdirSync(join(folder, "kept"))).toEqual(["vectors.bin"]);
  });

  it("leaves out what cannot be read and says so, each time", async () => {
    await write("a", bagOf(1, 5));
    await write("c", { ...bagOf(2, 3), features: new Float32Array(18).fill(Number.NaN) });
    writeFileSync(join(folder, "b.h5"), "no features");
    for (const readAnew of [3, 0]) {
      const stored = await open("a", "b", "c", "d");
      expect(stored.parts.map(({ name }) => name)).toEqual(["a"]);
      expect(stored.failures.map(({ name, failure }) => [name, failure.kind])).toEqual([
        ["b", "bad-features"],
        ["c", "not-finite"],
        ["d", "missing-file"],
      ]);
      expect(stored.readAnew).toBe(readAnew);
    }
  });

  it("refuses two encoders, two widths, and nothing at all; what was there stays", async () => {
    await write("a", bagOf(1, 5));
    await write("b", bagOf(2, 5, 6, "other"));
    await write("c", bagOf(2, 5, 7));
    await open("a");
    const whole = bytes();
    const kindOf = async (...names: string[]) => {
      const files = names.map((name) => ({ name, path: join(folder, `${name}.h5`) }));
      const outcome = await openVectors({ files, path: join(folder, "kept", "vectors.bin") });
      return outcome.ok ? "ok" : outcome.failure.kind;
    };
    expect(await kindOf("a", "b")).toBe("encoder-mismatch");
    expect(await kindOf("a", "c")).toBe("dimension-mismatch");
    expect(await kindOf()).toBe("nothing-usable");
    expect(await kindOf("gone")).toBe("missing-file");
    expect(bytes()).toEqual(whole);
  });
});
