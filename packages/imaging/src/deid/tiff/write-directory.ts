/** Directories of a copy: the container of the original (classic, BigTIFF, NDPI; its byte order), nothing but the entries given. */
import { raise } from "@nacre/core";
import type { TiffFile } from "../../format/tiff-directory.ts";
import type { ByteSink } from "../byte-sink.ts";
import type { WrittenEntry } from "./entries.ts";

export type Container = Pick<TiffFile, "isBig" | "isNdpi" | "isLittleEndian">;

/** Bytes before the first block. */
export const headerSize = ({ isBig, isNdpi }: Container): number => (isBig ? 16 : isNdpi ? 12 : 8);

/** The header, pointing at the first directory. */
export function header(container: Container, first: number): Uint8Array {
  const bytes = new Uint8Array(headerSize(container));
  const view = new DataView(bytes.buffer);
  const { isBig, isNdpi, isLittleEndian: le } = container;
  bytes.fill(le ? 0x49 : 0x4d, 0, 2);
  view.setUint16(2, isBig ? 43 : 42, le);
  if (isBig) view.setUint16(4, 8, le);
  if (isBig || isNdpi) view.setBigUint64(isBig ? 8 : 4, BigInt(first), le);
  else view.setUint32(4, small(first), le);
  return bytes;
}

/** Numbers as the values of a tag: offsets and lengths. */
export function placeEntry(
  container: Container,
  tag: number,
  values: ArrayLike<number>,
): WrittenEntry & { readonly high?: number } {
  const { isBig, isNdpi, isLittleEndian: le } = container;
  const size = isBig ? 8 : 4;
  const view = new DataView(new ArrayBuffer(values.length * size));
  const isAlone = isNdpi && values.length === 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (isBig) view.setBigUint64(i * 8, BigInt(value), le);
    else view.setUint32(i * 4, isAlone ? value % 2 ** 32 : small(value), le);
  }
  const high = isAlone ? Math.floor((values[0] as number) / 2 ** 32) : 0;
  return {
    tag,
    type: isBig ? 16 : 4,
    count: values.length,
    bytes: new Uint8Array(view.buffer),
    ...(high > 0 ? { high } : {}),
  };
}

/** Writes values and directory. Gives where it begins, and where the link to the next must be patched. */
export function writeDirectory(
  container: Container,
  sink: ByteSink,
  entries: readonly (WrittenEntry & { readonly high?: number })[],
): { readonly start: number; readonly link: number } {
  const { isBig, isNdpi, isLittleEndian: le } = container;
  const inline = isBig ? 8 : 4;
  const [countSize, entrySize, linkSize] = [isBig ? 8 : 2, isBig ? 20 : 12, isBig || isNdpi ? 8 : 4];
  const sorted = [...entries].sort((a, b) => a.tag - b.tag);
  const placed = sorted.map((entry) => ({
    entry,
    at: entry.bytes.length > inline ? appendEven(sink, entry.bytes) : null,
  }));
  const size = countSize + sorted.length * entrySize + linkSize + (isNdpi ? sorted.length * 4 : 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  if (isBig) view.setBigUint64(0, BigInt(sorted.length), le);
  else view.setUint16(0, sorted.length, le);
  const link = countSize + sorted.length * entrySize;
  for (const [i, { entry, at }] of placed.entries()) {
    const place = countSize + i * entrySize;
    view.setUint16(place, entry.tag, le);
    view.setUint16(place + 2, entry.type, le);
    if (isBig) view.setBigUint64(place + 4, BigInt(entry.count), le);
    else view.setUint32(place + 4, entry.count, le);
    const value = place + 4 + inline;
    if (at === null) bytes.set(entry.bytes, value);
    else if (isBig) view.setBigUint64(value, BigInt(at), le);
    else view.setUint32(value, isNdpi ? at % 2 ** 32 : small(at), le);
    if (isNdpi) view.setUint32(link + linkSize + i * 4, at === null ? (entry.high ?? 0) : Math.floor(at / 2 ** 32), le);
  }
  const start = appendEven(sink, bytes);
  return { start, link: start + link };
}

/** The offset of the next directory, as it is patched into a link. */
export function linkBytes({ isBig, isNdpi, isLittleEndian: le }: Container, offset: number): Uint8Array {
  const bytes = new Uint8Array(isBig || isNdpi ? 8 : 4);
  const view = new DataView(bytes.buffer);
  if (isBig || isNdpi) view.setBigUint64(0, BigInt(offset), le);
  else view.setUint32(0, small(offset), le);
  return bytes;
}

function appendEven(sink: ByteSink, bytes: Uint8Array): number {
  if (sink.position % 2 === 1) sink.append(new Uint8Array(1));
  const at = sink.position;
  sink.append(bytes);
  return at;
}

/** What fits into the four bytes of a classic TIFF. */
function small(offset: number): number {
  if (offset < 2 ** 32) return offset;
  return raise("unsupported-format", {
    expected: "a copy below 4 GB, as the container of the original holds",
    received: `an offset of ${offset}`,
    remedy: "convert the slide to a BigTIFF first",
  });
}
