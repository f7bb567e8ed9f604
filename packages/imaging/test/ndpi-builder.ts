/** Writes small NDPI files: JPEG strips with restart markers, 64-bit offsets. For tests only. */
import type { Raster } from "../src/index.ts";
import { standardJpeg } from "./jpeg-blocks.ts";
import { partOf } from "./picture.ts";

type Entry = readonly [tag: number, type: number, values: readonly number[]];

export interface NdpiPage {
  readonly width: number;
  readonly height: number;
  readonly strip: Uint8Array;
  readonly tags: readonly Entry[];
}

export interface Strip {
  readonly bytes: Uint8Array;
  /** Where each restart interval begins. */
  readonly starts: readonly number[];
}

/**
 * A JPEG whose restart intervals are each encoded alone (their DC starts anew there anyway) and joined by markers.
 * `across`: pixels of an interval, a multiple of a unit that divides the width; each is one unit high, 8 rows or, in 4:2:0, 16.
 */
export async function stripWithRestarts(raster: Raster, across = raster.width, chroma = "4:4:4"): Promise<Strip> {
  const { width, height } = raster;
  const intervals: Uint8Array[] = [];
  let header = new Uint8Array();
  const unit = chroma === "4:4:4" ? 8 : 16;
  for (let y = 0; y < height; y += unit) {
    for (let x = 0; x < width; x += across) {
      const size = { width: across, height: unit };
      const data = partOf(raster, x, y, across, unit);
      const jpeg = await standardJpeg({ ...size, data }, 98, chroma);
      const scan = scanOf(jpeg);
      header = jpeg.slice(0, scan);
      intervals.push(jpeg.slice(scan, -2));
    }
  }
  const head = withSize(header, width, height, across / unit);
  const starts: number[] = [];
  const out: number[] = [...head];
  for (const [i, interval] of intervals.entries()) {
    starts.push(out.length);
    out.push(...interval, 0xff, i === intervals.length - 1 ? 0xd9 : 0xd0 + (i % 8));
  }
  return { bytes: Uint8Array.from(out), starts };
}

/** Where the entropy-coded bytes begin. */
function scanOf(jpeg: Uint8Array): number {
  for (let at = 2; ; ) {
    const end = at + 2 + ((jpeg[at + 2] as number) << 8) + (jpeg[at + 3] as number);
    if (jpeg[at + 1] === 0xda) return end;
    at = end;
  }
}

function withSize(header: Uint8Array, width: number, height: number, interval: number): number[] {
  const out = [...header.subarray(0, 2), 0xff, 0xdd, 0, 4, interval >> 8, interval & 255];
  for (let at = 2; at < header.length; ) {
    const end = at + 2 + ((header[at + 2] as number) << 8) + (header[at + 3] as number);
    const segment = [...header.subarray(at, end)];
    if (segment[1] === 0xc0) segment.splice(5, 4, height >> 8, height & 255, width >> 8, width & 255);
    out.push(...segment);
    at = end;
  }
  return out;
}

const SIZE: Readonly<Record<number, number>> = { 2: 1, 3: 2, 4: 4, 9: 4, 11: 4, 12: 8 };

/** All but the header lies from byte 12 on, and counts from `shift` (a multiple of 2^32) in the offsets it writes. */
export function buildNdpi(pages: readonly NdpiPage[], shift = 0): Uint8Array {
  const out: number[] = [0x49, 0x49, 42, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  const word = (value: number, bytes: number): number[] =>
    Array.from({ length: bytes }, (_, i) => Math.floor(value / 2 ** (8 * i)) & 255);
  const float = (value: number): number[] => [...new Uint8Array(new Float32Array([value]).buffer)];
  const put = (at: number, bytes: readonly number[]): unknown => out.splice(at, bytes.length, ...bytes);
  const encode = ([, type, values]: Entry): number[] =>
    values.flatMap((value) =>
      type === 11 ? float(value) : word(value < 0 ? value + 2 ** 32 : value, SIZE[type] as number),
    );
  let link = 4;
  for (const { width, height, strip, tags } of pages) {
    const stripAt = out.length;
    out.push(...strip);
    const entries: Entry[] = [
      [256, 4, [width]],
      [257, 4, [height]],
      [258, 3, [8, 8, 8]],
      [259, 3, [7]],
      [262, 3, [6]],
      [271, 2, [...new TextEncoder().encode("Hamamatsu\0")]],
      [273, 4, [stripAt + shift]],
      [277, 3, [3]],
      [278, 4, [height]],
      [279, 4, [strip.length]],
      [65420, 3, [1]],
      ...tags,
    ];
    const rows: { entry: Entry; value: number[]; high: number }[] = [];
    for (const entry of entries.sort((a, b) => a[0] - b[0])) {
      const bytes = encode(entry);
      const first = entry[2][0] ?? 0;
      const isWide = entry[1] === 4 && entry[2].length === 1 && first >= 2 ** 32;
      if (bytes.length <= 4) rows.push({ entry, value: bytes, high: isWide ? Math.floor(first / 2 ** 32) : 0 });
      else {
        rows.push({ entry, value: word(out.length + shift, 4), high: Math.floor((out.length + shift) / 2 ** 32) });
        out.push(...bytes);
      }
    }
    put(link, word(out.length + shift, 8));
    out.push(...word(rows.length, 2));
    for (const { entry, value, high: _ } of rows)
      out.push(
        ...word(entry[0], 2),
        ...word(entry[1], 2),
        ...word(entry[2].length, 4),
        ...[...value, 0, 0, 0].slice(0, 4),
      );
    link = out.length;
    out.push(...word(0, 8));
    for (const { high } of rows) out.push(...word(high, 4));
  }
  return Uint8Array.from(out);
}
