/** What is seen of a slide: channels and focal planes in our viewer, and the same pixels in viewers that are not ours. */
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { listSlides } from "@nacre/api";
import { unwrap } from "@nacre/core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTiff, type PageSpec } from "../../../../packages/imaging/test/tiff-builder.ts";
import { isAbsent, openRoom, type Room } from "./room-server.ts";

type Colour = readonly number[];

const SIDE = 256;
/** Grey of each channel in each focal plane, and the colours that the viewer gives these dyes. */
const LIGHT = [
  [40, 120, 200],
  [200, 100, 0],
] as const;
const DYES: readonly Colour[] = [
  [0x3b, 0x6b, 0xff],
  [0x00, 0xe0, 0x5a],
];
const OPENSEADRAGON = join(dirname(createRequire(import.meta.url).resolve("openseadragon")), "openseadragon.min.js");

describe.skipIf(isAbsent)("a slide's picture", () => {
  let room: Room;
  let keys: ReadonlyMap<string, string>;
  beforeAll(async () => {
    room = await openRoom();
    writeFileSync(join(room.folder, "loose/light.ome.tif"), fluorescence());
    for (const { key } of room.server.services.archive.projects) await room.server.services.archive.scan(key);
    const { rows } = await room.server.call(listSlides, {});
    keys = new Map(rows.map(({ name, key }) => [name.split("__").at(-1) ?? name, key]));
  });
  afterAll(async () => {
    await room?.close();
  });
  const keyOf = (name: string): string => {
    const key = [...keys].find(([had]) => had.startsWith(name))?.[1];
    if (key === undefined) throw new Error(`expected a slide ${name}, received ${[...keys.keys()]}`);
    return key;
  };

  it("is the sum of the light of the channels that are on, each in its colour, in the focal plane that is chosen", async () => {
    const page = await room.open(`/slides/${keyOf("light")}`);
    const isSeen = (plane: number, on: readonly number[]) =>
      expect.poll(() => near(middleOf(page), sumOf(plane, on)), { timeout: 10_000 }).toBe("as expected");
    await isSeen(1, [0, 1]);
    await page.getByRole("tab", { name: "Channels" }).click();
    await page.getByLabel("FITC", { exact: true }).uncheck();
    await isSeen(1, [0]);
    await page.getByRole("slider", { name: /Focal plane/ }).fill("2");
    await isSeen(2, [0]);
    await page.getByLabel("FITC", { exact: true }).check();
    await page.getByLabel("DAPI", { exact: true }).uncheck();
    await page.getByRole("slider", { name: /Focal plane/ }).fill("0");
    await isSeen(0, [1]);
    await page.close();
  });

  it.each(["IIIF", "Deep Zoom"])("is the same in a viewer that reads %s", async (kind) => {
    const slide = keyOf("one");
    const address = kind === "IIIF" ? `/api/iiif/${slide}/info.json` : `/api/slides/${slide}/dzi.dzi`;
    const page = await room.open("/", { bypassCSP: true });
    await page.addScriptTag({ path: OPENSEADRAGON });
    const shown = await page.evaluate(showWith, { address, places: PLACES });
    const file = join(room.folder, "run/slides/one.svs");
    const read = await Promise.all(PLACES.map(([x, y]) => meanAt(room, file, x, y)));
    for (const [i, colour] of read.entries()) expect(farthest(shown[i] ?? [], colour)).toBeLessThan(6);
    expect(new Set(read.map(String)).size).toBeGreaterThan(1);
    await page.close();
  });

  it("is told to lie outside of the model's experience where the service says so, with its words", async () => {
    const page = await room.open("/");
    const text = "99.7 % of the archive's slides have a nearer neighbour than this one.";
    const answer = { rows: [], compared: 12, exact: true, distance: 0.997, isOutside: true, text };
    let asked = 0;
    await page.route("**/api/search", (route) => {
      asked++;
      return route.fulfill({ json: answer });
    });
    await page.goto(`${room.server.url}/slides/${keyOf("one")}`);
    const notice = page.getByText("Outside the model's experience");
    await notice.waitFor();
    expect(await notice.getAttribute("title")).toBe(text);
    expect(asked).toBe(1);
    await page.close();
  });

  it("is shown without a word to the console, and nobody else is asked", () => {
    // That this test reads canvases back is told by the browser; that a layer went before its tile came, by OpenSeadragon.
    const isExpected = (line: string): boolean => /willReadFrequently|Ignoring tile .* loaded before reset/.test(line);
    expect(room.wrong.filter((line) => !isExpected(line))).toEqual([]);
    expect(room.strayed).toEqual([]);
  });
});

/** Middles of squares of 32 pixels that are compared, level 0. */
const PLACES = [
  [128, 128],
  [512, 512],
  [640, 300],
  [900, 900],
] as const;

