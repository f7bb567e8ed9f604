/** Values of DICOM elements as text and numbers. What is absent or empty is null; what is no number is null too. */
import { viewOf } from "../tiff-directory.ts";
import type { DataSet, Element } from "./data-set.ts";

function find(set: DataSet, tag: number): Element | null {
  const element = set.elements.get(tag);
  return element && element.length > 0 && element.at + element.length <= set.bytes.length ? element : null;
}

/** The bytes of a value, on their own, or null. */
export function bytesOf(set: DataSet, tag: number): Uint8Array | null {
  const element = find(set, tag);
  return element && set.bytes.slice(element.at, element.at + element.length);
}

/** The parts of a text between backslashes, without the blanks and zeros around them. */
export function textsOf(set: DataSet, tag: number): readonly string[] {
  const element = find(set, tag);
  if (!element) return [];
  const bytes = set.bytes.subarray(element.at, element.at + Math.min(element.length, MAX_TEXT));
  return Array.from(bytes, (code) => String.fromCharCode(code))
    .join("")
    .split("\\")
    .map((part) => part.replace(/[\0 ]+$/, "").trimStart());
}

const MAX_TEXT = 4096;

export function textOf(set: DataSet, tag: number): string | null {
  const text = textsOf(set, tag)[0];
  return text === undefined || text === "" ? null : text;
}

/** Decimal and integer strings (DS, IS). */
export function decimalsOf(set: DataSet, tag: number): readonly number[] {
  return textsOf(set, tag).map((part) => (part === "" ? Number.NaN : Number(part)));
}

export function decimalOf(set: DataSet, tag: number): number | null {
  const value = decimalsOf(set, tag)[0];
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** US or UL, by its length. */
export function unsignedOf(set: DataSet, tag: number): number | null {
  const element = find(set, tag);
  if (!element) return null;
  const view = viewOf(set.bytes);
  if (element.length === 2) return view.getUint16(element.at, true);
  return element.length >= 4 ? view.getUint32(element.at, true) : null;
}

/** SL. */
export function signedOf(set: DataSet, tag: number): number | null {
  const element = find(set, tag);
  return element && element.length >= 4 ? viewOf(set.bytes).getInt32(element.at, true) : null;
}

/** FL. */
export function floatOf(set: DataSet, tag: number): number | null {
  const element = find(set, tag);
  if (!element || element.length < 4) return null;
  const value = viewOf(set.bytes).getFloat32(element.at, true);
  return Number.isFinite(value) ? value : null;
}

/** All 64-bit integers of an element (OV), or null. */
export function longsOf(set: DataSet, tag: number): Float64Array | null {
  const element = find(set, tag);
  if (!element || element.length % 8 !== 0) return null;
  const view = viewOf(set.bytes);
  return Float64Array.from({ length: element.length / 8 }, (_, i) =>
    Number(view.getBigUint64(element.at + i * 8, true)),
  );
}
