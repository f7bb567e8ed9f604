import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  importCases,
  listSlides,
  makeToken,
  readAssociated,
  readDeepZoom,
  readDeepZoomTile,
  readHeatmap,
  readIiifImage,
  readIiifInfo,
  readRegion,
  readSlide,
  readThumbnail,
  readTile,
  regionStatistics,
  type SlideFacts,
} from "@nacre/api";
import { unwrap } from "@nacre/core";
import { memorySource, openSlide, type Raster } from "@nacre/imaging";
import { nodeCodecs } from "@nacre/imaging/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyOf } from "../../src/archive/key-of.ts";
import { SIDE, type SmallProject, smallProject } from "../archive/small-project.ts";
import { type TestServer, testServer } from "../test-server.ts";

let server: TestServer;
let small: SmallProject;
let project: string;
let facts: SlideFacts;
const keyAt = (path: string) => keyOf("slide", project, path);
const one = () => ({ slide: keyAt("run/slides/one.svs") });
const run = () => keyOf("run", project, "run");

beforeAll(async () => {
  small = await smallProject();
  server = await testServer({ projects: [{ name: "small", folder: small.folder }] });
  project = server.services.archive.projects[0]?.key ?? "";
  await server.services.archive.scan(project);
  facts = await server.call(readSlide, { params: one() });
});

afterAll(async () => {
  await server.close();
  small.remove();
});

async function pictureOf(reply: Response): Promise<Raster & { readonly type: string | null }> {
  expect(reply.status).toBe(200);
  const bytes = new Uint8Array(await reply.arrayBuffer());
  const slide = unwrap(await openSlide(memorySource(bytes, "picture"), nodeCodecs));
  const { width, height } = slide.info;
  const raster = unwrap(await slide.read({ level: 0, x: 0, y: 0, width, height }));
  return { ...raster, type: reply.headers.get("content-type") };
}

/** Mean absolute difference, grey levels. */
function difference(a: Raster, b: Raster): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - (b.data[i] as number)), 0) / a.data.length;
}

describe("readSlide", () => {
  it("tells what the file says, and marks what a program drew", () => {
    expect(facts).toMatchObject({
      format: "aperio-svs",
      width: SIDE,
      height: SIDE,
      mpp: 0.5,
      synthetic: true,
      state: "ready",
      site: "site-a",
      case: keyOf("case", project, "P-01"),
      focalPlanes: 1,
      times: 1,
    });
    expect(facts.levels[0]).toEqual({ width: SIDE, height: SIDE, downsample: 1, blockWidth: 256, blockHeight: 256 });
  });

  it("learns from opening a file what no table said, and keeps it", async () => {
    const alone = await server.call(readSlide, { params: { slide: keyAt("loose/alone.svs") } });
    expect(alone).toMatchObject({ state: "ready", synthetic: true, case: keyOf("case", project, "loose__alone") });
    const broken = await server.send(readSlide, { params: { slide: keyAt("loose/broken.svs") } });
    expect(broken.status).toBe(422);
    const text = await broken.text();
    expect(JSON.parse(text).error.kind).toBe("unsupported-format");
    expect(text).not.toContain("broken.svs");
    expect(text).not.toContain(small.folder);
    const { rows } = await server.call(listSlides, { query: { state: "failed" } });
    expect(rows.map(({ name }) => name)).toContain("loose__broken");
  });

  it("says of a slide whose file is gone that it is gone", async () => {
    const reply = await server.send(readSlide, { params: { slide: keyAt("run/slides/gone.svs") } });
    expect(reply.status).toBe(422);
    expect((await reply.json()).error.kind).toBe("missing-file");
  });

  it("leaves one row in the trail for a slide that is looked at again and again, and none for tiles", async () => {
    await server.call(readSlide, { params: one() });
    await server.send(readTile, { params: { ...one(), version: facts.version, level: 0, column: 0, row: 0 } });
    const rows = await server.services.db.selectFrom("trail").selectAll().where("subject", "=", one().slide).execute();
    expect(rows.map(({ action }) => action)).toEqual(["slide.seen"]);
  });
});

