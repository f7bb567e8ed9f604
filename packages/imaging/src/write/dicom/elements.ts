/** Data elements written down as values: the bytes are made by the writer of data sets (explicit little endian, PS3.5, 7.1.2). */
import { type CleanElement, padded } from "../../deid/dicom/clean-set.ts";
import { encodeSet } from "../../deid/dicom/write-set.ts";

type Text = "CS" | "DA" | "DS" | "DT" | "IS" | "LO" | "LT" | "PN" | "SH" | "ST" | "TM" | "UC" | "UI" | "UT";
type Numeric = "AT" | "FD" | "FL" | "SL" | "UL" | "US" | "OV";

/** A tag, its representation and its value; a sequence holds items. */
export type Element =
  | readonly [tag: number, vr: Text, value: string]
  | readonly [tag: number, vr: Numeric, value: readonly number[]]
  | readonly [tag: number, vr: "OB" | "OF", value: Uint8Array]
  | readonly [tag: number, vr: "SQ", items: readonly (readonly Element[])[]];

/** The bytes of a data set; elements are put in the order of their tags. */
export function encodeElements(elements: readonly Element[]): Uint8Array {
  return encodeSet(inOrder(elements), true);
}

/** Elements in the order of their tags, their values as bytes. */
export function inOrder(elements: readonly Element[]): CleanElement[] {
  const sorted = [...elements].sort((a, b) => a[0] - b[0]);
  return sorted.map((element) => ({ tag: element[0], vr: element[1], value: bytesOfValue(element) }));
}

function bytesOfValue(element: Element): CleanElement["value"] {
  switch (element[1]) {
    case "SQ":
      return element[2].map(inOrder);
    case "OB":
    case "OF":
      return evenBytes(element[2]);
    case "AT":
    case "FD":
    case "FL":
    case "SL":
    case "UL":
    case "US":
    case "OV":
      return encodeNumbers(element[1], element[2]);
    default:
      return padded(element[2], element[1]);
  }
}

function evenBytes(bytes: Uint8Array): Uint8Array {
  const even = new Uint8Array(bytes.length + (bytes.length % 2));
  even.set(bytes);
  return even;
}

type Put = (view: DataView, at: number, value: number) => void;

/** Bytes of a number, and how they are put there. */
const NUMBERS: Readonly<Record<Numeric, readonly [width: number, put: Put]>> = {
  AT: [4, (view, at, value) => view.setUint32(at, ((value % 65536) << 16) | Math.floor(value / 65536), true)],
  FD: [8, (view, at, value) => view.setFloat64(at, value, true)],
  FL: [4, (view, at, value) => view.setFloat32(at, value, true)],
  OV: [8, (view, at, value) => view.setBigUint64(at, BigInt(value), true)],
  SL: [4, (view, at, value) => view.setInt32(at, value, true)],
  UL: [4, (view, at, value) => view.setUint32(at, value, true)],
  US: [2, (view, at, value) => view.setUint16(at, value, true)],
};

function encodeNumbers(vr: Numeric, values: readonly number[]): Uint8Array {
  const [width, put] = NUMBERS[vr];
  const view = new DataView(new ArrayBuffer(values.length * width));
  for (const [i, value] of values.entries()) put(view, i * width, value);
  return new Uint8Array(view.buffer);
}
