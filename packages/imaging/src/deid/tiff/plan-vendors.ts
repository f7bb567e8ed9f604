/** Hamamatsu NDPI, Leica SCN, Philips TIFF and Ventana BIF: what of their directories and their XML stays. */
import type { Reading } from "../../bytes/reading.ts";
import { readPage } from "../../format/tiff-page.ts";
import { readPages, type TiffStart } from "../../format/tiff-start.ts";
import { TAG } from "../../format/tiff-tags.ts";
import { numberOf, textOf } from "../../format/tiff-values.ts";
import { child, children, numberAttribute, parseXml, type XmlNode } from "../../format/xml.ts";
import { refuseDeid } from "../report.ts";
import { allowedPlain } from "./allowed-text.ts";
import { philipsDescription, scnDescription, ventanaFrames, ventanaScan } from "./allowed-xml.ts";
import {
  BLANK_SIDE,
  type DeidPlan,
  type DroppedPicture,
  droppedName,
  isBlank,
  isNamedAside,
  type KeptDirectory,
} from "./plan.ts";

type Texts = ReadonlyMap<number, string>;
const textsOf = (pairs: readonly (readonly [number, string])[]): Texts =>
  new Map(pairs.filter(([, text]) => text !== ""));

/** Macro (-1), map (-2) and what else has no lens go; a label lies inside the macro. */
export function* planNdpiDeid({ tiff }: TiffStart): Reading<DeidPlan> {
  const kept: KeptDirectory[] = [];
  const dropped: DroppedPicture[] = [];
  for (const [i, directory] of tiff.directories.entries()) {
    const page = yield* readPage(tiff, directory);
    const lens = yield* numberOf(tiff, directory, TAG.ndpiSourceLens, Number.NaN);
    const make = yield* textOf(tiff, directory, TAG.make);
    const where = `directory ${i}`;
    const texts = textsOf([[TAG.make, make === "Hamamatsu" ? make : ""]]);
    if (lens > 0) kept.push({ directory, page, where, texts, below: [] });
    else dropped.push({ where, what: droppedName(page, lens) });
  }
  return { format: "hamamatsu-ndpi", kept, dropped };
}

/** Areas of the finest scale stay; their XML is written anew. Readers want a macro: an empty picture takes its place. */
export function* planScnDeid(start: TiffStart): Reading<DeidPlan> {
  const { tiff, description } = start;
  const collection = child(parseXml(description, tiff.name), "scn", "collection");
  const glass = [numberAttribute(collection, "sizeX") ?? 0, numberAttribute(collection, "sizeY") ?? 0] as const;
  const isMacro = (image: XmlNode): boolean => {
    const view = child(image, "view");
    return (numberAttribute(view, "sizeX") ?? 0) >= glass[0] && (numberAttribute(view, "sizeY") ?? 0) >= glass[1];
  };
  const dimensionsOf = (image: XmlNode): XmlNode[] => children(child(image, "pixels"), "dimension");
  const fineness = (image: XmlNode): number =>
    (numberAttribute(child(image, "view"), "sizeX") ?? 0) /
    Math.max(...dimensionsOf(image).map((d) => numberAttribute(d, "sizeX") ?? 0));
  const scanned = children(collection, "image").filter((image) => !isMacro(image));
  const finest = Math.min(...scanned.map(fineness));
  const areas = scanned.filter((image) => fineness(image) < finest * 1.01);
  const wanted = new Set(areas.flatMap(dimensionsOf).map((dimension) => numberAttribute(dimension, "ifd") ?? -1));
  if ([...wanted].some((ifd) => !tiff.directories[ifd])) {
    refuseDeid(
      "an SCN whose every level names its directory",
      "a dimension that names none",
      "copy the slide again from the scanner",
    );
  }
  // the empty picture that stands for the macro is number 0
  const numbers = new Map([...wanted].sort((a, b) => a - b).map((ifd, i) => [ifd, i + 1]));
  const texts = textsOf([[TAG.imageDescription, scnDescription(collection as XmlNode, areas, numbers, BLANK_SIDE)]]);
  const kept: KeptDirectory[] = [];
  const dropped: DroppedPicture[] = [];
  let stored: KeptDirectory | null = null;
  for (const [i, directory] of tiff.directories.entries()) {
    const page = yield* readPage(tiff, directory);
    const where = `directory ${i}`;
    if (wanted.has(i)) kept.push({ directory, page, where, texts: new Map(), below: [] });
    else if (isBlank(i, page)) stored = { directory, page, where, texts, below: [] };
    else dropped.push({ where, what: i === 0 ? `macro of ${page.width} x ${page.height} px` : droppedName(page) });
  }
  return { format: "leica-scn", kept, dropped, blankFirst: { texts, stored } };
}

/** Tiled pictures stay; macro and label go, whether they are pictures or text in the XML. */
export function* planPhilipsDeid(start: TiffStart): Reading<DeidPlan> {
  const { tiff } = start;
  const kept: KeptDirectory[] = [];
  const dropped: DroppedPicture[] = [];
  for (const [i, page] of (yield* readPages(tiff)).entries()) {
    const where = `directory ${i}`;
    const isFirst = kept.length === 0;
    const isScan = page.isTiled && (isFirst || !isNamedAside(page));
    if (!isScan) {
      dropped.push({ where, what: droppedName(page) });
      continue;
    }
    if (isFirst && i > 0)
      refuseDeid("a Philips TIFF whose first picture is the scan", `a scan in ${where}`, "export the slide again");
    const description = isFirst ? philipsDescription(start.description, tiff.name) : allowedPlain(page.description);
    const pairs: (readonly [number, string])[] = [[TAG.imageDescription, description]];
    // readers know the format by this word
    if (isFirst) pairs.push([TAG.software, "Philips"]);
    kept.push({ directory: page.directory, page, where, texts: textsOf(pairs), below: [] });
  }
  return { format: "philips-tiff", kept, dropped };
}

/** Levels stay. The scale stands beside the label: an empty picture takes its place. */
export function* planVentanaDeid(start: TiffStart): Reading<DeidPlan> {
  const { tiff } = start;
  const kept: KeptDirectory[] = [];
  const dropped: DroppedPicture[] = [];
  const texts0 = textsOf([
    [TAG.imageDescription, BLANK_NAME],
    [TAG.xmp, ventanaScan(start.xmp, tiff.name)],
  ]);
  let stored: KeptDirectory | null = null;
  for (const [i, page] of (yield* readPages(tiff)).entries()) {
    const where = `directory ${i}`;
    const level = /^\s*level=(\d{1,2})\b/.exec(page.description)?.[1];
    if (level === undefined) {
      if (isBlank(i, page) && page.description === BLANK_NAME)
        stored = { directory: page.directory, page, where, texts: texts0, below: [] };
      else dropped.push({ where, what: droppedName(page) });
      continue;
    }
    const xmp = level === "0" ? ventanaFrames(yield* textOf(tiff, page.directory, TAG.xmp), tiff.name) : "";
    const texts = textsOf([
      [TAG.imageDescription, allowedPlain(page.description)],
      [TAG.xmp, xmp],
    ]);
    kept.push({ directory: page.directory, page, where, texts, below: [] });
  }
  return { format: "ventana-bif", kept, dropped, blankFirst: { texts: texts0, stored } };
}

/** How the empty first picture is described. */
const BLANK_NAME = "Thumbnail";