/** Two channels in three focal planes, each of one grey. */
function fluorescence(): Uint8Array {
  const pixels = `DimensionOrder="XYZCT" SizeX="${SIDE}" SizeY="${SIDE}" SizeC="2" SizeZ="3" SizeT="1" Type="uint8"`;
  const description =
    `<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0">` +
    `<Pixels ID="Pixels:0" ${pixels}><Channel Name="DAPI"/><Channel Name="FITC"/><TiffData/></Pixels></Image></OME>`;
  const pages = LIGHT.flat().map((grey, i): PageSpec => {
    const page = { width: SIDE, height: SIDE, block: [SIDE, SIDE] as const, samples: 1, photometric: 1 };
    const blocks = [new Uint8Array(SIDE * SIDE).fill(grey)];
    return { ...page, blocks, tags: [[258, 3, [8]]], ...(i === 0 ? { description } : {}) };
  });
  return buildTiff({ pages });
}

function sumOf(plane: number, on: readonly number[]): Colour {
  return [0, 1, 2].map((part) =>
    Math.min(
      255,
      on.reduce((sum, channel) => sum + ((LIGHT[channel]?.[plane] ?? 0) * (DYES[channel]?.[part] ?? 0)) / 255, 0),
    ),
  );
}

/** The pixel in the middle of the slide as our viewer drew it. */
function middleOf(page: Page): Promise<Colour> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>(".stage-place .openseadragon-canvas canvas");
    const data = canvas?.getContext("2d")?.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data;
    return [...(data ?? [])].slice(0, 3);
  });
}

async function near(seen: Promise<Colour>, expected: Colour): Promise<string> {
  const colour = await seen;
  return farthest(colour, expected) <= 4 ? "as expected" : `${colour} where ${expected.map(Math.round)} is`;
}

function farthest(a: Colour, b: Colour): number {
  return a.length < 3 ? Number.POSITIVE_INFINITY : Math.max(...b.map((value, i) => Math.abs(value - (a[i] ?? 0))));
}

/** Mean colour of a square of 32 pixels as the service reads it. */
async function meanAt({ server }: Room, file: string, x: number, y: number): Promise<Colour> {
  const place = { x: x - 16, y: y - 16, width: 32, height: 32, outWidth: 32, outHeight: 32 };
  const { data } = unwrap(await server.services.slides.pixels(file, place));
  return [0, 1, 2].map((part) => {
    let sum = 0;
    for (let i = part; i < data.length; i += 3) sum += data[i] ?? 0;
    return sum / (data.length / 3);
  });
}

type Library = (options: object) => {
  readonly drawer: { readonly canvas: HTMLCanvasElement };
  readonly world: { getItemAt(at: number): { getFullyLoaded(): boolean } | undefined };
  addHandler(name: string, hear: (event: { message?: string }) => void): void;
};

/** In the page: the library opens the address by itself, and gives mean colours of squares of 32 level-0 pixels of a slide of 1024. */
async function showWith({
  address,
  places,
}: {
  readonly address: string;
  readonly places: readonly (readonly [number, number])[];
}): Promise<number[][]> {
  const { OpenSeadragon } = window as unknown as { readonly OpenSeadragon: Library };
  const element = document.createElement("div");
  element.style.cssText = "position: fixed; inset: 0 auto auto 0; width: 1024px; height: 1024px; z-index: 9";
  document.body.append(element);
  const viewer = OpenSeadragon({
    element,
    tileSources: address,
    drawer: "canvas",
    showNavigationControl: false,
    animationTime: 0,
    blendTime: 0,
    imageSmoothingEnabled: false,
  });
  let failure: string | null = null;
  for (const name of ["open-failed", "tile-load-failed"])
    viewer.addHandler(name, ({ message }) => {
      failure = `${name}: ${message}`;
    });
  for (let i = 0; i < 1000 && failure === null && viewer.world.getItemAt(0)?.getFullyLoaded() !== true; i++)
    await new Promise((done) => setTimeout(done, 20));
  if (failure !== null) throw new Error(failure);
  await new Promise((done) => setTimeout(done, 200));
  const context = viewer.drawer.canvas.getContext("2d");
  const ratio = viewer.drawer.canvas.width / 1024;
  return places.map(([x, y]) => {
    const part = context?.getImageData((x - 16) * ratio, (y - 16) * ratio, 32 * ratio, 32 * ratio).data ?? [];
    const sums = [0, 0, 0];
    for (let i = 0; i < part.length; i += 4) for (const c of [0, 1, 2]) sums[c] = (sums[c] ?? 0) + (part[i + c] ?? 0);
    return sums.map((sum) => sum / (part.length / 4));
  });
}
