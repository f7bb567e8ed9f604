/** Deep Zoom: a pyramid of halves from one pixel up, cut into squares without overlap (the description that viewers read: one XML). */
import type { BytesReply } from "../serve/handle.ts";
import { notFound, refuse } from "../serve/refuse.ts";
import { type Asked, replyOf } from "./slide-pictures.ts";
import { refuseSlide, seenFile, slideFile } from "./slide-place.ts";

export const DEEP_ZOOM_SIDE = 512;

interface Size {
  readonly width: number;
  readonly height: number;
}

export async function deepZoomReply({ services, who, slide }: Asked): Promise<BytesReply> {
  const { width, height } = await sizeOf({ services, who, slide });
  const body =
    `<?xml version="1.0" encoding="UTF-8"?>\n<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" Format="jpg" ` +
    `Overlap="0" TileSize="${DEEP_ZOOM_SIDE}"><Size Width="${width}" Height="${height}"/></Image>\n`;
  return { type: "application/xml; charset=utf-8", body };
}

/** @param tile `column_row.jpg` */
export async function deepZoomTile(
  asked: Asked,
  { level, tile }: { readonly level: number; readonly tile: string },
): Promise<BytesReply> {
  const size = await sizeOf(asked);
  const [column = 0, row = 0] = tile.split(/[_.]/).map(Number);
  const request = deepZoomRegion(size, { level, column, row });
  if (request === null) return notFound("a tile of the slide");
  const { services, who, slide, signal } = asked;
  const file = await seenFile(services, who, slide);
  const made = await services.slides.region(file, request, { signal, format: "jpeg" });
  return made.ok ? replyOf(made.value) : refuseSlide(made.failure, file);
}

/** Where a tile lies at level 0, and its size: smaller at the rim. null: no such tile. */
export function deepZoomRegion(
  { width, height }: Size,
  { level, column, row }: { readonly level: number; readonly column: number; readonly row: number },
): { x: number; y: number; width: number; height: number; outWidth: number; outHeight: number } | null {
  const finest = Math.ceil(Math.log2(Math.max(width, height)));
  if (level > finest) return null;
  const scale = 2 ** (finest - level);
  const left = column * DEEP_ZOOM_SIDE;
  const top = row * DEEP_ZOOM_SIDE;
  const outWidth = Math.min(DEEP_ZOOM_SIDE, Math.ceil(width / scale) - left);
  const outHeight = Math.min(DEEP_ZOOM_SIDE, Math.ceil(height / scale) - top);
  if (outWidth < 1 || outHeight < 1) return null;
  return { x: left * scale, y: top * scale, width: outWidth * scale, height: outHeight * scale, outWidth, outHeight };
}

/** Pixels at level 0. @throws ApiRefusal */
export async function sizeOf({ services, who, slide }: Omit<Asked, "signal">): Promise<Size> {
  const file = await slideFile(services, who, slide);
  const info = await services.slides.info(file);
  if (!info.ok) return refuseSlide(info.failure, file);
  const { width, height } = info.value;
  if (width > 0 && height > 0) return { width, height };
  return refuse("unusable", {
    expected: "a slide of some size",
    received: `${width} x ${height}`,
    remedy: "convert it",
  });
}
