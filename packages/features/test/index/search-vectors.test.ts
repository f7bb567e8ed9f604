import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomStream, unwrap } from "@nacre/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCells, writeCells } from "../../src/index/cell-file.ts";
import {
  type Member,
  PER_SLIDE,
  type Question,
  searchVectors,
  type VectorSearch,
} from "../../src/index/search-vectors.ts";
import { openVectors, type StoredVectors } from "../../src/index/vector-store.ts";
import { composeBag } from "../../src/store/compose-bag.ts";

const SLIDES = 24;
const TILES = 20;
const D = 16;
/** The last slide holds what no other does. */
const STRANGE = SLIDES - 1;
let folder: string;
let stored: StoredVectors;
let search: VectorSearch;

/** Two slides a patient; three sites. */
const members: Member[] = Array.from({ length: SLIDES }, (_, i) => ({
  patient: `P${i >> 1}`,
  site: i === 4 ? null : `site-${(i >> 1) % 3}`,
}));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nacre-search-"));
  const files = [];
  for (let s = 0; s < SLIDES; s++) {
    const random = randomStream(s, "slide");
    const own = Array.from({ length: D }, () => 0.8 * random.normal());
    const strange = (j: number) => (s === STRANGE && j > 12 ? 9 : 0);
    const features = Float32Array.from({ length: TILES * D }, (_, i) => {
      const kind = (i / D) % 2 < 1 ? 1 : -1;
      return random.normal() + (own[i % D] as number) + (i % D === 0 ? 3 * kind : 0) + strange(i % D);
    });
    const bag = {
      n: TILES,
      d: D,
      features,
      x: Int32Array.from({ length: TILES }, (_, i) => 256 * (i % 5)),
      y: Int32Array.from({ length: TILES }, (_, i) => 256 * Math.floor(i / 5)),
      side: 256,
      space: "texture",
    };
    const path = join(folder, `${s}.h5`);
    writeFileSync(path, await composeBag(bag, { name: `${s}`, mpp: 0.5, size: 256 }));
    files.push({ name: `${s}`, path });
  }
  stored = unwrap(await openVectors({ files, path: join(folder, "vectors.bin") }));
  search = searchVectors(stored, { members });
});

