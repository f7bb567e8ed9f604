/**
 * One array of numpy, and a zip of them (numpy/lib/format.py, versions 1 to 3). The header is a Python dictionary in a fixed form; the
 * numbers lie in rows or, Fortran order, in columns. Arrays of Python objects are pickles and refused.
 */
import { ONLY_TENSOR, type WeightArchive, type WeightTensor } from "../archive.ts";
import { broken, unsupported } from "../broken.ts";
import { type Cursor, cursorOf, take, text, uint16, uint32 } from "../cursor.ts";
import type { ElementType } from "../element.ts";
import { packedStrides, windowOn } from "../strided.ts";
import type { Zip } from "../zip/zip.ts";
import { NUMPY_TYPES } from "./numpy-type.ts";

const MAGIC = "\x93NUMPY";
const EXTENSION = ".npy";

export function isNpy(bytes: Uint8Array): boolean {
  return [...MAGIC].every((c, i) => bytes[i] === c.charCodeAt(0));
}

export function isNpz(zip: Zip): boolean {
  return zip.names.length > 0 && zip.names.every((name) => name.endsWith(EXTENSION));
}

/** @throws FailureError truncated-file, bad-weights, unsupported-format */
export function readNpy(bytes: Uint8Array, where: string): WeightArchive {
  return { format: "npy", tensors: new Map([[ONLY_TENSOR, arrayOf(bytes, where)]]), groups: [], metadata: {} };
}

/** @throws FailureError truncated-file, bad-weights, unsupported-format */
export function readNpz(zip: Zip, where: string): WeightArchive {
  const tensors = new Map<string, WeightTensor>();
  for (const entry of zip.names) {
    const inside = `${entry} of ${where}`;
    const bytes = zip.bytesOf(entry) ?? broken(inside, "nothing");
    if (!isNpy(bytes)) broken(`an array of numpy as ${inside}`, "other bytes");
    tensors.set(entry.slice(0, -EXTENSION.length), arrayOf(bytes, inside));
  }
  return { format: "npz", tensors, groups: [], metadata: {} };
}

function arrayOf(bytes: Uint8Array, where: string): WeightTensor {
  const c = cursorOf(bytes, where, MAGIC.length);
  const version = take(c, 2)[0] as number;
  if (version < 1 || version > 3) unsupported(`version 1, 2 or 3 of ${where}`, `${version}`, "save it with numpy.save");
  const header = text(c, version === 1 ? uint16(c) : uint32(c));
  const { descr, shape, isFortran } = headerOf(header, c);
  const { dtype, isBigEndian } = typeOf(descr, where);
  const strides = packedStrides(shape, isFortran ? "columns" : "rows");
  return windowOn(bytes.subarray(c.at), { dtype, shape, strides, offset: 0, isBigEndian }, where);
}

function headerOf(header: string, c: Cursor): { descr: string; shape: number[]; isFortran: boolean } {
  const descr = /'descr':\s*('[^']*'|\[)/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const shape = /'shape':\s*\(([\d\s,L]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || shape === undefined) {
    return broken(`descr, fortran_order and shape in the header of ${c.where}`, header.slice(0, 120).trim());
  }
  const sizes = shape.split(",").filter((part) => part.trim() !== "");
  return {
    descr: descr.replaceAll("'", ""),
    shape: sizes.map((n) => Number.parseInt(n, 10)),
    isFortran: order === "True",
  };
}

function typeOf(descr: string, where: string): { dtype: ElementType; isBigEndian: boolean } {
  const dtype = NUMPY_TYPES.get(descr.slice(1));
  if (dtype !== undefined) return { dtype, isBigEndian: descr.startsWith(">") };
  return unsupported(
    `numbers in ${where}`,
    descr === "[" ? "a table with named columns" : `type ${descr}`,
    "save plain arrays of float32",
  );
}
