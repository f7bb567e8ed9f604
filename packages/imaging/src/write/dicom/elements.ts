/** Data elements written down as values: the bytes are made by the writer of data sets (explicit little endian, PS3.5, 7.1.2). */
import { type CleanElement, padded } from "../../deid/dicom/clean-set.ts";
import { encodeSet } from "../../deid/dicom/write-set.ts";

type Text = "CS" | "DA" | "DS" | "DT" | "IS" | "LO" | "PN" | "SH" | "TM" | "UI";
type Numeric = "FL" | "UL" | "US" | "OV";

/** A tag, its representation and its value; a sequence holds items. */
export type Element =
  | readonly [tag: number, vr: Text, value: string]
  | readonly [tag: number, vr: Numeric, value: readonly number[]]
  | readonly [tag: number, vr: "OB", value: Uint8Array]
  | readonly [tag: number, vr: "SQ", items: readonly (readonly Element[])[]];

/** The bytes of a data set; elements are put in the order of their tags. */
export function encodeElements(elements: readonly Element[]): Uint8Array {
  return encodeSet(inOrder(elements), true);
}

function inOrder(elements: readonly Element[]): CleanElement[] {
  const sorted = [...elements].sort((a, b) => a[0] - b[0]);
  return sorted.map((element) => ({ tag: element[0], vr: element[1], value: bytesOfValue(element) }));
}

function bytesOfValue(element: Element): CleanElement["value"] {
  switch (element[1]) {
    case "SQ":
      return element[2].map(inOrder);
    case "OB":
      return evenBytes(element[2]);
    case "FL":
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

function encodeNumbers(vr: Numeric, values: readonly number[]): Uint8Array {
  const width = vr === "US" ? 2 : vr === "OV" ? 8 : 4;
  const view = new DataView(new ArrayBuffer(values.length * width));
  for (const [i, value] of values.entries()) {
    if (vr === "US") view.setUint16(2 * i, value, true);
    else if (vr === "UL") view.setUint32(4 * i, value, true);
    else if (vr === "FL") view.setFloat32(4 * i, value, true);
    else view.setBigUint64(8 * i, BigInt(value), true);
  }
  return new Uint8Array(view.buffer);
}