afterAll(() => {
  stored.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (like: Question["like"], more: Partial<Question> = {}) =>
  search.alike({ like, k: 12, otherPatients: true, otherSites: false, ...more });
const tile = (slide: number, x = 300, y = 300) => ({ kind: "tile", slide, x, y }) as const;

describe("a search", () => {
  it("never gives back the query's own slide, nor the same patient unless asked to", () => {
    for (const like of [tile(6), { kind: "slide", slide: 6 } as const]) {
      const others = unwrap(ask(like));
      expect(others.rows.map(({ slide }) => slide)).not.toContain(6);
      expect(others.rows.map(({ slide }) => slide)).not.toContain(7);
      const all = unwrap(ask(like, { otherPatients: false, k: 200 }));
      expect(all.rows.map(({ slide }) => slide)).toContain(7);
      expect(all.rows.map(({ slide }) => slide)).not.toContain(6);
      expect(all.compared - others.compared).toBe(like.kind === "tile" ? TILES : 1);
    }
  });

  it("asks other sites alone, and leaves out slides whose site nobody knows", () => {
    const { rows } = unwrap(ask({ kind: "slide", slide: 6 }, { otherSites: true, k: 50 }));
    const sites = rows.map(({ slide }) => members[slide]?.site);
    expect(new Set(sites)).toEqual(new Set(["site-1", "site-2"]));
    expect(rows.map(({ slide }) => slide)).not.toContain(4);
    expect(unwrap(ask({ kind: "slide", slide: 4 }, { otherSites: true })).rows).toEqual([]);
  });

  it("gives at most three tiles of a slide, the most alike first, with their places", () => {
    const { rows, exact, compared } = unwrap(ask(tile(2), { k: 40 }));
    expect(rows).toHaveLength(40);
    expect({ exact, compared }).toEqual({ exact: true, compared: (SLIDES - 2) * TILES });
    for (let s = 0; s < SLIDES; s++)
      expect(rows.filter(({ slide }) => slide === s).length).toBeLessThanOrEqual(PER_SLIDE);
    expect(rows.map(({ similarity }) => similarity)).toEqual(rows.map((r) => r.similarity).sort((a, b) => b - a));
    for (const { x, y, size } of rows) expect([(x as number) % 256, (y as number) % 256, size]).toEqual([0, 0, 256]);
  });

  it("takes the tile that holds the place, or the one beside it; further away there is none", () => {
    const at = (x: number, y: number) => unwrap(ask(tile(2, x, y))).rows;
    expect(at(256, 256)).toEqual(at(511, 511));
    expect(at(256, 256)).not.toEqual(at(255, 256));
    expect(at(-100, 0)).toEqual(at(0, 0));
    expect(ask(tile(2, 5000, 0))).toMatchObject({ ok: false, failure: { kind: "out-of-bounds" } });
  });

  it("takes the tiles whose middle lies in a region; one tile's region is that tile", () => {
    const square = (x: number, y: number, side: number) => ({
      kind: "region" as const,
      slide: 2,
      ring: [
        { x, y },
        { x: x + side, y },
        { x: x + side, y: y + side },
        { x, y: y + side },
      ],
    });
    expect(unwrap(ask(square(260, 260, 240))).rows).toEqual(unwrap(ask(tile(2))).rows);
    expect(unwrap(ask(square(0, 0, 700))).text).toContain("median of its tiles");
    expect(ask(square(0, 0, 50))).toMatchObject({ ok: false, failure: { kind: "too-few-tiles" } });
  });

  it("calls outside of experience what no other slide holds, by tile, region and slide, and not the others", () => {
    const strange = [
      unwrap(ask({ kind: "slide", slide: STRANGE })),
      unwrap(
        ask({
          kind: "region",
          slide: STRANGE,
          ring: [
            { x: 0, y: 0 },
            { x: 1300, y: 0 },
            { x: 1300, y: 1100 },
            { x: 0, y: 1100 },
          ],
        }),
      ),
    ];
    for (const { isOutside, text, rows } of strange) {
      expect(isOutside).toBe(true);
      expect(text).toMatch(/Outside of experience: .* more than 99%/);
      expect(text).toContain("never a diagnosis");
      // It answers all the same.
      expect(rows.length).toBeGreaterThan(0);
    }
    const outside = Array.from({ length: STRANGE }, (_, slide) => unwrap(ask({ kind: "slide", slide })).isOutside);
    expect(outside.filter(Boolean)).toEqual([]);
    const tiles = Array.from({ length: STRANGE }, (_, slide) => unwrap(ask(tile(slide))).isOutside);
    expect(tiles.filter(Boolean).length).toBeLessThan(3);
  });

  it("looks into cells beyond a bound, and says that not all was compared", () => {
    const approximate = searchVectors(stored, { members, exactNumbers: 100 });
    const found = unwrap(approximate.alike({ like: tile(2), k: 10, otherPatients: true, otherSites: false }));
    expect(found.exact).toBe(false);
    expect(found.text).toMatch(/were compared, not all \(\d+(\.\d)?% of the ten nearest others found in a test\)/);
    expect(found.rows[0]).toEqual(unwrap(ask(tile(2))).rows[0]);
  });

  it("keeps cells, and puts into them what is new", () => {
    const path = join(folder, "cells.bin");
    const first = searchVectors(stored, { members, exactNumbers: 100 });
    expect(readCells(path, stored, first.starts)).toBeNull();
    writeCells(path, stored, first);
    const asked = { like: tile(2), k: 10, otherPatients: true, otherSites: false };
    const cells = (starts: Int32Array) => readCells(path, stored, starts);
    const second = searchVectors(stored, { members, exactNumbers: 100, cells });
    expect(second.alike(asked)).toEqual(first.alike(asked));
    // One file is not the one that was divided: its rows alone have no cell yet.
    const parts = stored.parts.map((part, i) => (i === 3 ? { ...part, sha256: "another" } : part));
    const grown = readCells(path, { ...stored, d: D, parts } as StoredVectors, first.starts);
    expect([...(grown?.cellOf.entries() ?? [])].filter(([, cell]) => cell < 0).map(([row]) => row)).toEqual(
      Array.from({ length: TILES }, (_, i) => 3 * TILES + i),
    );
    const joined = searchVectors(stored, { members, exactNumbers: 100, cells: () => grown });
    expect(joined.alike(asked)).toEqual(first.alike(asked));
    // Not what was written: a cell that there is none of.
    const spoilt = readFileSync(path);
    spoilt.writeInt32LE(99_999, spoilt.length - 4);
    writeFileSync(`${path}.spoilt`, spoilt);
    expect(readCells(`${path}.spoilt`, stored, first.starts)).toBeNull();
    // Most of it is new: divided anew.
    const other = stored.parts.map((part) => ({ ...part, sha256: "another" }));
    expect(readCells(path, { ...stored, d: D, parts: other } as StoredVectors, first.starts)).toBeNull();
  });
});
