/** Data sets as bytes (PS3.5, section 7): little endian, explicit or implicit, sequences and items of known length. */
import { joined } from "../../bytes/join-bytes.ts";
import { type CleanElement, padded } from "./clean-set.ts";

const LONG = ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"];
const [ITEM, SHORTEST_LONG] = [0xfffee000, 2 ** 16];

export function encodeSet(elements: readonly CleanElement[], isExplicit: boolean): Uint8Array {
  return joined(elements.map((element) => encodeElement(element, isExplicit)));
}

function encodeElement({ tag, vr, value }: CleanElement, isExplicit: boolean): Uint8Array {
  const bytes = value instanceof Uint8Array ? value : joined(value.map((item) => encodeItem(item, isExplicit)));
  const isLong = LONG.includes(vr);
  if (isExplicit && !isLong && bytes.length >= SHORTEST_LONG) {
    throw new RangeError(`expected a value below ${SHORTEST_LONG} bytes for ${vr}, received ${bytes.length}`);
  }
  const head = new DataView(new ArrayBuffer(isExplicit && isLong ? 12 : 8));
  head.setUint16(0, Math.floor(tag / 65536), true);
  head.setUint16(2, tag % 65536, true);
  if (isExplicit) {
    head.setUint8(4, vr.charCodeAt(0));
    head.setUint8(5, vr.charCodeAt(1));
  }
  if (isExplicit && !isLong) head.setUint16(6, bytes.length, true);
  else head.setUint32(isExplicit ? 8 : 4, bytes.length, true);
  return joined([new Uint8Array(head.buffer), bytes]);
}

function encodeItem(elements: readonly CleanElement[], isExplicit: boolean): Uint8Array {
  const body = encodeSet(elements, isExplicit);
  const head = new DataView(new ArrayBuffer(8));
  head.setUint16(0, ITEM >>> 16, true);
  head.setUint16(2, ITEM & 0xffff, true);
  head.setUint32(4, body.length, true);
  return joined([new Uint8Array(head.buffer), body]);
}

/** Preamble, mark and head of a file (PS3.10, section 7.1). */
export function encodeHead(facts: {
  readonly sopClass: string;
  readonly uid: string;
  readonly syntax: string;
}): Uint8Array {
  const text = (tag: number, vr: string, value: string): CleanElement => ({ tag, vr, value: padded(value, vr) });
  const body = encodeSet(
    [
      { tag: 0x00020001, vr: "OB", value: Uint8Array.of(0, 1) },
      text(0x00020002, "UI", facts.sopClass),
      text(0x00020003, "UI", facts.uid),
      text(0x00020010, "UI", facts.syntax),
      text(0x00020012, "UI", IMPLEMENTATION),
      text(0x00020013, "SH", IMPLEMENTATION_NAME),
    ],
    true,
  );
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, body.length, true);
  const group = encodeSet([{ tag: 0x00020000, vr: "UL", value: new Uint8Array(length.buffer) }], true);
  return joined([new Uint8Array(128), new TextEncoder().encode("DICM"), group, body]);
}

/** Who wrote the file: a fixed UID of the form 2.25. */
export const IMPLEMENTATION = "2.25.211548934627155219740826213587404211893";
export const IMPLEMENTATION_NAME = "NACRE";