describe("the trail", () => {
  it("notes who saw a slide by whatever road its pixels came", async () => {
    const { token } = await server.call(makeToken, { body: { name: "other viewers", role: "viewer" } });
    const two = { slide: keyAt("run/slides/two.svs") };
    const seen = async () =>
      (await server.services.db.selectFrom("trail").select("actor").where("subject", "=", two.slide).execute()).length;
    const roads: readonly (() => Promise<Response>)[] = [
      () => server.send(readThumbnail, { params: two, query: { size: 256 } }, { token }),
      () => server.send(readRegion, { params: two, query: { x: 0, y: 0, width: 64, height: 64 } }, { token }),
      () => server.send(readDeepZoomTile, { params: { ...two, level: 9, tile: "0_0.jpg" } }, { token }),
      () =>
        server.send(
          readIiifImage,
          { params: { ...two, region: "full", size: "64,", rotation: "0", file: "default.jpg" } },
          { token },
        ),
    ];
    const rows: number[] = [];
    for (const road of roads) {
      expect((await road()).status).toBe(200);
      rows.push(await seen());
    }
    // A picture in a list is no look; then one row for all within ten minutes.
    expect(rows).toEqual([0, 1, 1, 1]);
  });
});

describe("listSlides", () => {
  it("gives pages ordered by name, of a project or a case", async () => {
    const all = await server.call(listSlides, {});
    expect(all.total).toBe(5);
    expect(all.rows.map(({ name }) => name)).toEqual(["gone", "loose__alone", "loose__broken", "one", "two"]);
    const page = await server.call(listSlides, { query: { offset: 1, limit: 2 } });
    expect(page.rows.map(({ name }) => name)).toEqual(["loose__alone", "loose__broken"]);
    const found = await server.call(listSlides, { query: { find: "ONE" } });
    expect([found.total, ...found.rows.map(({ name }) => name)]).toEqual([3, "one", "gone", "loose__alone"]);
    const ofCase = await server.call(listSlides, { query: { case: keyOf("case", project, "P-02"), project } });
    expect(ofCase.rows.map(({ name }) => name)).toEqual(["gone", "two"]);
    expect((await server.send(listSlides, { query: { project: "0123456789abcdef" } })).status).toBe(404);
  });
});

describe("readTile", () => {
  const at = (version: string, level: number, column: number, row: number) =>
    server.send(readTile, { params: { ...one(), version, level, column, row } });

  it("may be kept for ever under an address that names the pixels, and is not sent under another", async () => {
    const reply = await at(facts.version, 0, 1, 1);
    expect(reply.headers.get("content-type")).toBe("image/jpeg");
    expect(reply.headers.get("cache-control")).toContain("immutable");
    const again = await server.send(
      readTile,
      { params: { ...one(), version: facts.version, level: 0, column: 1, row: 1 } },
      { headers: { "if-none-match": reply.headers.get("etag") ?? "" } },
    );
    expect(again.status).toBe(304);
    expect((await at("0000000000000000", 0, 1, 1)).status).toBe(404);
  });

  it("shows the same place at every level", async () => {
    const coarse = await pictureOf(await at(facts.version, 1, 0, 0));
    const region = await pictureOf(
      await server.send(readRegion, {
        params: one(),
        query: { x: 0, y: 0, width: coarse.width * 4, height: coarse.height * 4, size: coarse.width, format: "png" },
      }),
    );
    // The level is the file's own: made by its writer, encoded as JPEG.
    expect(difference(coarse, region)).toBeLessThan(3);
  });

  it("answers not-found for a block that is not there, and bad-request for none at all", async () => {
    expect((await at(facts.version, 0, 4, 0)).status).toBe(404);
    expect((await at(facts.version, 40, 0, 0)).status).toBe(404);
    expect((await server.fetch(`/api/slides/${one().slide}/tiles/${facts.version}/0/-1/0`)).status).toBe(400);
    expect((await server.fetch(`/api/slides/${one().slide}/tiles/..%2f..%2f/0/0/0`)).status).toBe(400);
  });
});

