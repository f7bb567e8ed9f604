import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type EmbeddingMap, makeToken, readMap, searchAlike } from "@nacre/api";
import { randomStream, unwrap } from "@nacre/core";
import { composeBag } from "@nacre/features";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyOf } from "../../src/archive/key-of.ts";
import { searchRun } from "../../src/search/search-run.ts";
import { emptyProject, type SmallProject } from "../archive/small-project.ts";
import { type TestServer, testServer } from "../test-server.ts";

const SLIDES = 24;
const TILES = 30;
const D = 20;
const names = Array.from({ length: SLIDES }, (_, i) => `s${String(i).padStart(2, "0")}`);
const patientOf = (i: number) => `P-${100 + (i >> 1)}`;
const siteOf = (i: number) => `site-${(i >> 1) % 2 === 0 ? "a" : "b"}`;
const labelOf = (i: number) => ((i >> 1) % 4 < 2 ? "benign" : "tumour");
let small: SmallProject;
let other: SmallProject;
let server: TestServer;
let project: string;
const slideKey = (name: string) => keyOf("slide", project, `run/slides/${name}.svs`);
const run = () => keyOf("run", project, "run");

/** The site moves every tile of a slide, the label a third of them, and that less. */
async function writeFeatures(i: number): Promise<void> {
  const random = randomStream(i, "features");
  const features = Float32Array.from({ length: TILES * D }, (_, at) => {
    const [tile, j] = [Math.floor(at / D), at % D];
    const site = j === 0 ? (siteOf(i) === "site-a" ? 3 : -3) : 0;
    const label = j === 1 && tile % 3 === 0 ? (labelOf(i) === "tumour" ? 1.5 : -1.5) : 0;
    return random.normal() + site + label;
  });
  const x = Int32Array.from({ length: TILES }, (_, t) => 224 * (t % 6));
  const y = Int32Array.from({ length: TILES }, (_, t) => 224 * Math.floor(t / 6));
  const bag = { n: TILES, d: D, features, x, y, side: 224, space: "texture" };
  const bytes = await composeBag(bag, { name: names[i] as string, mpp: 0.5, size: 224 });
  writeFileSync(join(small.folder, `run/features/${names[i]}.h5`), bytes);
}

beforeAll(async () => {
  small = emptyProject();
  other = emptyProject();
  small.write(
    "run/study.yaml",
    "name: small\ncohort: cohort.csv\nslides: slides\ntask: { kind: classify, label: diagnosis, positive: tumour, classes: [benign, tumour] }\n",
  );
  const cohort = names.map((name, i) => `${name}.svs,${patientOf(i)},${siteOf(i)},${labelOf(i)},scanner-1`);
  small.write("run/cohort.csv", `slide,patient,site,diagnosis,scanner\n${cohort.join("\n")}\n`);
  const rows = names.map(
    (n, i) => `${n},${n}.svs,${patientOf(i)},${patientOf(i)},${siteOf(i)},${labelOf(i)},ready,pass`,
  );
  small.write("run/slides.csv", `slide,path,patient,case,site,label,state,quality\n${rows.join("\n")}\n`);
  small.write("run/features/.keep", "");
  for (const name of names) small.write(`run/slides/${name}.svs`, "no slide");
  small.write("loose/late.svs", "no slide");
  for (let i = 0; i < SLIDES; i++) await writeFeatures(i);
  server = await testServer({
    projects: [
      { name: "small", folder: small.folder },
      { name: "other", folder: other.folder },
    ],
  });
  project = server.services.archive.projects[0]?.key ?? "";
  await server.services.archive.scan(project);
});

afterAll(async () => {
  await server.close();
  small.remove();
  other.remove();
});

