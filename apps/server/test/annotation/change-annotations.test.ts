import { randomUUID } from "node:crypto";
import type { AnnotationChange } from "@nacre/api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { annotationsOf, applyChanges } from "../../src/annotation/change-annotations.ts";
import { takeIn } from "../../src/annotation/import-annotations.ts";
import { toQuPath } from "../../src/annotation/to-qupath.ts";
import { addCases, type CaseStore, caseStore, reader, slideKey } from "../case/case-store.ts";

let store: CaseStore;
let slide: string;
let elsewhere: string;
beforeAll(async () => {
  store = await caseStore();
  await addCases(store.services, store.project, [{ name: "A", slides: 2 }]);
  slide = slideKey(store.project, "A-0.svs");
  elsewhere = slideKey(store.project, "A-1.svs");
});
afterAll(() => store.close());

const put = (id: string, version: number, note = "") => ({
  kind: "put" as const,
  change: randomUUID(),
  id,
  version,
  geometry: { type: "Point" as const, coordinates: [1.5, 2] as [number, number] },
  name: "Tumour",
  colour: [1, 2, 3] as [number, number, number],
  note,
});
const remove = (id: string, version: number): AnnotationChange => ({
  kind: "remove",
  change: randomUUID(),
  id,
  version,
});
const make = (changes: AnnotationChange[], on = slide, who = reader()) =>
  applyChanges(store.services, who, { slide: on, changes });

describe("changes of annotations", () => {
  test("are made in their order, each on the version before it", async () => {
    const id = randomUUID();
    const { rows, conflicts } = await make([put(id, 0, "first"), put(id, 1, "second")]);
    expect(conflicts).toEqual([]);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ id, version: 2, note: "second", author: "Dr. Reader", colour: [1, 2, 3] });
  });

  test("sent twice are made once", async () => {
    const id = randomUUID();
    const change = put(id, 0, "once");
    const [first, again] = [await make([change]), await make([change, change])];
    expect(again).toEqual(first);
    expect((await annotationsOf(store.services.db, slide)).filter((a) => a.id === id)).toHaveLength(1);
  });

  test("on an old version are told back with what stands, and the others are made", async () => {
    const [id, fresh] = [randomUUID(), randomUUID()];
    await make([put(id, 0, "mine"), put(id, 1, "theirs")]);
    const late = put(id, 1, "late");
    const { rows, conflicts } = await make([late, put(fresh, 0)]);
    expect(conflicts).toEqual([{ change: late.change, now: expect.objectContaining({ version: 2, note: "theirs" }) }]);
    expect(rows.map((row) => row.id)).toEqual([fresh]);
    expect((await make([late])).conflicts).toHaveLength(1);
  });

  test("removed is removed: twice is once, and what is put on it is a conflict with nothing", async () => {
    const id = randomUUID();
    await make([put(id, 0)]);
    expect((await make([remove(id, 1)])).removed).toEqual([id]);
    expect((await make([remove(id, 1)])).removed).toEqual([id]);
    expect((await make([put(id, 2)])).conflicts[0]?.now).toBeNull();
    expect((await annotationsOf(store.services.db, slide)).some((a) => a.id === id)).toBe(false);
  });

  test("an id of another slide is a conflict that tells nothing of that slide", async () => {
    const id = randomUUID();
    await make([put(id, 0, "secret")]);
    const { conflicts, rows } = await make([put(id, 1), put(id, 0), remove(id, 1)], elsewhere);
    expect(conflicts.map(({ now }) => now)).toEqual([null, null, null]);
    expect(rows).toEqual([]);
  });

  test("of one request stand or fall together where the database refuses one", async () => {
    const id = randomUUID();
    await expect(make([put(id, 0), { ...put(randomUUID(), 0), note: "\u0000" }])).rejects.toThrow();
    expect((await annotationsOf(store.services.db, slide)).some((a) => a.id === id)).toBe(false);
  });

  test("are not to be made on a slide that somebody may not see", async () => {
    await expect(make([put(randomUUID(), 0)], slide, reader({ projects: [store.other] }))).rejects.toMatchObject({
      status: 404,
    });
  });
});

describe("a QuPath file", () => {
  test("taken in, given out and taken in elsewhere is the same; taken in twice it is there once", async () => {
    const id = randomUUID();
    const file = {
      type: "FeatureCollection",
      features: [
        {
          type: "Feature",
          id,
          geometry: { type: "Point", coordinates: [3, 4] },
          properties: { objectType: "annotation", name: "note" },
        },
      ],
    };
    expect(await takeIn(store.services, reader(), { slide: elsewhere, geojson: file })).toEqual({ made: 1, left: [] });
    const again = await takeIn(store.services, reader(), { slide: elsewhere, geojson: file });
    expect(again).toEqual({ made: 0, left: ["1 × annotation that is on this slide already: left as it stands"] });
    const [out] = toQuPath(await annotationsOf(store.services.db, elsewhere)).features;
    expect(out).toMatchObject({ id, geometry: { type: "Point", coordinates: [3, 4] }, properties: { name: "note" } });
  });

  test("brings back what was removed meanwhile, and what another slide holds as a copy, the same one each time", async () => {
    const id = randomUUID();
    const geojson = JSON.parse(JSON.stringify(toQuPath((await make([put(id, 0, "kept in a file")])).rows)));
    const take = (on: string) => takeIn(store.services, reader(), { slide: on, geojson });
    const here = async (on: string) =>
      (await annotationsOf(store.services.db, on)).filter(({ note }) => note === "kept in a file");
    await make([remove(id, 1)]);
    expect(await here(slide)).toEqual([]);
    expect(await take(slide)).toEqual({ made: 1, left: [] });
    expect((await here(slide)).map((a) => [a.id, a.version])).toEqual([[id, 3]]);
    const copied = "1 × annotation of another slide: taken in as a copy. Is it this slide's file?";
    expect(await take(elsewhere)).toEqual({ made: 1, left: [copied] });
    expect((await take(elsewhere)).made).toBe(0);
    expect(await here(elsewhere)).toHaveLength(1);
    expect((await here(elsewhere))[0]?.id).not.toBe(id);
    expect(await here(slide)).toHaveLength(1);
  });
});