describe("pictures", () => {
  it("keeps a thumbnail: the second is the first, and of a size among few", async () => {
    const first = await server.send(readThumbnail, { params: one(), query: { size: 200 } });
    const picture = await pictureOf(first.clone());
    expect(Math.max(picture.width, picture.height)).toBe(256);
    const done = counts().done;
    const second = await server.send(readThumbnail, { params: one(), query: { size: 256 } });
    expect(Buffer.from(await second.arrayBuffer()).equals(Buffer.from(await first.arrayBuffer()))).toBe(true);
    expect(counts().done).toBe(done);
  });

  it("fits a rectangle into the size that was asked for, and shows glass outside of the slide", async () => {
    const picture = await pictureOf(
      await server.send(readRegion, {
        params: one(),
        query: { x: -600, y: 0, width: 512, height: 256, size: 100, format: "png" },
      }),
    );
    expect([picture.width, picture.height, picture.type]).toEqual([100, 50, "image/png"]);
    expect(picture.data.every((value) => value === 255)).toBe(true);
    const far = await server.send(readRegion, {
      params: one(),
      query: { x: 0, y: 0, width: 1e9, height: 1, size: 100 },
    });
    expect(far.status).toBe(400);
  });

  it("says why a label is not shown", async () => {
    const reply = await server.send(readAssociated, { params: { ...one(), name: "label" } });
    expect(reply.status).toBe(404);
    expect((await reply.json()).error.received).toContain("labels and macros");
  });
});

/** The pool's own count of what its threads did. */
function counts(): { readonly done: number } {
  const { slides } = server.services;
  if (!("counts" in slides)) throw new Error("expected the pool of threads");
  return (slides.counts as () => { done: number })();
}

describe("readHeatmap", () => {
  it("gives attention as a multiple of an even share, contribution as it is, on the run's one scale", async () => {
    const map = await server.call(readHeatmap, { params: { ...one(), run: run() } });
    expect(map).toMatchObject({ tile: 256, x: [0, 256, 512], y: [0, 0, 512] });
    const [attention, contribution] = map.layers;
    expect(attention?.scale).toEqual([0, 3]);
    [0.5, 1, 1.5].forEach((share, i) => {
      expect(attention?.values[i]).toBeCloseTo(share, 6);
    });
    expect(contribution).toMatchObject({
      scale: [-2, 2],
      values: [-1, 0, 1],
      meaning: expect.stringContaining("exact"),
    });
  });

  it("is not found where the run drew none, and where the run is of another project", async () => {
    const two = { slide: keyAt("run/slides/two.svs"), run: run() };
    expect((await server.send(readHeatmap, { params: two })).status).toBe(404);
    expect((await server.send(readHeatmap, { params: { ...one(), run: "0123456789abcdef" } })).status).toBe(404);
  });
});

describe("regionStatistics", () => {
  const ask = (ring: string, query = {}) => server.call(regionStatistics, { params: one(), query: { ring, ...query } });

  it("gives the area in pixels and square millimetres, and the tiles whose centre lies inside", async () => {
    const all = await ask("0,0;600,0;600,300;0,300", { run: run() });
    expect(all.areaPixels).toBe(180_000);
    expect(all.areaMm2).toBeCloseTo(180_000 * 0.25e-6, 12);
    expect(all.tiles).toBe(2);
    expect(all.attentionShare).toBeCloseTo(0.5, 6);
    expect(all.contributionSum).toBeCloseTo(-1, 6);
  });

  it("agrees with the pixels themselves on colour, and with the whole slide on tissue", async () => {
    const whole = `0,0;${SIDE},0;${SIDE},${SIDE};0,${SIDE}`;
    const { tissueShare, meanRgb } = await ask(whole);
    expect(tissueShare).toBeGreaterThan(0.3);
    expect(tissueShare).toBeLessThan(0.6);
    const picture = await pictureOf(
      await server.send(readRegion, {
        params: one(),
        query: { x: 0, y: 0, width: SIDE, height: SIDE, size: 512, format: "png" },
      }),
    );
    for (let c = 0; c < 3; c++) {
      let sum = 0;
      for (let i = c; i < picture.data.length; i += 3) sum += picture.data[i] as number;
      expect(meanRgb?.[c]).toBeCloseTo(sum / (picture.width * picture.height), 6);
    }
    // Half of a rectangle that is cut along its diagonal has half its tissue or so, and exactly half its area.
    const half = await ask(`0,0;${SIDE},0;${SIDE},${SIDE}`);
    expect(half.areaPixels).toBe((SIDE * SIDE) / 2);
  });

  it.each(["", "0,0;1,1", "0,0;1,x;2,2", "0,0;1;2,2", "5000,5000;6000,5000;6000,6000", "0,0;0.1,0;0,0.1"])(
    "refuses %j",
    async (ring) => {
      const reply = await server.send(regionStatistics, { params: one(), query: { ring } });
      expect(reply.status).toBe(400);
    },
  );
});