describe("searchAlike", () => {
  const like = (name: string) => ({ kind: "slide", slide: slideKey(name) }) as const;
  const tile = (name: string, x = 230, y = 230) => ({ kind: "tile", slide: slideKey(name), x, y }) as const;

  it("tells nothing of what became of the very patient whose case is read", async () => {
    const body = { run: run(), like: like("s04"), k: 50, otherPatients: false };
    const { rows } = await server.call(searchAlike, { body });
    const own = rows.filter(({ slide }) => [slideKey("s04"), slideKey("s05")].includes(slide));
    expect(own.length).toBeGreaterThan(0);
    expect(own.every(({ outcome }) => outcome === null)).toBe(true);
    expect(rows.filter(({ outcome }) => outcome === null)).toEqual(own);
  });

  it("answers with slides of other patients, what became of them, and how far the query lies", async () => {
    const found = await server.call(searchAlike, { body: { run: run(), like: like("s04"), k: 50 } });
    expect(found).toMatchObject({ compared: SLIDES - 2, exact: true, isOutside: false, synthetic: false });
    expect(found.rows).toHaveLength(SLIDES - 2);
    // All that could be neighbours are, so that their outcomes are those of the archive.
    const told = found.outcomes ?? [];
    for (const { outcome, count } of told)
      expect(count).toBe(found.rows.filter((row) => row.outcome === outcome).length);
    expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(SLIDES - 2);
    expect(found.rows.map(({ name }) => name)).not.toContain("s05");
    expect(found.rows[0]).toMatchObject({
      slide: slideKey(found.rows[0]?.name.replace(/\.svs$/, "") ?? ""),
      case: keyOf("case", project, patientOf(names.indexOf(found.rows[0]?.name.replace(/\.svs$/, "") ?? ""))),
      site: siteOf(4),
      outcome: expect.stringMatching(/benign|tumour/),
      x: null,
    });
    expect(found.distance).toBeGreaterThanOrEqual(0);
    expect(found.text).toContain("never a diagnosis");
  });

  it("answers with tiles, at most three of a slide, of other sites where that is asked", async () => {
    const found = await server.call(searchAlike, {
      body: { run: run(), like: tile("s04"), k: 15, otherSites: true },
    });
    expect(found.rows).toHaveLength(15);
    expect(new Set(found.rows.map(({ site }) => site))).toEqual(new Set(["site-b"]));
    expect(found.compared).toBe((SLIDES / 2) * TILES);
    expect((found.outcomes ?? []).reduce((sum, { count }) => sum + count, 0)).toBe(SLIDES / 2);
    for (const { x, y, size } of found.rows)
      expect([(x as number) % 224, (y as number) % 224, size]).toEqual([0, 0, 224]);
    const ring: [number, number][] = [
      [225, 225],
      [447, 225],
      [447, 447],
      [225, 447],
    ];
    const region = await server.call(searchAlike, {
      body: { run: run(), like: { kind: "region", slide: slideKey("s04"), ring }, k: 15, otherSites: true },
    });
    expect(region.rows).toEqual(found.rows);
  });

  it("tells the command line the same", async () => {
    const served = await server.call(searchAlike, { body: { run: run(), like: tile("s04"), k: 5 } });
    const told = unwrap(
      await searchRun(join(small.folder, "run"), { like: "s04", tile: { x: 230, y: 230 }, k: 5, otherSites: false }),
    );
    expect(told.rows.map(({ similarity }) => similarity)).toEqual(served.rows.map(({ similarity }) => similarity));
    expect(told).toMatchObject({ distance: served.distance, text: served.text, exact: true });
    expect(await searchRun(join(small.folder, "run"), { like: "none", k: 5, otherSites: false })).toMatchObject({
      ok: false,
      failure: { kind: "bad-value" },
    });
  });

  it("refuses what is not there without saying a name, and who may not search", async () => {
    const away = await server.send(searchAlike, { body: { run: run(), like: tile("s04", 9e6, 0) } });
    expect(away.status).toBe(422);
    const text = await away.text();
    expect(text).toContain("out-of-bounds");
    expect(text).not.toMatch(/s04|P-10|nacre-project/);
    const nobody = { run: run(), like: { kind: "slide" as const, slide: "0123456789abcdef" } };
    expect((await server.send(searchAlike, { body: nobody })).status).toBe(404);
    const elsewhere = { ...nobody, like: { ...nobody.like, slide: keyOf("slide", project, "loose/late.svs") } };
    const apart = await server.call(searchAlike, { body: elsewhere });
    expect(apart).toMatchObject({ rows: [], compared: 0, lacksFeatures: true, isOutside: false });
    expect(apart.text).toContain("no features of this slide");
    const otherRun = { run: "0123456789abcdef", like: like("s04") };
    expect((await server.send(searchAlike, { body: otherRun })).status).toBe(404);
    const spec = { rights: [], projects: null, days: 1 };
    const viewer = await server.call(makeToken, { body: { name: "v", role: "viewer", ...spec } });
    const body = { run: run(), like: like("s04") };
    expect((await server.send(searchAlike, { body }, { token: viewer.token })).status).toBe(403);
    // A reader without the right sees neighbours, and no names.
    const reader = await server.call(makeToken, { body: { name: "r", role: "reader", ...spec } });
    const seen = await server.call(searchAlike, { body }, { token: reader.token });
    expect(JSON.stringify(seen)).not.toMatch(/s\d\d|P-1/);
    const projects = [server.services.archive.projects[1]?.key ?? ""];
    const stranger = await server.call(makeToken, { body: { name: "x", role: "reader", ...spec, projects } });
    expect((await server.send(searchAlike, { body }, { token: stranger.token })).status).toBe(404);
  });

  it("follows features that change, and leaves out a file that breaks", async () => {
    const body = { run: run(), like: like("s06"), k: 50 };
    const before = await server.call(searchAlike, { body });
    writeFileSync(join(small.folder, "run/features/s20.h5"), "broken");
    const after = await server.call(searchAlike, { body });
    expect(after.compared).toBe(before.compared - 1);
    await writeFeatures(20);
    expect((await server.call(searchAlike, { body })).rows).toEqual(before.rows);
  });
});

