/** Numbers of a drawn region: area, tissue, colour at a coarse level, and what a model saw in the tiles whose centre lies inside. */
import type { Person, RouteInput, RouteReply, regionStatistics } from "@nacre/api";
import { isInsideRing, type Ring } from "@nacre/core";
import type { Tissue } from "@nacre/imaging";
import { refuse } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import { seenTiles } from "./heatmap.ts";
import { fitted } from "./slide-pictures.ts";
import { refuseSlide, slideFile } from "./slide-place.ts";

type Statistics = RouteReply<typeof regionStatistics>;

/** Longest side of the raster that a region is measured on, pixels. */
const RASTER_SIDE = 512;

export async function statisticsOf(
  { services, who, slide }: { readonly services: Services; readonly who: Person; readonly slide: string },
  { ring: text, run }: RouteInput<typeof regionStatistics>["query"],
): Promise<Statistics> {
  const ring = parseRing(text);
  const file = await slideFile(services, who, slide);
  const info = await services.slides.info(file);
  if (!info.ok) return refuseSlide(info.failure, file);
  const box = boxOf(ring, info.value);
  const areaPixels = areaOf(ring);
  const { mpp } = info.value;
  const areaMm2 = mpp === null ? null : (areaPixels * mpp * mpp) / 1e6;
  const [colour, tissueShare, model] = await Promise.all([
    meanColour(services, file, ring, box),
    shareOfTissue(services, file, ring),
    run === undefined ? NO_MODEL : modelValues(services, who, { slide, run, ring }),
  ]);
  return { areaPixels, areaMm2, tissueShare, meanRgb: colour, ...model };
}

/** `x,y;x,y;…`, level-0 pixels. */
function parseRing(text: string): Ring {
  const ring = text.split(";").map((corner) => {
    const [x = Number.NaN, y = Number.NaN, ...more] = corner
      .split(",")
      .map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
    return more.length === 0 ? { x, y } : { x: Number.NaN, y };
  });
  if (ring.length >= 3 && ring.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))) return ring;
  return refuse("bad-request", {
    expected: "ring: at least three corners x,y;x,y;x,y in level-0 pixels",
    received: text.slice(0, 60),
    remedy: "draw the region again",
  });
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What of the ring lies on the slide. */
function boxOf(ring: Ring, slide: { readonly width: number; readonly height: number }): Box {
  const clip = (value: number, most: number): number => Math.min(most, Math.max(0, value));
  const xs = ring.map(({ x }) => clip(x, slide.width));
  const ys = ring.map(({ y }) => clip(y, slide.height));
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - x, Math.max(...ys) - y];
  if (width >= 1 && height >= 1) return { x, y, width, height };
  return refuse("bad-request", {
    expected: "a region on the slide, at least a pixel wide and high",
    received: `${Math.round(width)} x ${Math.round(height)} pixels of it`,
    remedy: `draw it on the slide: ${slide.width} x ${slide.height} pixels`,
  });
}

/** Area inside a ring, the shoelace formula. */
function areaOf(ring: Ring): number {
  let twice = 0;
  ring.forEach(({ x, y }, i) => {
    const next = ring[(i + 1) % ring.length] as Ring[number];
    twice += x * next.y - next.x * y;
  });
  return Math.abs(twice) / 2;
}

async function meanColour(services: Services, file: string, ring: Ring, box: Box): Promise<Statistics["meanRgb"]> {
  const read = await services.slides.pixels(file, fitted(box, RASTER_SIDE, true));
  if (!read.ok) return refuseSlide(read.failure, file);
  const { width, height, data } = read.value;
  const sum: [number, number, number] = [0, 0, 0];
  let n = 0;
  eachInside(
    ring,
    { x: box.x, y: box.y, downsample: Math.max(box.width / width, box.height / height), width, height },
    (at) => {
      for (let c = 0; c < 3; c++) (sum[c] as number) += data[at * 3 + c] as number;
      n++;
    },
  );
  return n === 0 ? null : [sum[0] / n, sum[1] / n, sum[2] / n];
}

/** null where tissue cannot be told: no scale. */
async function shareOfTissue({ slides }: Services, file: string, ring: Ring): Promise<number | null> {
  const tissue = await slides.tissue(file);
  if (!tissue.ok) return tissue.failure.kind === "no-tissue" ? 0 : null;
  return maskShare(tissue.value, ring);
}

function maskShare({ mask, width, height, downsample }: Tissue, ring: Ring): number | null {
  let [inside, n] = [0, 0];
  eachInside(ring, { x: 0, y: 0, downsample, width, height }, (at) => {
    inside += mask[at] as number;
    n++;
  });
  return n === 0 ? null : inside / n;
}

interface Grid {
  readonly x: number;
  readonly y: number;
  readonly downsample: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels of a grid whose centre lies in the ring, row by row between its crossings (even-odd). */
function eachInside(
  ring: Ring,
  { x: left, y: top, downsample, width, height }: Grid,
  visit: (at: number) => void,
): void {
  for (let row = 0; row < height; row++) {
    const crossings = crossingsAt(ring, top + (row + 0.5) * downsample).map((x) => (x - left) / downsample - 0.5);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const from = Math.max(0, Math.ceil(crossings[i] as number));
      const to = Math.min(width - 1, Math.ceil(crossings[i + 1] as number) - 1);
      for (let column = from; column <= to; column++) visit(row * width + column);
    }
  }
}

function crossingsAt(ring: Ring, y: number): number[] {
  const found: number[] = [];
  ring.forEach((a, i) => {
    const b = ring[(i + 1) % ring.length] as Ring[number];
    if (a.y > y !== b.y > y) found.push(a.x + ((b.x - a.x) * (y - a.y)) / (b.y - a.y));
  });
  return found.sort((p, q) => p - q);
}

type ModelValues = Pick<Statistics, "tiles" | "attentionShare" | "contributionSum">;
const NO_MODEL: ModelValues = { tiles: 0, attentionShare: null, contributionSum: null };

async function modelValues(
  services: Services,
  who: Person,
  { slide, run, ring }: { readonly slide: string; readonly run: string; readonly ring: Ring },
): Promise<ModelValues> {
  const { tiles } = await seenTiles(services, who, { slide, run });
  const half = tiles.side / 2;
  const inside = tiles.x.flatMap((x, i) => (isInsideRing(ring, x + half, (tiles.y[i] as number) + half) ? [i] : []));
  const sum = (name: string): number | null => {
    const values = tiles.values.get(name);
    return values === undefined ? null : inside.reduce((total, i) => total + (values[i] as number), 0);
  };
  return { tiles: inside.length, attentionShare: sum("attention"), contributionSum: sum("contribution") };
}
