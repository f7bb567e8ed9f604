/**
 * The head of a DICOM file: everything before the pixel data. It is fetched in growing pieces, so that an instance of gigabytes costs as many
 * bytes as its header has.
 */
import { raise } from "@nacre/core";
import { bytesAt, type Reading } from "../../bytes/reading.ts";
import { hostile, viewOf } from "../tiff-directory.ts";
import { type DataSet, type Element, Malformed, PIXEL_DATA, readElement, Short, tagAt } from "./data-set.ts";
import { refuseSyntax, SYNTAX } from "./transfer-syntax.ts";
import { textOf } from "./values.ts";

export interface Header {
  readonly set: DataSet;
  readonly transferSyntax: string;
  /** null in objects without pixels, and in those of another class, which are not read further. */
  readonly pixels: Element | null;
}

const PREAMBLE = 132;
const FIRST_BYTES = 2 ** 15;
const MAX_HEADER_BYTES = 2 ** 28;
const MEDIA_CLASS = 0x00020002;
const TRANSFER_SYNTAX = 0x00020010;
/** VL Whole Slide Microscopy Image Storage. */
export const WHOLE_SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6";
/** Elements are few; items inside sequences are not counted. */
const MAX_ELEMENTS = 2 ** 14;

/** Whether bytes begin like a DICOM file. `head`: its first 132 bytes or more. */
export function looksLikeDicom(head: Uint8Array): boolean {
  return head[128] === 0x44 && head[129] === 0x49 && head[130] === 0x43 && head[131] === 0x4d;
}

/** @throws FailureError truncated-file, hostile-file, unsupported-codec */
export function* readHeader(name: string, size: number): Reading<Header> {
  let bytes = yield* bytesAt(0, Math.min(FIRST_BYTES, size));
  const parser = new HeadParser(name);
  for (;;) {
    const needed = parser.advance(bytes, size);
    if (needed === 0) return parser.header(bytes);
    if (needed > size) cutOff(name, size, needed);
    const wanted = Math.min(size, Math.max(needed, bytes.length * 2));
    if (needed > MAX_HEADER_BYTES) hostile(name, `a header of at most ${MAX_HEADER_BYTES} bytes`);
    const grown = new Uint8Array(wanted);
    grown.set(bytes);
    grown.set(yield* bytesAt(bytes.length, wanted - bytes.length), bytes.length);
    bytes = grown;
  }
}

/** Goes on where it stopped when more bytes have come. */
class HeadParser {
  readonly #name: string;
  readonly #elements = new Map<number, Element>();
  #at = PREAMBLE;
  #syntax: string | null = null;
  #isExplicit = true;
  #isOther = false;

  constructor(name: string) {
    this.#name = name;
  }

  /** 0 when the header is complete, else how many bytes of the file are needed to go on. */
  advance(bytes: Uint8Array, size: number): number {
    const view = viewOf(bytes);
    try {
      while (this.#at < size && !this.#elements.has(PIXEL_DATA) && !this.#isOther) this.#step(view, bytes);
      return 0;
    } catch (error) {
      if (error instanceof Short) return error.needed;
      if (error instanceof Malformed) return hostile(this.#name, `a DICOM data set, without ${error.message}`);
      throw error;
    }
  }

  #step(view: DataView, bytes: Uint8Array): void {
    if (this.#syntax === null && tagAt(view, this.#at) >= 0x00030000) this.#enter(bytes);
    if (this.#isOther) return;
    const element = readElement(view, this.#at, this.#isExplicit);
    const isPixels = element.tag === PIXEL_DATA;
    if (!isPixels && element.next > bytes.length) throw new Short(element.next);
    if (this.#elements.size >= MAX_ELEMENTS) throw new Malformed(`more than ${MAX_ELEMENTS} elements`);
    this.#elements.set(element.tag, element);
    this.#at = element.next;
  }

  /** The file's own head has ended: from here on the transfer syntax rules. */
  #enter(bytes: Uint8Array): void {
    const meta = { bytes, isExplicit: true, elements: this.#elements };
    this.#isOther = (textOf(meta, MEDIA_CLASS) ?? WHOLE_SLIDE) !== WHOLE_SLIDE;
    const uid = textOf(meta, TRANSFER_SYNTAX) ?? SYNTAX.implicit;
    if (this.#isOther) return;
    refuseSyntax(uid, this.#name);
    this.#syntax = uid;
    this.#isExplicit = uid !== SYNTAX.implicit;
  }

  header(bytes: Uint8Array): Header {
    const set = { bytes, isExplicit: this.#isExplicit, elements: this.#elements };
    return { set, transferSyntax: this.#syntax ?? SYNTAX.implicit, pixels: this.#elements.get(PIXEL_DATA) ?? null };
  }
}

function cutOff(name: string, size: number, needed: number): never {
  return raise("truncated-file", {
    expected: `the whole DICOM header in ${name}`,
    received: `a file that ends at ${size}, before byte ${needed}`,
    remedy: "copy the file again and compare its size with the original",
  });
}