describe("other viewers", () => {
  it("gives a Deep Zoom pyramid from one pixel up to the slide", async () => {
    const text = await server.call(readDeepZoom, { params: one() });
    expect(text).toContain(`<Size Width="${SIDE}" Height="${SIDE}"/>`);
    const tile = async (level: number, name: string) =>
      server.send(readDeepZoomTile, { params: { ...one(), level, tile: name } });
    expect(await pictureOf(await tile(0, "0_0.jpg"))).toMatchObject({ width: 1, height: 1 });
    expect(await pictureOf(await tile(9, "0_0.jpg"))).toMatchObject({ width: 512, height: 512 });
    const finest = await pictureOf(await tile(10, "1_1.jpg"));
    const region = await pictureOf(
      await server.send(readRegion, {
        params: one(),
        query: { x: 512, y: 512, width: 512, height: 512, size: 512, format: "png" },
      }),
    );
    expect(difference(finest, region)).toBeLessThan(3);
    expect((await tile(10, "2_0.jpg")).status).toBe(404);
    expect((await tile(11, "0_0.jpg")).status).toBe(404);
  });

  it("describes itself to IIIF and serves what it describes", async () => {
    const reply = await server.send(readIiifInfo, { params: one() });
    expect(reply.headers.get("content-type")).toContain("application/ld+json");
    // A service without sign-in must not answer pages of other origins.
    expect(reply.headers.get("access-control-allow-origin")).toBeNull();
    const info = await reply.json();
    expect(info).toMatchObject({
      protocol: "http://iiif.io/api/image",
      type: "ImageService3",
      width: SIDE,
      height: SIDE,
    });
    expect(info.id).toBe(`${server.url}/api/iiif/${one().slide}`);
    const ask = (region: string, size: string, rotation = "0", file = "default.jpg") =>
      server.send(readIiifImage, { params: { ...one(), region, size, rotation, file } });
    expect(await pictureOf(await ask("full", "max"))).toMatchObject({ width: SIDE, height: SIDE });
    expect(await pictureOf(await ask("square", "300,"))).toMatchObject({ width: 300, height: 300 });
    expect(await pictureOf(await ask("512,256,512,512", ",128"))).toMatchObject({ width: 128, height: 128 });
    expect(await pictureOf(await ask("1000,1000,512,512", "24,24"))).toMatchObject({ width: 24, height: 24 });
    expect(await pictureOf(await ask("full", "!200,100"))).toMatchObject({ width: 100, height: 100 });
    const refused = [
      await ask("full", "max", "90"),
      await ask("full", "max", "0", "gray.png"),
      await ask("full", "4096,"),
      await ask("pct:0,0,50,50", "max"),
      await ask("2000,0,10,10", "max"),
      await ask("full", "100,50"),
      await ask("0,0,100,100", "200,"),
    ];
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 400));
  });
});

describe("a caller who goes away", () => {
  it("is no error of the service: nothing of it stands in the log as one", async () => {
    const file = server.services.archive.pathIn(project, "run/slides/one.svs");
    const whole = { x: 0, y: 0, width: SIDE, height: SIDE, outWidth: SIDE };
    const busy = Array.from({ length: 6 }, (_, i) =>
      server.services.slides.pixels(file, { ...whole, outHeight: SIDE - i }),
    );
    const from = server.log().length;
    const leaving = new AbortController();
    const asked = Array.from({ length: 4 }, (_, i) =>
      server
        .send(readRegion, { params: one(), query: { x: i, y: 0, width: 300, height: 300 } }, { signal: leaving.signal })
        .catch(() => null),
    );
    await new Promise((end) => setTimeout(end, 20));
    leaving.abort();
    await Promise.all([...asked, ...busy]);
    const said = () => server.log().slice(from);
    for (let tries = 0; tries < 100 && !said().includes("the caller went away"); tries++)
      await new Promise((end) => setTimeout(end, 20));
    expect(said()).toContain("the caller went away");
    expect(said()).not.toContain('"level":50');
  });
});

