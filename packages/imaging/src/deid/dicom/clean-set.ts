/** A DICOM data set with what the profile allows, and what was found beside it. UIDs and identifiers become hashes under a salt. */
import { createHash } from "node:crypto";
import { type DataSet, type Element, itemsOf } from "../../format/dicom/data-set.ts";
import { textOf, textsOf } from "../../format/dicom/values.ts";
import { cleanIcc } from "../icc-cleaner.ts";
import { type DeidAction, type DeidFinding, refuseDeid } from "../report.ts";
import { ATTRIBUTES, type AttributeRule, attributeName, CODES } from "./attributes.data.ts";
import { isPlainMeaning, isPlainValue, isStandardCode, isVendorWord } from "./plain-value.ts";

export interface CleanElement {
  readonly tag: number;
  readonly vr: string;
  /** Bytes of the value, or the items of a sequence. */
  readonly value: Uint8Array | readonly (readonly CleanElement[])[];
}

export interface CleanContext {
  readonly where: string;
  /** null: the set is looked at; replacements that were made before pass. */
  readonly salt: string | null;
  readonly findings: DeidFinding[];
}

const DUMMY: Readonly<Record<string, string>> = { date: "19000101", time: "000000", moment: "19000101000000" };
/** "0", "1", "DAPI": no room for a barcode. */
const SHORT_NAME = /^[A-Za-z]{0,8}\d{0,2}$/;

/** The elements that stay, in their order. `depth` 0: the data set itself. */
export function cleanSet(set: DataSet, context: CleanContext, depth = 0): CleanElement[] {
  const kept: CleanElement[] = [];
  for (const [tag, element] of [...set.elements].sort(([a], [b]) => a - b)) {
    // the head of the file and the pixels are written by others
    if (tag < 0x00030000 || (depth === 0 && (tag === PIXEL_DATA || MARKS.includes(tag)))) continue;
    const rule = ATTRIBUTES.get(tag);
    const isMisplaced = depth === 0 && CODES.includes(tag);
    if (!rule || isMisplaced || (element.vr !== "" && element.vr !== rule.vr && element.vr !== "UN")) {
      removed(context, tag, depth);
      continue;
    }
    const clean = cleanElement(set, { tag, element, rule }, context, depth);
    if (clean) kept.push(clean);
    else removed(context, tag, depth);
  }
  return kept;
}

const PIXEL_DATA = 0x7fe00010;
/** PatientIdentityRemoved, DeidentificationMethod and its codes, LongitudinalTemporalInformationModified: written anew. */
export const MARKS: readonly number[] = [0x00120062, 0x00120063, 0x00120064, 0x00280303];

interface One {
  readonly tag: number;
  readonly element: Element;
  readonly rule: AttributeRule;
}

/** null: it goes. */
function cleanElement(set: DataSet, one: One, context: CleanContext, depth: number): CleanElement | null {
  const { tag, element, rule } = one;
  const { vr, action } = rule;
  const bytes = set.bytes.slice(element.at, element.at + element.length);
  const text = (value: string): CleanElement => ({ tag, vr, value: padded(value, vr) });
  switch (action) {
    case "items": {
      const items = [...itemsOf(set, tag)].map((item) => cleanSet(item, context, depth + 1));
      return { tag, vr, value: items };
    }
    case "none":
      if (element.length > 0) note(context, tag, "emptied");
      return { tag, vr, value: [] };
    case "empty":
      if (!isBlank(bytes)) note(context, tag, "emptied");
      return { tag, vr, value: new Uint8Array() };
    case "date":
    case "time":
    case "moment": {
      const dummy = DUMMY[action] as string;
      if (textsOf(set, tag).join("\\") !== dummy) note(context, tag, "replaced");
      return text(dummy);
    }
    case "uid":
      return text(
        textsOf(set, tag)
          .map((uid) => newUid(uid, tag, context))
          .join("\\"),
      );
    case "id":
      return text(newId(textsOf(set, tag).join("\\"), tag, context));
    case "name": {
      const name = textsOf(set, tag).join("\\");
      return text(SHORT_NAME.test(name) ? name : newId(name, tag, context));
    }
    case "vendor": {
      const parts = textsOf(set, tag);
      const plain = parts.filter((part) => part === "" || isVendorWord(part));
      if (plain.length < parts.length) note(context, tag, "reduced");
      return text(plain.length > 0 ? plain.join("\\") : "unknown");
    }
    case "code":
      return isOfStandard(set) && isSchemePart(tag, textsOf(set, tag)) ? { tag, vr, value: bytes } : null;
    case "meaning":
      return isOfStandard(set) ? text(newMeaning(set, tag, context)) : null;
    case "icc": {
      const clean = cleanIcc(bytes);
      if (clean?.some((byte, i) => byte !== bytes[i])) note(context, tag, "blanked");
      return clean && { tag, vr, value: clean };
    }
    default:
      return isPlainValue(vr, bytes) ? { tag, vr, value: bytes } : null;
  }
}

