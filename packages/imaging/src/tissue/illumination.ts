/**
 * How bright bare light is on an image, by channel: its 99th percentiles. Inks are told by their colour against this, so
 * that a field photographed too dark, too blue or too green is not taken for pen.
 */
import type { Raster } from "../slide/slide.ts";

const SHARE = 0.99;
/** The most a channel is raised: an image darker than this is dark, not badly lit. */
const MAX_GAIN = 4;

/** For each channel, a table from a grey level to the one it would have under white light, [3][256]. */
export function towardsWhite(image: Raster): readonly [Uint8Array, Uint8Array, Uint8Array] {
  const counts = [new Uint32Array(256), new Uint32Array(256), new Uint32Array(256)] as const;
  const rgb = image.data;
  const [red, green, blue] = counts;
  for (let p = 0; p < rgb.length; p += 3) {
    const [r, g, b] = [rgb[p] as number, rgb[p + 1] as number, rgb[p + 2] as number];
    red[r] = (red[r] as number) + 1;
    green[g] = (green[g] as number) + 1;
    blue[b] = (blue[b] as number) + 1;
  }
  const n = image.width * image.height;
  return [table(counts[0], n), table(counts[1], n), table(counts[2], n)];
}

function table(histogram: Uint32Array, n: number): Uint8Array {
  let white = 0;
  for (let below = histogram[0] as number; below < SHARE * n && white < 255; ) below += histogram[++white] as number;
  const gain = Math.min(MAX_GAIN, 255 / Math.max(1, white));
  return Uint8Array.from({ length: 256 }, (_, v) => Math.min(255, Math.round(v * gain)));
}