describe("readMap", () => {
  let map: EmbeddingMap;

  it("places tiles, with what they may be coloured by, and says that features lie by site more than by label", async () => {
    map = await server.call(readMap, { params: { run: run() }, query: { points: 400 } });
    expect(map).toMatchObject({ run: run(), unit: "tile", of: SLIDES * TILES, tileSize: 224 });
    for (const list of [map.x, map.y, map.slide, map.tileX, map.tileY, ...map.columns.map(({ values }) => values)])
      expect(list).toHaveLength(400);
    expect(map.x.every(Number.isFinite)).toBe(true);
    expect(map.columns.map(({ name }) => name)).toEqual(["label", "site", "scanner", "quality"]);
    expect(map.slides[map.slide[0] as number]?.key).toBe(slideKey("s00"));
    const site = map.columns.find(({ name }) => name === "site");
    expect(site?.names[site.values[0] as number]).toBe("site-a");
    const area = Object.fromEntries(map.separation.map(({ column, auroc }) => [column, auroc]));
    expect(area.site).toBe(1);
    expect(area.label).toBeLessThan(area.site as number);
    // One value alone: nothing to tell apart.
    expect(area.scanner).toBeNull();
  });

  it("is kept, and is the same bytes when drawn again", async () => {
    const kept = join(server.config.data, "search", run());
    expect(readdirSync(kept).filter((name) => name.endsWith(".json"))).toHaveLength(1);
    const again = () => server.call(readMap, { params: { run: run() }, query: { points: 400 } });
    expect(await again()).toEqual(map);
    for (const name of readdirSync(kept)) rmSync(join(kept, name));
    expect(await again()).toEqual(map);
  });

  it("says how far it is to whoever cannot wait, and has the same map for those who ask again", async () => {
    const ask = (wait: number) => server.call(readMap, { params: { run: run() }, query: { points: 500, wait } });
    const first = await ask(0);
    expect(first).toMatchObject({ x: [], slides: [], method: "", progress: { phase: "reading" } });
    expect(first.progress?.done).toBeLessThanOrEqual(first.progress?.of ?? 0);
    const whole = await ask(600);
    expect(whole.progress).toBeNull();
    expect(whole.x).toHaveLength(500);
  });

  it("places slides", async () => {
    const slides = await server.call(readMap, { params: { run: run() }, query: { unit: "slide" } });
    expect(slides).toMatchObject({ unit: "slide", of: SLIDES, tileX: [], tileY: [], tileSize: null });
    expect(slides.slide).toEqual(names.map((_, i) => i));
  });

  it("keeps vectors in the service's own folder where the run's cannot be written", async () => {
    rmSync(join(small.folder, "run/.nacre/search"), { recursive: true, force: true });
    small.write("run/.nacre/search", "a file where the folder should be");
    const body = { run: run(), like: { kind: "slide" as const, slide: slideKey("s02") } };
    expect((await server.send(searchAlike, { body })).status).toBe(200);
    expect(existsSync(join(server.config.data, "search", run(), "vectors.bin"))).toBe(true);
  });
});
