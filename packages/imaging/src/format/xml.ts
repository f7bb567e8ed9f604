/**
 * XML out of slide files, read defensively: no entities, no document types, a bound on length, depth and elements
 * before the parser sees it.
 */
import { XMLParser } from "fast-xml-parser";
import { hostile } from "./tiff-directory.ts";

const MAX_LENGTH = 2 ** 24;
const MAX_DEPTH = 64;
const MAX_TAGS = 2 ** 20;

/** An element: attributes under `@name`, children under their names without prefix, text under `#text`. */
export interface XmlNode {
  readonly [key: string]: unknown;
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  removeNSPrefix: true,
  processEntities: false,
  parseTagValue: false,
  parseAttributeValue: false,
  alwaysCreateTextNode: true,
  isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
});

/** The document as a node whose one child is the root. @throws FailureError `hostile-file`, naming the file, when it is no sound XML */
export function parseXml(text: string, name: string): XmlNode {
  if (text.length > MAX_LENGTH) hostile(name, `XML of at most ${MAX_LENGTH} letters`);
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) hostile(name, "XML without document types or entities");
  let depth = 0;
  let tags = 0;
  for (const [tag] of text.matchAll(/<[/?!]?[^<>]*>/g)) {
    tags++;
    if (tag.startsWith("</")) depth--;
    else if (!tag.endsWith("/>") && !tag.startsWith("<?") && !tag.startsWith("<!")) depth++;
    if (depth > MAX_DEPTH || tags > MAX_TAGS) hostile(name, `XML of at most ${MAX_DEPTH} levels and ${MAX_TAGS} tags`);
  }
  try {
    return parser.parse(text) as XmlNode;
  } catch {
    return hostile(name, "XML that can be read");
  }
}

/** The children of that name, in their order. */
export function children(node: XmlNode | undefined, name: string): XmlNode[] {
  const list = node && Object.hasOwn(node, name) ? node[name] : undefined;
  return Array.isArray(list) ? list.filter((item): item is XmlNode => typeof item === "object" && item !== null) : [];
}

/** The first child down a path of names. */
export function child(node: XmlNode | undefined, ...path: readonly string[]): XmlNode | undefined {
  return path.reduce<XmlNode | undefined>((at, name) => children(at, name)[0], node);
}

/** An attribute, or "". */
export function attribute(node: XmlNode | undefined, name: string): string {
  const value = node && Object.hasOwn(node, `@${name}`) ? node[`@${name}`] : "";
  return typeof value === "string" ? value : "";
}

/** An attribute as a finite number, or null. */
export function numberAttribute(node: XmlNode | undefined, name: string): number | null {
  const text = attribute(node, name).trim();
  const value = Number(text);
  return text !== "" && Number.isFinite(value) ? value : null;
}

/** The text of an element, or "". */
export function textIn(node: XmlNode | undefined): string {
  const value = node?.["#text"];
  return typeof value === "string" ? value.trim() : "";
}
