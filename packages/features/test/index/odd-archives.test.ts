/** Archives that no hospital would hand in on purpose: one slide, a slide of 200,000 tiles, no tiles, the same everywhere. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bag, randomStream, unwrap } from "@nacre/core";
import { afterEach, describe, expect, it } from "vitest";
import { embeddingMap } from "../../src/index/embedding-map.ts";
import { rowReader, startsOf } from "../../src/index/row-reader.ts";
import { type Question, searchVectors, type VectorSearch } from "../../src/index/search-vectors.ts";
import { openVectors, type StoredVectors } from "../../src/index/vector-store.ts";
import { composeBag } from "../../src/store/compose-bag.ts";

const opened: StoredVectors[] = [];
let made = 0;
afterEach(() => {
  for (const stored of opened.splice(0)) stored.close();
});

function bagOf(n: number, featureAt: (at: number) => number, d = 8): Bag {
  return {
    n,
    d,
    features: Float32Array.from({ length: n * d }, (_, at) => featureAt(at)),
    x: Int32Array.from({ length: n }, (_, i) => 224 * (i % 500)),
    y: Int32Array.from({ length: n }, (_, i) => 224 * Math.floor(i / 500)),
    side: 224,
    space: "texture",
  };
}

/** No rows of d numbers, as NumPy saves them: no tool of ours writes such a file. */
function emptyArray(d: number): Uint8Array {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (0, ${d}), }`.padEnd(117).concat("\n");
  return Buffer.concat([Buffer.from([0x93]), Buffer.from("NUMPY\x01\x00"), Buffer.from([118, 0]), Buffer.from(header)]);
}

async function archive(...bags: readonly Bag[]): Promise<StoredVectors> {
  const own = mkdtempSync(join(tmpdir(), "nacre-odd-"));
  const files = [];
  for (const bag of bags) {
    const name = `slide-${made++}`;
    const path = join(own, bag.n === 0 ? `${name}.npy` : `${name}.h5`);
    writeFileSync(path, bag.n === 0 ? emptyArray(bag.d) : await composeBag(bag, { name, mpp: 0.5, size: 224 }));
    files.push({ name, path });
  }
  const stored = unwrap(await openVectors({ files, path: join(own, "vectors.bin") }));
  opened.push(stored);
  rmSync(own, { recursive: true, force: true });
  return stored;
}

const searchOf = (stored: StoredVectors): VectorSearch =>
  searchVectors(stored, { members: stored.parts.map(({ name }) => ({ patient: name, site: null })) });
const question = (like: Question["like"]): Question => ({ like, k: 5, otherPatients: true, otherSites: false });
const tile = (slide: number) => ({ kind: "tile", slide, x: 10, y: 10 }) as const;
const noise = (seed: number) => {
  const random = randomStream(seed, "odd");
  return () => random.normal();
};

describe("an archive of one slide", () => {
  it("has no neighbours to give, no distance to tell, and a map of its tiles", async () => {
    const stored = await archive(bagOf(30, noise(1)));
    const search = searchOf(stored);
    for (const like of [tile(0), { kind: "slide", slide: 0 } as const]) {
      const found = unwrap(search.alike(question(like)));
      expect(found).toMatchObject({ rows: [], compared: 0, exact: true, distance: null, isOutside: false });
      expect(found.text).toContain("there is no other patient to compare with");
    }
    const one = await embeddingMap({ n: 1, d: 8, read: (_, into) => into.fill(1) });
    expect([[...one.x], [...one.y]]).toEqual([[0], [0]]);
    await expect(embeddingMap({ n: 0, d: 8, read: () => {} })).rejects.toThrow(RangeError);
  });
});

describe("an archive that is the same everywhere", () => {
  it("is refused by name: nothing in it is more alike than anything else", async () => {
    const search = searchOf(await archive(...[1, 2, 3].map(() => bagOf(4, () => 0.7))));
    for (const like of [tile(0), { kind: "slide", slide: 1 } as const])
      expect(search.alike(question(like))).toMatchObject({ ok: false, failure: { kind: "bad-features" } });
  });

  it("of zeros is refused the same way, and its tiles still have a place on a map", async () => {
    const stored = await archive(...[1, 2].map(() => bagOf(6, () => 0)));
    expect(searchOf(stored).alike(question(tile(0)))).toMatchObject({ ok: false, failure: { kind: "bad-features" } });
    const map = await embeddingMap({ n: 40, d: 8, read: (_, into) => into.fill(0) }, { epochs: 20 });
    expect([...map.x, ...map.y].every(Number.isFinite)).toBe(true);
  });

  it("but for one slide answers, tiles that are copies in the order of slides", async () => {
    const copies = [1, 2, 3].map(() => bagOf(4, (at) => at % 8));
    const search = searchOf(await archive(...copies, bagOf(4, noise(2))));
    const found = unwrap(search.alike(question(tile(1))));
    expect(found.rows.map(({ slide }) => slide)).toEqual([0, 0, 0, 2, 2]);
    for (const { similarity } of found.rows) expect(similarity).toBeCloseTo(1, 6);
  });
});

describe("a slide of 200,000 tiles", () => {
  it("is read a few megabytes at a time, in order and out of it, and counts as one slide among the answers", async () => {
    const stored = await archive(bagOf(200_000, noise(3)), bagOf(50, noise(4)), bagOf(50, noise(5)));
    let most = 0;
    const readRows = stored.featureRows.bind(stored);
    stored.featureRows = (part, first, count) => {
      most = Math.max(most, 4 * count * stored.d);
      return readRows(part, first, count);
    };
    const search = searchOf(stored);
    const found = unwrap(search.alike({ ...question(tile(1)), k: 6 }));
    expect(found).toMatchObject({ compared: 200_050, exact: true });
    expect(found.rows.filter(({ slide }) => slide === 0)).toHaveLength(3);
    const ring = [
      { x: 0, y: 0 },
      { x: 9e6, y: 0 },
      { x: 9e6, y: 9e6 },
      { x: 0, y: 9e6 },
    ];
    const whole = unwrap(search.alike(question({ kind: "region", slide: 0, ring })));
    expect(whole).toMatchObject({ compared: 100, exact: true });
    expect(most).toBeLessThanOrEqual(4 * 2 ** 20);
  });

  it("gives every k-th tile of every slide where not all are kept", async () => {
    const stored = await archive(
      bagOf(10, (at) => at),
      bagOf(7, (at) => 1000 + at),
    );
    const starts = startsOf(stored.parts, 3);
    expect([...starts]).toEqual([0, 4, 7]);
    const read = rowReader(stored, { starts, stride: 3 });
    const first = (row: number): number => {
      const into = new Float32Array(8);
      read(row, into);
      return (into[0] as number) * (stored.scale[0] as number) + (stored.mean[0] as number);
    };
    for (const rows of [
      [0, 1, 2, 3, 4, 5, 6],
      [6, 0, 5, 1, 3],
    ])
      for (const row of rows) expect(first(row)).toBeCloseTo(row < 4 ? 24 * row : 1000 + 24 * (row - 4), 2);
  });
});

describe("a slide that cannot be compared", () => {
  it.each([
    ["without tiles", bagOf(0, () => 0), "empty-bag"],
    ["with NaN in one feature", bagOf(5, (at) => (at === 13 ? Number.NaN : at)), "not-finite"],
    ["with an infinite feature", bagOf(5, (at) => (at === 13 ? Number.NEGATIVE_INFINITY : at)), "not-finite"],
  ])("%s is left out by name, and the others are compared", async (_, bag, kind) => {
    const stored = await archive(bagOf(6, noise(6)), bag, bagOf(6, noise(7)));
    expect(stored.parts).toHaveLength(2);
    expect(stored.failures.map(({ failure }) => failure.kind)).toEqual([kind]);
    expect(unwrap(searchOf(stored).alike(question(tile(0)))).compared).toBe(6);
  });
});
