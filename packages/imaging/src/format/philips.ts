/**
 * Philips TIFF: an export whose levels are all padded to whole tiles, so that neither sizes nor aspect ratios say how
 * much smaller a level is; pixel spacings in the XML of the first description do. Tiles outside the scanned regions are
 * missing. Facts: the published description of the format by the OpenSlide project.
 */
import type { Reading } from "../bytes/reading.ts";
import type { AssociatedImage } from "../slide/slide.ts";
import type { GridPlan, SlidePlan } from "./slide-plan.ts";
import { hostile } from "./tiff-directory.ts";
import type { TiffPage } from "./tiff-page.ts";
import { associatedOf, planGrid, profileOf, readPages, type TiffStart } from "./tiff-start.ts";
import { attribute, children, parseXml, textIn, type XmlNode } from "./xml.ts";

export const isPhilips = (start: TiffStart): boolean =>
  /^Philips/.test(start.software) && /<DataObject[\s>]/.test(start.description);

export function* planPhilips(start: TiffStart): Reading<SlidePlan> {
  const { tiff } = start;
  const pages = yield* readPages(tiff);
  const tiled = pages.filter((page) => page.isTiled && !/^\s*(label|macro)/i.test(page.description));
  const base = tiled[0];
  if (!base) return hostile(tiff.name, "a tiled image in a Philips TIFF");
  const scanned = children(parseXml(start.description, tiff.name), "DataObject").flatMap((root) =>
    objectsIn(root, "PIM_DP_SCANNED_IMAGES"),
  );
  const whole = scanned.find((image) => valueIn(image, "PIM_DP_IMAGE_TYPE") === "WSI");
  const spacings = (whole ? objectsIn(whole, "PIIM_PIXEL_DATA_REPRESENTATION_SEQUENCE") : []).map(spacingOf);
  const finest = spacings[0];
  if (!finest || spacings.length < tiled.length || spacings.some((spacing) => spacing === null))
    return hostile(tiff.name, "a pixel spacing for each level in its Philips description");
  const warnings: string[] = [];
  const levels: GridPlan[] = [];
  for (const page of tiled) {
    const spacing = spacings[levels.length] ?? finest;
    const downsample = levels.length === 0 ? 1 : Math.sqrt((spacing.x / finest.x) * (spacing.y / finest.y));
    const last = levels[levels.length - 1];
    if (last && downsample <= last.downsample) hostile(tiff.name, "pixel spacings that grow from level to level");
    const plan = yield* planGrid(start, page, { index: levels.length, downsample }, warnings);
    levels.push({ ...plan, ...unpadded(base, page, { x: spacing.x / finest.x, y: spacing.y / finest.y }) });
  }
  return {
    ...{ format: "philips-tiff", vendor: "philips", levels, warnings, objective: null },
    properties: { "tiff.Software": start.software, ...propertiesOf(whole) },
    mpp: Math.sqrt(finest.x * finest.y) * 1000,
    ...(yield* profileOf(start, base)),
    associated: [
      ...pages.filter((page) => !tiled.includes(page)).map((page) => associatedOf(page, "other")),
      ...inXml(scanned, pages),
    ],
  };
}

/** What a level holds of the padded level 0. */
function unpadded(base: TiffPage, page: TiffPage, ratio: { readonly x: number; readonly y: number }) {
  return {
    width: Math.max(1, Math.min(page.width, Math.floor(base.width / ratio.x))),
    height: Math.max(1, Math.min(page.height, Math.floor(base.height / ratio.y))),
  };
}

const attributeNode = (object: XmlNode, name: string): XmlNode | undefined =>
  children(object, "Attribute").find((node) => attribute(node, "Name") === name);

const valueIn = (object: XmlNode, name: string): string => textIn(attributeNode(object, name));

function objectsIn(object: XmlNode, name: string): XmlNode[] {
  return children(attributeNode(object, name), "Array").flatMap((array) => children(array, "DataObject"));
}

/** Millimetres per pixel: two numbers in quotes, rows first. */
function spacingOf(level: XmlNode): { readonly x: number; readonly y: number } | null {
  const [y = 0, x = 0] = [...valueIn(level, "DICOM_PIXEL_SPACING").matchAll(/[-+.\deE]+/g)].map(([text]) =>
    Number(text),
  );
  return x > 0 && y > 0 && Number.isFinite(x + y) ? { x, y } : null;
}

/** Names of persons, of the slide and its barcode are not among them. */
const TOLD = ["DICOM_MANUFACTURER", "DICOM_LOSSY_IMAGE_COMPRESSION_METHOD", "DICOM_LOSSY_IMAGE_COMPRESSION_RATIO"];

function propertiesOf(image: XmlNode | undefined): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const name of TOLD) {
    const value = image ? valueIn(image, name) : "";
    if (value !== "") properties[`philips.${name}`] = value;
  }
  return properties;
}

/** Label and macro that lie in the XML as text; their size is not looked for. */
function inXml(scanned: readonly XmlNode[], pages: readonly TiffPage[]): AssociatedImage[] {
  const isStored = (word: string): boolean => pages.some((page) => page.description.toLowerCase().startsWith(word));
  const kinds = scanned.map((image) => valueIn(image, "PIM_DP_IMAGE_TYPE"));
  const found: AssociatedImage[] = [];
  if (kinds.includes("LABELIMAGE") && !isStored("label")) found.push({ name: "label", width: 0, height: 0 });
  if (kinds.includes("MACROIMAGE") && !isStored("macro")) found.push({ name: "macro", width: 0, height: 0 });
  return found;
}
