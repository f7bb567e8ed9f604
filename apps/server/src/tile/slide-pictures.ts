/** Pictures of a slide as replies: stored blocks, the whole slide small, rectangles. */
import { join } from "node:path";
import type { Person, planeQuery } from "@nacre/api";
import type { z } from "zod";
import type { BytesReply } from "../serve/handle.ts";
import { refuse } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import { KeptPictures } from "./kept-pictures.ts";
import { refuseSlide, seenFile, slideFile } from "./slide-place.ts";
import type { Picture, PictureOptions, RegionRequest } from "./slide-pool.ts";

type PlaneQuery = z.output<typeof planeQuery>;

export interface Asked {
  readonly services: Services;
  readonly who: Person;
  readonly slide: string;
  readonly signal: AbortSignal;
}

export async function tileReply(
  { services, who, slide, signal }: Asked,
  {
    version,
    ...request
  }: { readonly version: string; readonly level: number; readonly column: number; readonly row: number },
  query: PlaneQuery,
): Promise<BytesReply> {
  const file = await seenFile(services, who, slide);
  // Kept for ever by whoever asks: what the address names must be what is sent.
  if ((await services.slides.version(file)) !== version) return changed();
  const tile = await services.slides.tile(file, request, { signal, client: who.id, ...planeOf(query) });
  if (!tile.ok) return refuseSlide(tile.failure, file);
  return {
    ...replyOf(tile.value ?? changed()),
    isImmutable: true,
    etag: `${version}-${Object.values({ ...request, ...query }).join("-")}`,
  };
}

function changed(): never {
  return refuse("not-found", {
    expected: "the slide as it was when its facts were read",
    received: "a file that has changed since",
    remedy: "read the slide again",
  });
}

/** Thumbnails up to this size stand in lists; larger ones show the slide. */
const LARGE = 512;
/** Sizes that are kept: what is asked for is rounded up to one of them. */
const SIZES = [64, 128, 256, 512, 1024, 2048] as const;
const KEEPERS = new WeakMap<object, KeptPictures>();

export async function thumbnailReply({ services, who, slide, signal }: Asked, size: number): Promise<BytesReply> {
  const side = SIZES.find((kept) => kept >= size) ?? 2048;
  const file = await (side > LARGE ? seenFile : slideFile)(services, who, slide);
  const version = await services.slides.version(file);
  const name = `${slide}-${version ?? "0"}-${side}`;
  const keeper = thumbnailsOf(services);
  const etag = `${version}-${side}`;
  const kept = await keeper.find(name);
  if (kept !== null) return { type: "image/jpeg", body: kept, etag };
  const info = await services.slides.info(file);
  if (!info.ok) return refuseSlide(info.failure, file);
  const whole = { x: 0, y: 0, width: info.value.width, height: info.value.height };
  const made = await services.slides.region(file, fitted(whole, side, true), { signal, priority: -1, format: "jpeg" });
  if (!made.ok) return refuseSlide(made.failure, file);
  await keeper.keep(name, made.value.bytes);
  return { ...replyOf(made.value), etag };
}

function thumbnailsOf({ db, config }: Services): KeptPictures {
  const had = KEEPERS.get(db) ?? new KeptPictures(join(config.data, "thumbnails"));
  KEEPERS.set(db, had);
  return had;
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How far beyond a slide a rectangle may reach, in slides: a view of it small in the middle of glass. */
const MOST_BEYOND = 8;

export async function regionReply(
  { services, who, slide, signal }: Asked,
  { size, format, ...query }: PlaneQuery & Rectangle & { readonly size: number; readonly format: "jpeg" | "png" },
): Promise<BytesReply> {
  const file = await seenFile(services, who, slide);
  const info = await services.slides.info(file);
  if (!info.ok) return refuseSlide(info.failure, file);
  const { x, y, width, height } = query;
  const most = MOST_BEYOND * Math.max(info.value.width, info.value.height);
  if (Math.max(width, height, Math.abs(x), Math.abs(y)) > most) {
    return refuse("bad-request", {
      expected: "a rectangle near the slide",
      received: `${width} x ${height} at ${x}, ${y}`,
      remedy: `give level-0 pixels; the slide has ${info.value.width} x ${info.value.height}`,
    });
  }
  const request = fitted({ x, y, width, height }, size, false);
  const made = await services.slides.region(file, request, { signal, format, ...planeOf(query) });
  return made.ok ? replyOf(made.value) : refuseSlide(made.failure, file);
}

/** A rectangle scaled so that its longer side is `size` pixels, aspect kept. */
export function fitted(place: Rectangle, size: number, isNeverLarger: boolean): RegionRequest {
  const longest = Math.max(place.width, place.height);
  const scale = isNeverLarger ? Math.min(1, size / longest) : size / longest;
  return {
    ...place,
    outWidth: Math.max(1, Math.round(place.width * scale)),
    outHeight: Math.max(1, Math.round(place.height * scale)),
  };
}

export function replyOf({ type, bytes }: Picture): BytesReply {
  return { type, body: bytes };
}

function planeOf({ channel, focalPlane, time }: PlaneQuery): Pick<PictureOptions, "plane"> {
  const plane = {
    ...(channel === undefined ? {} : { channel }),
    ...(focalPlane === undefined ? {} : { focalPlane }),
    ...(time === undefined ? {} : { time }),
  };
  return Object.keys(plane).length === 0 ? {} : { plane };
}
