/** The small changes that turn a sound slide into a broken one, as they stand in corpus.json. For tests only. */
import { deflateSync } from "node:zlib";
import type { BaseSlide } from "./base-slides.ts";

export type Edit =
  /** Bytes in place of others. */
  | { readonly at: number; readonly hex: string }
  /** Bytes at a distance from the nth place where others stand. */
  | { readonly find: string; readonly nth?: number; readonly plus: number; readonly hex: string }
  /** Text in place of other text; the file may grow or shrink. */
  | { readonly text: string; readonly with: string }
  /** The first so many bytes; below 0: all but the last. */
  | { readonly truncate: number }
  | { readonly insert: number; readonly hex: string }
  /** A part of a TIFF's entry. "value": the field itself, value or offset. */
  | { readonly directory: number; readonly tag: number; readonly part: "type" | "count" | "value"; readonly to: number }
  /** The first block becomes other bytes, behind the end of the file: given, or so many zeros in deflate. */
  | { readonly directory: number; readonly block: string }
  | { readonly directory: number; readonly deflatedZeros: number }
  /** In the text of a tag, a piece becomes another one, so many times over; the text moves behind the end of the file. */
  | {
      readonly directory: number;
      readonly tag: number;
      readonly piece: string;
      readonly with: string;
      readonly times?: number;
    }
  /** The count of entries, or the link to the next directory. */
  | { readonly directory: number; readonly part: "entries" | "next"; readonly to: number };

export interface HostileCase {
  readonly name: string;
  readonly base: string;
  /** Default: the file that is opened. */
  readonly file?: string;
  readonly edits: readonly Edit[];
}

/** The slide with the edits made, one after the other. @throws RangeError where an edit does not fit */
export function broken(base: BaseSlide, { file = base.main, edits, name }: HostileCase): BaseSlide {
  const bytes = base.files.get(file);
  if (!bytes) throw new RangeError(`expected a file of ${base.name} for "${name}", received ${file}`);
  const after = edits.reduce(applied, Buffer.from(bytes));
  return { ...base, files: new Map([...base.files, [file, new Uint8Array(after)]]) };
}

function applied(bytes: Buffer, edit: Edit): Buffer {
  if ("truncate" in edit) return bytes.subarray(0, edit.truncate < 0 ? bytes.length + edit.truncate : edit.truncate);
  if ("insert" in edit)
    return Buffer.concat([bytes.subarray(0, edit.insert), Buffer.from(edit.hex, "hex"), bytes.subarray(edit.insert)]);
  if ("text" in edit) return replaced(bytes, edit.text, edit.with);
  if ("directory" in edit) return inDirectory(bytes, edit);
  const hex = Buffer.from(edit.hex, "hex");
  const at = "at" in edit ? edit.at : placeOf(bytes, edit) + edit.plus;
  if (at < 0 || at + hex.length > bytes.length)
    throw new RangeError(`expected an edit inside ${bytes.length} bytes, received one at ${at}`);
  hex.copy(bytes, at);
  return bytes;
}

function placeOf(bytes: Buffer, { find, nth = 0 }: { readonly find: string; readonly nth?: number }): number {
  let at = -1;
  for (let i = 0; i <= nth; i++) {
    at = bytes.indexOf(Buffer.from(find, "hex"), at + 1);
    if (at < 0) throw new RangeError(`expected ${find} ${nth + 1} times, received ${i}`);
  }
  return at;
}

function replaced(bytes: Buffer, text: string, by: string): Buffer {
  const at = bytes.indexOf(text);
  if (at < 0) throw new RangeError(`expected the text ${text}, received none`);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(by), bytes.subarray(at + Buffer.byteLength(text))]);
}

/** Numbers of any width in a TIFF's byte order. */
export function words(bytes: Buffer) {
  const isLittle = bytes[0] === 0x49;
  return {
    read(at: number, size: number): number {
      const part = Buffer.from(bytes.subarray(at, at + size));
      return Number(BigInt(`0x${(isLittle ? part.reverse() : part).toString("hex")}`));
    },
    write(at: number, size: number, value: number): void {
      const limit = 2n ** BigInt(size * 8);
      const part = Buffer.from((((BigInt(value) % limit) + limit) % limit).toString(16).padStart(size * 2, "0"), "hex");
      (isLittle ? part.reverse() : part).copy(bytes, at);
    },
  };
}

/** Directories of classic TIFF, BigTIFF and NDPI, as the builders write them. @throws RangeError where it is not there */
export function directoryOf(bytes: Buffer, directory: number) {
  const isBig = bytes.readUInt16LE(2) === 43 || bytes.readUInt16BE(2) === 43;
  const isNdpi = !isBig && bytes[0] === 0x49 && bytes.readUInt32LE(4) > 64;
  const { read } = words(bytes);
  const [countSize, entrySize, word] = [isBig ? 8 : 2, isBig ? 20 : 12, isBig ? 8 : 4];
  const link = isBig || isNdpi ? 8 : 4;
  let at = read(isBig ? 8 : 4, link);
  for (let i = 0; i < directory; i++) at = read(at + countSize + read(at, countSize) * entrySize, link);
  const n = read(at, countSize);
  const entryOf = (tag: number): number => {
    const i = Array.from({ length: n }, (_, k) => read(at + countSize + k * entrySize, 2)).indexOf(tag);
    if (i < 0) throw new RangeError(`expected tag ${tag} in directory ${directory}, received none`);
    return at + countSize + i * entrySize;
  };
  return { at, n, countSize, entrySize, word, link, linkAt: at + countSize + n * entrySize, entryOf };
}

function inDirectory(bytes: Buffer, edit: Extract<Edit, { directory: number }>): Buffer {
  const { at, countSize, word, link, linkAt, entryOf } = directoryOf(bytes, edit.directory);
  const { read, write } = words(bytes);
  if ("piece" in edit) {
    const entry = entryOf(edit.tag);
    const from = read(entry + 4 + word, word);
    const text = bytes.subarray(from, from + read(entry + 4, word));
    const after = replaced(Buffer.from(text), edit.piece, edit.with.repeat(edit.times ?? 1));
    write(entry + 4, word, after.length);
    write(entry + 4 + word, word, bytes.length);
    return Buffer.concat([bytes, after]);
  }
  if ("block" in edit || "deflatedZeros" in edit) {
    const block = "block" in edit ? Buffer.from(edit.block, "hex") : deflateSync(Buffer.alloc(edit.deflatedZeros));
    for (const [tag, value] of [
      [324, bytes.length],
      [325, block.length],
    ] as const) {
      const entry = entryOf(tag);
      const isInside = read(entry + 4, word) === 1;
      write(isInside ? entry + 4 + word : read(entry + 4 + word, word), 4, value);
    }
    return Buffer.concat([bytes, block]);
  }
  if (edit.part === "entries") write(at, countSize, edit.to);
  else if (edit.part === "next") write(linkAt, link, edit.to);
  else if ("tag" in edit) {
    const entry = entryOf(edit.tag);
    // a SHORT lies in the first bytes of its field, whatever the byte order
    const isShort = read(entry + 2, 2) === 3 && read(entry + 4, word) === 1 && edit.to < 65536;
    if (edit.part === "type") write(entry + 2, 2, edit.to);
    else if (edit.part === "count") write(entry + 4, word, edit.to);
    else write(entry + 4 + word, isShort ? 2 : word, edit.to);
  }
  return bytes;
}
