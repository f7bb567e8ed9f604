/**
 * XML out of slide files, read defensively and in one pass: elements, attributes, text. No entities, no document types, namespaces by their
 * names without prefix; bounds on length, depth, elements, attributes and names are held while it is read. What does not close is no XML.
 */
import { hostile } from "./tiff-directory.ts";

/** Letters: Philips keeps pictures in its XML. */
const MAX_LENGTH = 2 ** 24;
const MAX_DEPTH = 64;
/** An OME-TIFF of 80,000 planes, a BIF of 80,000 camera frames. At the bound, reading takes a second at most. */
const MAX_ELEMENTS = 2 ** 18;
const MAX_ATTRIBUTES = 2 ** 20;
/** Of one element, and different names of elements in one parent: both are searched by name. */
const MAX_NAMES = 2 ** 10;

/** An element: attributes under `@name`, children under their names without prefix, text under `#text`. */
export interface XmlNode {
  readonly [key: string]: unknown;
}

/** The document as a node whose one child is the root. @throws FailureError `hostile-file`, naming the file, when it is no sound XML */
export function parseXml(text: string, name: string): XmlNode {
  if (text.length > MAX_LENGTH) hostile(name, `XML of at most ${MAX_LENGTH} letters`);
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) hostile(name, "XML without document types or entities");
  return new XmlParser(text, name).document();
}

interface Open {
  /** With its prefix. */
  readonly name: string;
  readonly node: Record<string, unknown>;
  /** Attributes, and names of children. */
  names: number;
}

const NAME = /[^\s/<>="']+/y;
const ATTRIBUTE = /\s+([^\s/<>="']+)\s*=\s*(?:"([^"]*)"|'([^']*)')/y;
const TAG_END = /\s*(\/?)>/y;
const PREFIX = /^[^:]*:/;

class XmlParser {
  readonly #text: string;
  readonly #file: string;
  readonly #open: Open[] = [newElement("")];
  #at = 0;
  #elements = 0;
  #attributes = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  document(): XmlNode {
    const text = this.#text;
    for (;;) {
      const tag = text.indexOf("<", this.#at);
      this.#addText(this.#at, tag < 0 ? text.length : tag);
      if (tag < 0) break;
      if (text.startsWith("<!--", tag)) this.#skip(tag + 4, "-->");
      else if (text.startsWith("<![CDATA[", tag)) this.#addText(tag + 9, this.#skip(tag + 9, "]]>"));
      else if (text.startsWith("<?", tag)) this.#skip(tag + 2, "?>");
      else if (text.startsWith("</", tag)) this.#close(tag + 2);
      else this.#begin(tag + 1);
    }
    if (this.#open.length > 1 || this.#elements === 0) this.#unsound();
    return (this.#open[0] as Open).node;
  }

  #unsound(): never {
    return hostile(this.#file, "XML that can be read");
  }

  /** The match at the place, which is then behind it. */
  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  /** Goes behind the next `end`; where that begins. */
  #skip(from: number, end: string): number {
    const at = this.#text.indexOf(end, from);
    if (at < 0) this.#unsound();
    this.#at = at + end.length;
    return at;
  }

  #addText(from: number, to: number): void {
    const { node } = this.#open.at(-1) as Open;
    if (to > from && this.#open.length > 1) node["#text"] = `${node["#text"] ?? ""}${this.#text.slice(from, to)}`;
  }

  #close(from: number): void {
    const end = this.#skip(from, ">");
    const { name } = this.#open.pop() as Open;
    if (name === "" || this.#text.slice(from, end).trimEnd() !== name) this.#unsound();
  }

  #begin(from: number): void {
    this.#at = from;
    const [name] = this.#take(NAME) ?? this.#unsound();
    if (++this.#elements > MAX_ELEMENTS) hostile(this.#file, `XML of at most ${MAX_ELEMENTS} elements`);
    if (this.#open.length > MAX_DEPTH) hostile(this.#file, `XML of at most ${MAX_DEPTH} levels`);
    const element = newElement(name);
    for (let found = this.#take(ATTRIBUTE); found; found = this.#take(ATTRIBUTE)) {
      if (++this.#attributes > MAX_ATTRIBUTES) hostile(this.#file, `XML of at most ${MAX_ATTRIBUTES} attributes`);
      const [, key = "", double, single = ""] = found;
      if (!key.startsWith("xmlns")) this.#put(element, `@${key.replace(PREFIX, "")}`, double ?? single);
    }
    this.#attach(element);
    const [, isEmpty] = this.#take(TAG_END) ?? this.#unsound();
    if (isEmpty === "") this.#open.push(element);
  }

  #attach({ name, node }: Open): void {
    const parent = this.#open.at(-1) as Open;
    const key = name.replace(PREFIX, "");
    const siblings = parent.node[key];
    if (Array.isArray(siblings)) siblings.push(node);
    else this.#put(parent, key, [node]);
  }

  #put(element: Open, key: string, value: unknown): void {
    if (++element.names > MAX_NAMES) hostile(this.#file, `XML of at most ${MAX_NAMES} names in an element`);
    element.node[key] = value;
  }
}

/** Without a prototype: every name is a plain one. */
const newElement = (name: string): Open => ({ name, node: Object.create(null), names: 0 });

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
