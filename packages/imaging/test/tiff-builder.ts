/** Writes small TIFFs of any byte order and size of offsets, right or wrong on purpose. For tests only. */
import type { Raster } from "../src/index.ts";
import { partOf } from "./picture.ts";

export interface PageSpec {
  readonly width: number;
  readonly height: number;
  readonly block: readonly [number, number];
  readonly blocks: readonly Uint8Array[];
  readonly isTiled?: boolean;
  readonly compression?: number;
  readonly photometric?: number;
  readonly samples?: number;
  readonly description?: string;
  /** Further tags: [tag, type, values]; type 7 values are bytes. They replace those above. */
  readonly tags?: readonly (readonly [number, number, readonly number[]])[];
}

export interface TiffSpec {
  readonly pages: readonly PageSpec[];
  readonly isLittleEndian?: boolean;
  readonly isBig?: boolean;
  /** Offset that the last directory names as the next one; 0 ends the chain. */
  readonly loopTo?: "first" | "none";
}

const SIZE: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 7: 1, 12: 8, 16: 8 };

/** Directories lie in front, blocks at the end, in the order given. */
export function buildTiff({ pages, isLittleEndian = true, isBig = false, loopTo = "none" }: TiffSpec): Uint8Array {
  const fields = pages.map(fieldsOf);
  const values = pages.reduce((sum, page) => sum + page.blocks.reduce((n, block) => n + block.length + 8, 0), 0);
  const tags = pages.flatMap((page) => page.tags ?? []).reduce((sum, [, , list]) => sum + list.length * 8, 0);
  const texts = pages.reduce((sum, { description = "" }) => sum + description.length * 3, 0);
  const out = new Uint8Array(values + tags + texts + pages.length * 2 ** 14);
  const view = new DataView(out.buffer);
  const number = (at: number, type: number, value: number): void => {
    if (type === 3) view.setUint16(at, value, isLittleEndian);
    else if (type === 4) view.setUint32(at, value, isLittleEndian);
    else if (type === 12) view.setFloat64(at, value, isLittleEndian);
    else if (type === 16) view.setBigUint64(at, BigInt(value), isLittleEndian);
    else view.setUint8(at, value);
  };
  const pointer = isBig ? 16 : 4;
  const entrySize = isBig ? 20 : 12;
  out.fill(isLittleEndian ? 0x49 : 0x4d, 0, 2);
  number(2, 3, isBig ? 43 : 42);
  if (isBig) number(4, 3, 8);
  let link = isBig ? 8 : 4;
  let end = isBig ? 16 : 8;
  const first = end;
  const blockFields: { at: number; page: PageSpec }[] = [];
  for (const [index, entries] of fields.entries()) {
    number(link, pointer, end);
    const start = end + (isBig ? 8 : 2);
    number(end, isBig ? 16 : 3, entries.length);
    link = start + entries.length * entrySize;
    end = link + (isBig ? 8 : 4);
    for (const [i, [tag, type, values]] of entries.entries()) {
      const at = start + i * entrySize;
      number(at, 3, tag);
      number(at + 2, 3, type);
      number(at + 4, pointer, values.length);
      const bytes = values.length * (SIZE[type] as number);
      const isInside = bytes <= (isBig ? 8 : 4);
      const place = isInside ? at + (isBig ? 12 : 8) : end;
      if (!isInside) {
        number(at + (isBig ? 12 : 8), pointer, end);
        end += bytes + (bytes & 1);
      }
      for (const [k, value] of values.entries()) number(place + k * (SIZE[type] as number), type, value);
      if (tag === 324 || tag === 273) blockFields.push({ at: place, page: pages[index] as PageSpec });
    }
  }
  if (loopTo === "first") number(link, pointer, first);
  for (const { at, page } of blockFields) {
    for (const [i, block] of page.blocks.entries()) {
      number(at + i * 4, 4, block.length === 0 ? 0 : end);
      out.set(block, end);
      end += block.length;
    }
  }
  return out.slice(0, end);
}

type Field = readonly [tag: number, type: number, values: readonly number[]];

function fieldsOf(page: PageSpec): Field[] {
  const samples = page.samples ?? 3;
  const zeros = page.blocks.map(() => 0);
  const lengths = page.blocks.map((block) => block.length);
  const fields = new Map<number, Field>();
  const add = (tag: number, type: number, values: readonly number[]): unknown => fields.set(tag, [tag, type, values]);
  add(256, 4, [page.width]);
  add(257, 4, [page.height]);
  add(258, 3, Array<number>(samples).fill(8));
  add(259, 3, [page.compression ?? 1]);
  add(262, 3, [page.photometric ?? 2]);
  if (page.description) add(270, 2, [...new TextEncoder().encode(`${page.description}\0`)]);
  add(277, 3, [samples]);
  if (page.isTiled ?? true) {
    add(322, 4, [page.block[0]]);
    add(323, 4, [page.block[1]]);
    add(324, 4, zeros);
    add(325, 4, lengths);
  } else {
    add(273, 4, zeros);
    add(278, 4, [page.block[1]]);
    add(279, 4, lengths);
  }
  for (const [tag, type, values] of page.tags ?? []) add(tag, type, values);
  return [...fields.values()].sort((a, b) => a[0] - b[0]);
}

/** The blocks of a raster, row-major; what sticks out of it is white. */
export function cut(raster: Raster, width: number, height: number): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let y = 0; y < raster.height; y += height) {
    for (let x = 0; x < raster.width; x += width) blocks.push(partOf(raster, x, y, width, height));
  }
  return blocks;
}

/** A page of uncompressed tiles. */
export function rawPage(raster: Raster, block: readonly [number, number], more: Partial<PageSpec> = {}): PageSpec {
  return { width: raster.width, height: raster.height, block, blocks: cut(raster, ...block), ...more };
}
