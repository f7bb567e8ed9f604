/**
 * Writes TIFF files front to back: blocks as they come, directories at the end, header last. Classic TIFF (6.0) up to
 * 4 GB, BigTIFF beyond. Little-endian. Sixteen bytes are kept for the header until it is known which one it is.
 */
import { AppendFile } from "./append-file.ts";

export type TagType = "ascii" | "short" | "long" | "rational" | "bytes" | "offset";

export interface Tag {
  readonly tag: number;
  readonly type: TagType;
  /** Numbers; text for ascii; numerators over 10,000 for rational. */
  readonly value: readonly number[] | Float64Array | Uint8Array | string;
}

const HEADER = 16;
const RATIONAL_UNIT = 10_000;
const CODE: Readonly<Record<TagType, number>> = { ascii: 2, short: 3, long: 4, rational: 5, bytes: 7, offset: 4 };
const WIDTH: Readonly<Record<TagType, number>> = { ascii: 1, short: 2, long: 4, rational: 8, bytes: 1, offset: 4 };
const BIG_OFFSET = { code: 16, width: 8 };

/** A directory, and those that hang under it as SubIFDs. */
export interface Directory {
  readonly tags: readonly Tag[];
  readonly below: readonly (readonly Tag[])[];
}

const SUB_IFDS = 330;

/** A file being written. Lifetime: from construction to `close`. */
export class TiffWriter {
  readonly #file: AppendFile;
  readonly #bigAbove: number;

  /**
   * Creates the file; with more than `bigAbove` bytes of blocks it becomes a BigTIFF.
   * @throws the system's error when it cannot
   */
  constructor(path: string, bigAbove = 0xf0000000) {
    this.#bigAbove = bigAbove;
    this.#file = new AppendFile(path, HEADER);
  }

  /** Appends bytes and returns their offset. */
  append(bytes: Uint8Array): number {
    return this.#file.append(bytes);
  }

  /** Writes the directories and the header, and makes the file durable. Returns its size. */
  finish(directories: readonly (readonly Tag[] | Directory)[]): number {
    const isBig = this.#file.size > this.#bigAbove;
    let link = 0;
    let first = 0;
    for (const directory of directories) {
      const at = this.#directory("tags" in directory ? this.#withBelow(directory, isBig) : directory, isBig);
      if (link === 0) first = at.start;
      else this.#file.patch(link, encodeValues("offset", [at.start], isBig));
      link = at.link;
    }
    const header = new DataView(new ArrayBuffer(HEADER));
    header.setUint16(0, 0x4949, true);
    header.setUint16(2, isBig ? 43 : 42, true);
    if (isBig) {
      header.setUint16(4, 8, true);
      header.setBigUint64(8, BigInt(first), true);
    } else header.setUint32(4, first, true);
    this.#file.patch(0, new Uint8Array(header.buffer));
    this.#file.finish();
    return this.#file.size;
  }

  /** Without `finish` before it, the file stays without a header. */
  close(): void {
    this.#file.close();
  }

  #withBelow({ tags, below }: Directory, isBig: boolean): readonly Tag[] {
    if (below.length === 0) return tags;
    const value = below.map((page) => this.#directory(page, isBig).start);
    return [...tags, { tag: SUB_IFDS, type: "offset", value }];
  }

  #directory(tags: readonly Tag[], isBig: boolean): { start: number; link: number } {
    const sorted = [...tags].sort((a, b) => a.tag - b.tag);
    const inline = isBig ? 8 : 4;
    const entrySize = isBig ? 20 : 12;
    const countSize = isBig ? 8 : 2;
    const size = countSize + sorted.length * entrySize + inline;
    const view = new DataView(new ArrayBuffer(size));
    if (isBig) view.setBigUint64(0, BigInt(sorted.length), true);
    else view.setUint16(0, sorted.length, true);
    sorted.forEach((tag, i) => {
      const values = encodeValues(tag.type, tag.value, isBig);
      const big = isBig && tag.type === "offset";
      const count = values.length / (big ? BIG_OFFSET.width : WIDTH[tag.type]);
      const at = countSize + i * entrySize;
      view.setUint16(at, tag.tag, true);
      view.setUint16(at + 2, big ? BIG_OFFSET.code : CODE[tag.type], true);
      const field = at + 4 + inline;
      if (isBig) view.setBigUint64(at + 4, BigInt(count), true);
      else view.setUint32(at + 4, count, true);
      if (values.length <= inline) new Uint8Array(view.buffer).set(values, field);
      else if (isBig) view.setBigUint64(field, BigInt(this.#appendEven(values)), true);
      else view.setUint32(field, this.#appendEven(values), true);
    });
    const start = this.#appendEven(new Uint8Array(view.buffer));
    return { start, link: start + size - inline };
  }

  /** TIFF wants values and directories to begin on a word boundary. */
  #appendEven(bytes: Uint8Array): number {
    if (this.#file.size % 2 === 1) this.append(new Uint8Array(1));
    return this.append(bytes);
  }
}

function encodeValues(type: TagType, value: Tag["value"], isBig: boolean): Uint8Array {
  if (typeof value === "string") return new TextEncoder().encode(`${value}\0`);
  if (value instanceof Uint8Array && type === "bytes") return value;
  const width = type === "offset" && isBig ? BIG_OFFSET.width : WIDTH[type];
  const view = new DataView(new ArrayBuffer(value.length * width));
  value.forEach((v, i) => {
    if (type === "rational") {
      view.setUint32(8 * i, Math.round(v * RATIONAL_UNIT), true);
      view.setUint32(8 * i + 4, RATIONAL_UNIT, true);
    } else if (width === 8) view.setBigUint64(8 * i, BigInt(v), true);
    else if (width === 2) view.setUint16(2 * i, v, true);
    else view.setUint32(4 * i, v, true);
  });
  return new Uint8Array(view.buffer);
}
