/**
 * The IIIF Image API 3.0: regions in pixels, sizes, no rotation, JPEG. All that level 1 asks of images; of what it asks of the protocol, no
 * answer to other origins (CORS): that would open a service without sign-in to every page somebody visits. So it calls itself level 0, with
 * the rest as extra features.
 */
import type { BytesReply } from "../serve/handle.ts";
import { refuse } from "../serve/refuse.ts";
import { sizeOf } from "./deep-zoom.ts";
import { type Asked, replyOf } from "./slide-pictures.ts";
import { refuseSlide, seenFile } from "./slide-place.ts";
import type { RegionRequest } from "./slide-pool.ts";

/** Longest side of a picture. */
export const IIIF_SIDE = 2048;
const TILE = 512;

/** @param base address of the service, without a slash at the end */
export async function iiifInfo(asked: Asked, base: string): Promise<BytesReply> {
  const size = await sizeOf(asked);
  const steps = Math.max(0, Math.ceil(Math.log2(Math.max(size.width, size.height) / TILE)));
  const scaleFactors = Array.from({ length: steps + 1 }, (_, i) => 2 ** i);
  const info = {
    "@context": "http://iiif.io/api/image/3/context.json",
    id: `${base}/api/iiif/${asked.slide}`,
    type: "ImageService3",
    protocol: "http://iiif.io/api/image",
    profile: "level0",
    ...size,
    maxWidth: IIIF_SIDE,
    maxHeight: IIIF_SIDE,
    sizes: [256, 512, 1024, 2048].map((side) => within(size, side)),
    tiles: [{ width: TILE, height: TILE, scaleFactors }],
    extraFeatures: [
      "regionByPx",
      "regionSquare",
      "sizeByW",
      "sizeByH",
      "sizeByWh",
      "sizeByConfinedWh",
      "jsonldMediaType",
    ],
  };
  return {
    type: 'application/ld+json;profile="http://iiif.io/api/image/3/context.json"',
    body: `${JSON.stringify(info)}\n`,
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function within({ width, height }: Size, side: number): Size {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

export interface IiifAsked {
  readonly region: string;
  readonly size: string;
  readonly rotation: string;
  readonly file: string;
}

export async function iiifImage(asked: Asked, wanted: IiifAsked): Promise<BytesReply> {
  const request = iiifRequest(await sizeOf(asked), wanted);
  const { services, who, slide, signal } = asked;
  const file = await seenFile(services, who, slide);
  const made = await services.slides.region(file, request, { signal, format: "jpeg" });
  return made.ok ? replyOf(made.value) : refuseSlide(made.failure, file);
}

/** @throws ApiRefusal bad-request for what is not served or cannot be */
export function iiifRequest(slide: Size, { region, size, rotation, file }: IiifAsked): RegionRequest {
  if (rotation !== "0") return bad("rotation 0", rotation);
  if (file !== "default.jpg") return bad("default.jpg", file);
  const place = placeOf(slide, region);
  const { width, height } = scaled(place, size);
  return { ...place, outWidth: width, outHeight: height };
}

type Place = Size & { readonly x: number; readonly y: number };

function placeOf({ width, height }: Size, region: string): Place {
  if (region === "full") return { x: 0, y: 0, width, height };
  if (region === "square") {
    const side = Math.min(width, height);
    return { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), width: side, height: side };
  }
  const said = /^(\d+),(\d+),(\d+),(\d+)$/.exec(region);
  if (said === null) return bad("a region: full, square or x,y,w,h in pixels", region);
  const [x = 0, y = 0, w = 0, h = 0] = said.slice(1).map(Number);
  // What reaches beyond the image is cut off; what lies outside of it is an error (4.1).
  const cut = { x, y, width: Math.min(w, width - x), height: Math.min(h, height - y) };
  return cut.width > 0 && cut.height > 0 ? cut : bad(`a region on an image of ${width} x ${height}`, region);
}

function scaled(place: Size, text: string): Size {
  if (text === "max") return within(place, IIIF_SIDE);
  const said = /^(!?)(\d*),(\d*)$/.exec(text);
  const [, confined = "", w = "", h = ""] = said ?? [];
  if (said === null || (w === "" && h === "") || (confined === "!" && (w === "" || h === "")))
    return bad("a size: max, w,, ,h, w,h or !w,h", text);
  const size = confined === "!" ? confine(place, Number(w), Number(h)) : sized(place, w, h);
  const isEnlarged = size.width > place.width || size.height > place.height;
  if (isEnlarged || size.width < 1 || size.height < 1 || Math.max(size.width, size.height) > IIIF_SIDE)
    return bad(`a size from 1 to ${IIIF_SIDE}, not above the region's own`, text);
  return size;
}

function confine({ width, height }: Size, w: number, h: number): Size {
  const scale = Math.min(1, w / width, h / height);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

function sized({ width, height }: Size, w: string, h: string): Size {
  if (h === "") return { width: Number(w), height: Math.max(1, Math.round((height * Number(w)) / width)) };
  if (w === "") return { width: Math.max(1, Math.round((width * Number(h)) / height)), height: Number(h) };
  const size = { width: Number(w), height: Number(h) };
  const drift = Math.abs(size.width / size.height / (width / height) - 1);
  // Two pixels of rounding at most: tissue is never shown stretched.
  return drift * Math.min(size.width, size.height) <= 2
    ? size
    : bad("a size of the region's own proportions", `${w},${h}`);
}

function bad(expected: string, received: string): never {
  return refuse("bad-request", { expected, received, remedy: "see info.json for what is served" });
}
