/**
 * DICOM data sets (PS3.5, section 7): tags, value representations, sequences. Explicit and implicit little endian; other encodings are refused
 * before they come here. Elements are found, not decoded: a value is read when somebody asks for it.
 * The parser works on bytes in memory and throws `Short` where they end, so that its caller can fetch more and go on.
 */
import { viewOf } from "../tiff-directory.ts";

export interface Element {
  /** Two letters, or "" where the encoding does not say. */
  readonly vr: string;
  /** First byte of the value. */
  readonly at: number;
  /** Bytes of the value; UNDEFINED for pixel data in fragments. */
  readonly length: number;
}

export interface DataSet {
  readonly bytes: Uint8Array;
  readonly isExplicit: boolean;
  /** By group * 65536 + element. */
  readonly elements: ReadonlyMap<number, Element>;
}

/** An element, and where the next begins. */
export interface Step extends Element {
  readonly tag: number;
  readonly next: number;
}

/** The bytes at hand end before `needed`. */
export class Short extends Error {
  readonly needed: number;
  constructor(needed: number) {
    super(`bytes up to ${needed}`);
    this.needed = needed;
  }
}

/** What no DICOM file can say. */
export class Malformed extends Error {}

export const UNDEFINED = 0xffffffff;
export const PIXEL_DATA = 0x7fe00010;
const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
const MAX_DEPTH = 16;
/** Representations whose length takes four bytes after two reserved ones. */
const LONG = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]);

/** The tag at a place. */
export function tagAt(view: DataView, at: number): number {
  need(view, at + 4);
  return view.getUint16(at, true) * 65536 + view.getUint16(at + 2, true);
}

/** The element at a place. Sequences of undefined length are walked to their end; pixel data are not entered. @throws Short, Malformed */
export function readElement(view: DataView, at: number, isExplicit: boolean, depth = 0): Step {
  const tag = tagAt(view, at);
  const { vr, valueAt, length } = elementHead(view, at, isExplicit);
  if (length !== UNDEFINED) return { tag, vr, at: valueAt, length, next: valueAt + length };
  if (tag === PIXEL_DATA && depth === 0) return { tag, vr, at: valueAt, length, next: valueAt };
  // what is unknown is written as implicit, whatever surrounds it (PS3.5, 6.2.2)
  const next = skipSequence(view, valueAt, isExplicit && vr !== "UN", depth + 1);
  return { tag, vr, at: valueAt, length: next - valueAt, next };
}

function elementHead(view: DataView, at: number, isExplicit: boolean): { vr: string; valueAt: number; length: number } {
  need(view, at + 8);
  if (!isExplicit) return { vr: "", valueAt: at + 8, length: view.getUint32(at + 4, true) };
  const [a, b] = [view.getUint8(at + 4), view.getUint8(at + 5)];
  if (a < 65 || a > 90 || b < 65 || b > 90) throw new Malformed(`no value representation at byte ${at + 4}`);
  const vr = String.fromCharCode(a, b);
  if (!LONG.has(vr)) return { vr, valueAt: at + 8, length: view.getUint16(at + 6, true) };
  need(view, at + 12);
  return { vr, valueAt: at + 12, length: view.getUint32(at + 8, true) };
}

/** The end of a sequence of undefined length whose first item begins at `at`. */
function skipSequence(view: DataView, at: number, isExplicit: boolean, depth: number): number {
  if (depth > MAX_DEPTH) throw new Malformed(`sequences nested more than ${MAX_DEPTH} deep`);
  for (let place = at; ; ) {
    const tag = tagAt(view, place);
    need(view, place + 8);
    const length = view.getUint32(place + 4, true);
    if (tag === SEQUENCE_END) return place + 8;
    if (tag !== ITEM) throw new Malformed(`no item at byte ${place}`);
    place = length === UNDEFINED ? skipItem(view, place + 8, isExplicit, depth) : place + 8 + length;
  }
}

function skipItem(view: DataView, at: number, isExplicit: boolean, depth: number): number {
  for (let place = at; ; ) {
    if (tagAt(view, place) === ITEM_END) return place + 8;
    place = readElement(view, place, isExplicit, depth).next;
  }
}

/** The items of a sequence, as data sets; none where it is absent. */
export function* itemsOf(set: DataSet, tag: number): Generator<DataSet> {
  const element = set.elements.get(tag);
  if (!element) return;
  const { bytes } = set;
  const view = viewOf(bytes);
  const isExplicit = set.isExplicit && element.vr !== "UN";
  const end = element.at + element.length;
  for (let at = element.at; at + 8 <= end; ) {
    const isItem = tagAt(view, at) === ITEM;
    if (!isItem) return;
    const length = view.getUint32(at + 4, true);
    const from = at + 8;
    at = length === UNDEFINED ? skipItem(view, from, isExplicit, 1) : from + length;
    if (at > end) throw new Malformed(`an item that leaves its sequence at byte ${from}`);
    yield parse(bytes, from, length === UNDEFINED ? at - 8 : at, isExplicit);
  }
}

/** The first item of a sequence, or null. */
export function itemOf(set: DataSet, tag: number): DataSet | null {
  for (const item of itemsOf(set, tag)) return item;
  return null;
}

function parse(bytes: Uint8Array, from: number, to: number, isExplicit: boolean): DataSet {
  const view = viewOf(bytes);
  const elements = new Map<number, Element>();
  for (let at = from; at < to; ) {
    const step = readElement(view, at, isExplicit, 1);
    if (step.next > to) throw new Malformed(`an element that leaves its item at byte ${at}`);
    elements.set(step.tag, step);
    at = step.next;
  }
  return { bytes, isExplicit, elements };
}

function need(view: DataView, end: number): void {
  if (end > view.byteLength) throw new Short(end);
}