describe("importCases", () => {
  it("takes a table that names slides by path or by a name that only one has, and tells which it did not find", async () => {
    const csv =
      "slide,patient,case\nalone.svs,P-20,C-20\nloose/broken.svs,P-21,C-21\nnowhere.svs,P-22,C-22\n,P-23,C-23\n";
    const reply = await server.call(importCases, { params: { project }, body: { csv } });
    expect(reply).toEqual({ slides: 2, cases: 2, left: ["nowhere.svs"], leftTotal: 1, withoutSlide: 1 });
    const { rows } = await server.call(listSlides, { query: { case: keyOf("case", project, "C-20") } });
    expect(rows.map(({ name }) => name)).toEqual(["alone"]);
    // A file among the service's own: it stands after the next scan as well.
    const scanned = await server.services.archive.scan(project);
    expect(scanned.left).toContainEqual(expect.stringMatching(/^the table brought as .*: a row names no slide$/));
    expect((await server.call(listSlides, { query: { case: keyOf("case", project, "C-21") } })).total).toBe(1);
  });

  it("tells two hundred of the slides it did not find, and how many there are", async () => {
    const rows = Array.from({ length: 230 }, (_, i) => `absent-${i}.svs,P-${i}`);
    const csv = `slide,patient\n${rows.join("\n")}\n`;
    const reply = await server.call(importCases, { params: { project }, body: { csv } });
    expect([reply.left.length, reply.leftTotal]).toEqual([200, 230]);
  });

  it.each(["", "slide,patient", "name,patient\na,b\n", "slide;patient\na;b\n"])("refuses %j", async (csv) => {
    expect((await server.send(importCases, { params: { project }, body: { csv } })).status).toBe(422);
  });
});

describe("who may see", () => {
  it("shows nothing of a slide to whom the project was not granted: it is not there", async () => {
    const { token } = await server.call(makeToken, {
      body: { name: "nobody", role: "viewer", projects: [] },
    });
    const asked = [
      await server.send(readSlide, { params: one() }, { token }),
      await server.send(
        readTile,
        { params: { ...one(), version: facts.version, level: 0, column: 0, row: 0 } },
        { token },
      ),
      await server.send(readThumbnail, { params: one() }, { token }),
      await server.send(readHeatmap, { params: { ...one(), run: run() } }, { token }),
      await server.send(readDeepZoom, { params: one() }, { token }),
      await server.send(readIiifInfo, { params: one() }, { token }),
    ];
    expect(asked.map(({ status }) => status)).toEqual(asked.map(() => 404));
    expect((await server.call(listSlides, {}, { token })).total).toBe(0);
  });

  it("names no slide to whom identifiers were not granted", async () => {
    const { token } = await server.call(makeToken, {
      body: { name: "viewer", role: "viewer" },
    });
    const text = JSON.stringify(await server.call(listSlides, {}, { token }));
    for (const name of ["P-01", "P-02", '"one"', "loose__alone", "two.svs"]) expect(text).not.toContain(name);
  });

  it("does not open a file that a link leads out of the folder to, put there after the scan", async () => {
    const away = mkdtempSync(join(tmpdir(), "nacre-away-"));
    copyFileSync(join(small.folder, "run/slides/one.svs"), join(away, "x.svs"));
    rmSync(join(small.folder, "run/slides/two.svs"));
    symlinkSync(join(away, "x.svs"), join(small.folder, "run/slides/two.svs"));
    expect((await server.send(readSlide, { params: { slide: keyAt("run/slides/two.svs") } })).status).toBe(404);
    rmSync(away, { recursive: true });
  });
});