const [CODE, SCHEME, VERSION] = [0x00080100, 0x00080102, 0x00080103];

const isOfStandard = (set: DataSet): boolean => isStandardCode(textOf(set, SCHEME) ?? "", textOf(set, CODE) ?? "");

/** One value, and of a version no more than DICOM's own two digits: longer ones are dates. */
const isSchemePart = (tag: number, parts: readonly string[]): boolean =>
  parts.length === 1 && (tag !== VERSION || /^\d{2}$/.test(parts[0] as string));

/** The words of a code where they are known ones, else the code. */
function newMeaning(set: DataSet, tag: number, context: CleanContext): string {
  const [meaning, code] = [textsOf(set, tag).join("\\"), textOf(set, CODE) ?? ""];
  if (isPlainMeaning(meaning) || meaning === code) return meaning;
  note(context, tag, "replaced");
  return code;
}

function newUid(uid: string, tag: number, context: CleanContext): string {
  if (uid === "" || OF_DICOM.test(uid)) return uid;
  if (context.salt === null) {
    if (!/^2\.25\.\d{1,39}$/.test(uid)) note(context, tag, "replaced");
    return uid;
  }
  note(context, tag, "replaced");
  return hashedUid(uid, context.salt);
}

/** UIDs of classes, syntaxes and frames that the standard names. */
const OF_DICOM = /^1\.2\.840\.10008(\.\d{1,4}){1,8}$/;

/** A UID of the form 2.25 (PS3.5, B.2): 128 bits of a hash as a decimal. */
export function hashedUid(uid: string, salt: string): string {
  const hex = createHash("sha256").update(`${salt}\0uid\0${uid}`).digest("hex").slice(0, 32);
  return `2.25.${BigInt(`0x${hex}`)}`;
}

function newId(id: string, tag: number, context: CleanContext): string {
  if (id === "") return id;
  if (context.salt === null) {
    if (!/^ID[0-9A-F]{14}$/.test(id)) note(context, tag, "replaced");
    return id;
  }
  note(context, tag, "replaced");
  return `ID${createHash("sha256").update(`${context.salt}\0id\0${id}`).digest("hex").slice(0, 14).toUpperCase()}`;
}

/** Samples, colours, bits, matrix, frames: without them the pixels are others. */
const NEEDED: readonly number[] = [
  ...[0x00080008, 0x00280002, 0x00280004, 0x00280006, 0x00280008, 0x00280010, 0x00280011, 0x00280100, 0x00280101],
  ...[0x00280102, 0x00280103, 0x00480006, 0x00480007, 0x52009229, 0x52009230],
];

function removed(context: CleanContext, tag: number, depth: number): void {
  if (depth === 0 && context.salt !== null && NEEDED.includes(tag)) {
    refuseDeid(
      "elements that the pixels hang on, each a value of its kind",
      `${context.where}: ${attributeName(tag)} with another one`,
      "write the instance again, or convert the slide with nacre slide convert",
    );
  }
  note(context, tag, "removed");
}

function note({ findings, where }: CleanContext, tag: number, action: DeidAction): void {
  const what = attributeName(tag);
  const isKnown = findings.some((each) => each.where === where && each.what === what && each.action === action);
  if (!isKnown) findings.push({ where, what, action });
}

const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0 || byte === 32);

/** Text of an even number of bytes. */
export function padded(text: string, vr: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length % 2 === 0) return bytes;
  const even = new Uint8Array(bytes.length + 1).fill(vr === "UI" ? 0 : 0x20);
  even.set(bytes);
  return even;
}
