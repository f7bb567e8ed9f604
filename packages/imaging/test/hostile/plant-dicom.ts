/** Places for secrets in a DICOM instance: values and elements, at any depth, the file's head, frames, bytes behind the pixels. For tests only. */
import type { Random } from "@nacre/core";
import { ATTRIBUTES } from "../../src/deid/dicom/attributes.data.ts";
import { coded, type Hidden, roomFor } from "./hidden.ts";

interface Place {
  readonly tag: number;
  readonly vr: string;
  /** Of the element, and of its value. */
  readonly at: number;
  readonly value: number;
  readonly length: number;
}

const LONG = ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"];
const TEXTS = [
  "LO",
  "SH",
  "PN",
  "UI",
  "CS",
  "ST",
  "LT",
  "DA",
  "TM",
  "DT",
  "DS",
  "IS",
  "UT",
  "UN",
  "FL",
  "US",
  "UL",
  "OB",
];
/** Elements of people, places, devices and laboratories, private ones among them. */
const OTHERS = [
  ...[0x00080014, 0x00080080, 0x00080081, 0x00081010, 0x00081030, 0x0008103e, 0x00081048, 0x00081070, 0x00090010],
  ...[0x00091001, 0x00100021, 0x00101000, 0x00102160, 0x00104000, 0x00181016, 0x00204000, 0x0032000a, 0x00321060],
  ...[
    0x00380010, 0x00400244, 0x00400280, 0x00400600, 0x0040a730, 0x00480200, 0x04000561, 0x20300020, 0x00020016,
    0x00020102,
  ],
];
const [PIXELS, UNDEFINED] = [0x7fe00010, 0xffffffff];

/** @throws where the file is too broken to have such a place */
export function plantDicom(bytes: Buffer, secret: Hidden, chance: Random): Buffer {
  const places = elementsOf(bytes);
  const pixels = places.find(({ tag }) => tag === PIXELS);
  if (!pixels) throw new RangeError("expected pixel data");
  const value = even(secret.bytes);
  switch (chance.below(8)) {
    case 0: {
      const place = places[chance.below(places.length)] as Place;
      if (place.length === UNDEFINED || place.tag === PIXELS)
        throw new RangeError("expected a value of a known length");
      return replaced(bytes, place, element(place.tag, place.vr, value));
    }
    case 1:
    case 2:
      return inserted(bytes, places, anyElement(value, chance));
    case 3:
    case 4: {
      const [tag, { vr }] = [...ATTRIBUTES][chance.below(ATTRIBUTES.size)] as [number, { readonly vr: string }];
      return inserted(bytes, places, { tag, vr, value: vr === "SQ" ? items(value, chance) : value });
    }
    case 5: {
      const at = roomFor(bytes.subarray(0, 128), value.length, chance);
      value.copy(bytes, Math.max(0, at));
      return bytes;
    }
    case 6:
      return pixels.length === UNDEFINED ? inFragment(bytes, secret, chance) : Buffer.concat([bytes, value]);
    default:
      return Buffer.concat([bytes, element(0xfffcfffc, "OB", value)]);
  }
}

interface Made {
  readonly tag: number;
  readonly vr: string;
  readonly value: Buffer;
}

function anyElement(value: Buffer, chance: Random): Made {
  const tag = OTHERS[chance.below(OTHERS.length)] as number;
  if (chance.below(4) === 0) return { tag, vr: "SQ", value: items(value, chance) };
  return { tag, vr: TEXTS[chance.below(TEXTS.length)] as string, value };
}

/** An item with the secret under an element that may stay, or under another one. */
function items(value: Buffer, chance: Random): Buffer {
  const allowed = [...ATTRIBUTES].filter(([, { vr }]) => vr !== "SQ");
  const [tag, { vr }] = allowed[chance.below(allowed.length)] as (typeof allowed)[number];
  const other = OTHERS[chance.below(OTHERS.length)] as number;
  const body = chance.below(3) === 0 ? element(other, "LO", value) : element(tag, vr, value);
  const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

const even = (bytes: Buffer): Buffer => (bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(" ")]));

function element(tag: number, vr: string, value: Buffer): Buffer {
  const isLong = LONG.includes(vr);
  const head = Buffer.alloc(isLong ? 12 : 8);
  head.writeUInt16LE(Math.floor(tag / 65536), 0);
  head.writeUInt16LE(tag % 65536, 2);
  head.write(vr, 4, "latin1");
  if (isLong) head.writeUInt32LE(value.length, 8);
  else head.writeUInt16LE(value.length, 6);
  return Buffer.concat([head, value]);
}

/** All elements of the file's head and data set, explicit and little endian, up to the pixels. */
function elementsOf(bytes: Buffer): Place[] {
  const places: Place[] = [];
  for (let at = 132; at + 8 <= bytes.length; ) {
    const tag = bytes.readUInt16LE(at) * 65536 + bytes.readUInt16LE(at + 2);
    const vr = bytes.toString("latin1", at + 4, at + 6);
    if (!/^[A-Z]{2}$/.test(vr)) throw new RangeError("expected explicit elements");
    const isLong = LONG.includes(vr);
    const value = at + (isLong ? 12 : 8);
    const length = isLong ? bytes.readUInt32LE(at + 8) : bytes.readUInt16LE(at + 6);
    places.push({ tag, vr, at, value, length });
    if (tag === PIXELS) return places;
    if (length === UNDEFINED) throw new RangeError("expected elements of known lengths");
    at = value + length;
  }
  return places;
}

function replaced(bytes: Buffer, { at, value, length }: Place, by: Buffer): Buffer {
  return withHeadLength(Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(value + length)]));
}

/** At its place in the order; the same element, where it is there, goes. */
function inserted(bytes: Buffer, places: readonly Place[], { tag, vr, value }: Made): Buffer {
  const same = places.find((place) => place.tag === tag);
  const made = element(tag, vr, value);
  if (same) return replaced(bytes, same, made);
  const next = places.find((place) => place.tag > tag) as Place;
  return withHeadLength(Buffer.concat([bytes.subarray(0, next.at), made, bytes.subarray(next.at)]));
}

/** The length of the file's head, told anew. */
function withHeadLength(bytes: Buffer): Buffer {
  const places = elementsOf(bytes);
  const [group, behind] = [places.find(({ tag }) => tag === 0x00020000), places.find(({ tag }) => tag >= 0x00030000)];
  if (group && behind && group.length === 4) bytes.writeUInt32LE(behind.at - group.value - 4, group.value);
  return bytes;
}

/** The last fragment, so that no offset before it changes. */
function inFragment(bytes: Buffer, secret: Hidden, chance: Random): Buffer {
  const at = bytes.lastIndexOf(Buffer.from([0xfe, 0xff, 0x00, 0xe0]));
  const length = bytes.readUInt32LE(at + 4);
  const after = even(coded(bytes.subarray(at + 8, at + 8 + length), secret, chance));
  const head = Buffer.from(bytes.subarray(at, at + 8));
  head.writeUInt32LE(after.length, 4);
  return Buffer.concat([bytes.subarray(0, at), head, after, bytes.subarray(at + 8 + length)]);
}
