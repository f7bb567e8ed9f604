/**
 * What may stay of free text: every piece must have the shape of a number, a size or a known word. A name on the allow-list is
 * not enough: what a person typed behind it must look like what the scanner writes.
 */

import { attribute, children, type XmlNode } from "../../format/xml.ts";
import { SYNTHETIC_TITLE } from "../../synthetic/is-synthetic.ts";

/** At most twelve letters: room for every physical quantity, none for a barcode hidden in one. */
const isPlainNumber = (text: string): boolean => text.length <= 12 && /^[-+]?\d+([.,]\d+)?(e[-+]?\d+)?$/i.test(text);

const APERIO_KEYS = new Set(
  ["AppMag", "MPP", "StripeWidth", "OriginalWidth", "Originalheight", "OriginalHeight", "Left", "Top"].concat([
    "Filtered",
    "Gamma",
    "Focus Offset",
    "DisplayColor",
    "Exposure Scale",
    "Exposure Time",
    "LineAreaXOffset",
    "LineAreaYOffset",
    "LineCameraSkew",
  ]),
);
const APERIO_WORD =
  /^(\d{1,7}x\d{1,7}|\[\d{1,7},\d{1,7}|\d{1,7}x\d{1,7}\]|\(\d{1,5}x\d{1,5}\)|->|-|;|Q=\d{1,3}|(JPEG|J2K)\/[A-Z]{3}\d{0,2})$/;

/** Aperio's description: geometry, coding and numbers; users, files, dates, barcodes and titles go. */
export function allowedAperio(description: string): string {
  const [head = "", ...pairs] = description.split("|");
  const [first = "", ...rest] = head.split(/\r?\n/);
  const maker = /^Aperio (Image Library|Leica Biosystems GT\d{3})\b/.exec(first)?.[0] ?? "Aperio Image Library";
  const words = rest
    .join(" ")
    .split(/\s+/)
    .filter((word) => APERIO_WORD.test(word));
  const kept = pairs.filter((pair) => {
    const at = pair.indexOf("=");
    const [key, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    return (APERIO_KEYS.has(key) && isPlainNumber(value)) || (key === "Title" && value === SYNTHETIC_TITLE);
  });
  const parts = kept.map(
    (pair) => `|${pair.slice(0, pair.indexOf("=")).trim()} = ${pair.slice(pair.indexOf("=") + 1).trim()}`,
  );
  return `${maker}\r\n${words.join(" ")}${parts.join("")}`;
}

/** A description that says nothing of a person by its shape, or "". Of a level of Ventana its number stays, whatever stands behind it. */
export function allowedPlain(description: string): string {
  const text = description.trim();
  if (text === SYNTHETIC_TITLE) return text;
  return /^level=\d{1,2}\b( mag=[\d.]{1,8}(?=\s|$))?( quality=\d{1,3}(?=\s|$))?/.exec(text)?.[0] ?? "";
}

/** What may stay of an element: its attributes by the shape of their values, its text, its children. */
export interface AllowedElement {
  readonly attributes?: Readonly<Record<string, RegExp>>;
  readonly text?: RegExp;
  readonly children?: Readonly<Record<string, AllowedElement>>;
}

const NUMBER = /^[-+]?[\d.]{1,16}(e[-+]?\d{1,3})?$/i;
export const numbers = (...names: readonly string[]): Readonly<Record<string, RegExp>> =>
  Object.fromEntries(names.map((name) => [name, NUMBER]));
export { NUMBER };

/** Writes again what is allowed of an element. Values that pass hold no letter that XML would escape. */
export function writeAllowed(name: string, node: XmlNode, allowed: AllowedElement): string {
  const attributes = Object.entries(allowed.attributes ?? {})
    .map(([key, shape]) => [key, attribute(node, key), shape] as const)
    .filter(([, value, shape]) => value !== "" && shape.test(value) && !/[<>&"]/.test(value))
    .map(([key, value]) => ` ${key}="${value}"`);
  const raw = node["#text"];
  const text = typeof raw === "string" ? raw.trim() : "";
  const inner = Object.entries(allowed.children ?? {}).flatMap(([below, rule]) =>
    children(node, below).map((each) => writeAllowed(below, each, rule)),
  );
  const isTextAllowed = allowed.text?.test(text) === true && !/[<>&]/.test(text);
  return `<${name}${attributes.join("")}>${isTextAllowed ? text : ""}${inner.join("")}</${name}>`;
}
