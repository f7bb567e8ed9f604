/**
 * The XML of Leica, Philips and Ventana, written anew from what is allowed: numbers under known names, words of short lists. Users,
 * barcodes, dates, identifiers, file names, device numbers and pictures inside the XML are not on any list.
 */
import { attribute, child, children, parseXml, textIn, type XmlNode } from "../../format/xml.ts";
import { type AllowedElement, NUMBER, numbers, writeAllowed } from "./allowed-text.ts";

const VIEW: AllowedElement = { attributes: numbers("sizeX", "sizeY", "offsetX", "offsetY", "spacingZ") };
const SETTINGS: AllowedElement = {
  children: {
    objectiveSettings: { children: { objective: { text: NUMBER } } },
    illuminationSettings: {
      children: { numericalAperture: { text: NUMBER }, illuminationSource: { text: /^(brightfield|fluorescence)$/ } },
    },
  },
};
const SCN_NAMESPACE = "http://www.leica-microsystems.com/scn/2010/10/01";
const MACRO_SETTINGS =
  "<scanSettings><objectiveSettings><objective>1.25</objective></objectiveSettings><illuminationSettings>" +
  "<illuminationSource>brightfield</illuminationSource></illuminationSettings></scanSettings>";

/** `numbersOfDirectories`: the new number of every directory that stays; `blankSide`: of the empty macro in directory 0. */
export function scnDescription(
  collection: XmlNode,
  areas: readonly XmlNode[],
  numbersOfDirectories: ReadonlyMap<number, number>,
  blankSide: number,
): string {
  const images = areas.map((image) => {
    const pixels = child(image, "pixels");
    const dimensions = children(pixels, "dimension").map((dimension) => {
      const ifd = numbersOfDirectories.get(Number(attribute(dimension, "ifd"))) ?? 0;
      const rest = writeAllowed("dimension", dimension, { attributes: numbers("sizeX", "sizeY", "r", "c", "z") });
      return rest.replace("<dimension", `<dimension ifd="${ifd}"`);
    });
    const size = writeAllowed("pixels", pixels as XmlNode, { attributes: numbers("sizeX", "sizeY", "sizeZ", "sizeC") });
    const parts = [
      '<device model="Leica SCN400;Leica SCN"/>',
      size.replace("</pixels>", `${dimensions.join("")}</pixels>`),
      writeAllowed("view", child(image, "view") as XmlNode, VIEW),
      ...children(image, "scanSettings").map((settings) => writeAllowed("scanSettings", settings, SETTINGS)),
    ];
    return `<image>${parts.join("")}</image>`;
  });
  const open = writeAllowed("collection", collection, { attributes: numbers("sizeX", "sizeY") });
  const glass = writeAllowed("view", collection, { attributes: numbers("sizeX", "sizeY") }).replace(
    "<view",
    '<view offsetX="0" offsetY="0" spacingZ="0"',
  );
  const side = `sizeX="${blankSide}" sizeY="${blankSide}"`;
  const macro = `<image><device model="Leica SCN400;Leica SCN"/><pixels ${side}><dimension ifd="0" ${side} r="0"/></pixels>${glass}${MACRO_SETTINGS}</image>`;
  return `<?xml version="1.0"?><scn xmlns="${SCN_NAMESPACE}">${open.replace("</collection>", `${macro}${images.join("")}</collection>`)}</scn>`;
}

const QUOTED = /^("?[-+\d.e]{1,16}"?\s*){1,6}$/i;
const PHILIPS: Readonly<Record<string, RegExp>> = {
  DICOM_PIXEL_SPACING: QUOTED,
  DICOM_BITS_ALLOCATED: NUMBER,
  DICOM_BITS_STORED: NUMBER,
  DICOM_HIGH_BIT: NUMBER,
  DICOM_SAMPLES_PER_PIXEL: NUMBER,
  DICOM_PIXEL_REPRESENTATION: NUMBER,
  DICOM_PLANAR_CONFIGURATION: NUMBER,
  DICOM_PHOTOMETRIC_INTERPRETATION: /^(RGB|YBR_[A-Z0-9_]{3,12}|MONOCHROME[12])$/,
  DICOM_LOSSY_IMAGE_COMPRESSION: /^"?0[01]"?$/,
  DICOM_LOSSY_IMAGE_COMPRESSION_RATIO: QUOTED,
  DICOM_LOSSY_IMAGE_COMPRESSION_METHOD: /^("?[A-Z0-9_]{1,16}"?\s*){1,4}$/,
  DICOM_MANUFACTURER: /^(PHILIPS|Philips|Hamamatsu)$/,
  PIM_DP_IMAGE_TYPE: /^WSI$/,
  PIM_DP_IMAGE_COLUMNS: NUMBER,
  PIM_DP_IMAGE_ROWS: NUMBER,
  PIIM_PIXEL_DATA_REPRESENTATION_NUMBER: NUMBER,
  PIIM_PIXEL_DATA_REPRESENTATION_COLUMNS: NUMBER,
  PIIM_PIXEL_DATA_REPRESENTATION_ROWS: NUMBER,
  PIIM_PIXEL_DATA_REPRESENTATION_POSITION: QUOTED,
};
const NESTED = ["PIM_DP_SCANNED_IMAGES", "PIIM_PIXEL_DATA_REPRESENTATION_SEQUENCE"];
const OBJECT = /^(DPUfsImport|DPScannedImage|PixelDataRepresentation)$/;

/** The description of a Philips TIFF with the scan and its spacings alone. */
export function philipsDescription(text: string, name: string): string {
  const roots = children(parseXml(text, name), "DataObject").map(philipsObject);
  return `<?xml version="1.0" encoding="UTF-8" ?>${roots.join("")}`;
}

function philipsObject(object: XmlNode): string {
  const type = attribute(object, "ObjectType");
  const inner = children(object, "Attribute").map(philipsAttribute);
  return `<DataObject${OBJECT.test(type) ? ` ObjectType="${type}"` : ""}>${inner.join("")}</DataObject>`;
}

function philipsAttribute(node: XmlNode): string {
  const name = attribute(node, "Name");
  const numbered = ["Group", "Element"]
    .map((key) => [key, attribute(node, key)] as const)
    .filter(([, value]) => /^0x[\da-fA-F]{1,4}$/.test(value));
  const vr = attribute(node, "PMSVR");
  const head = `<Attribute Name="${name}"${numbered.map(([key, value]) => ` ${key}="${value}"`).join("")}${/^I[A-Za-z0-9]{1,16}$/.test(vr) ? ` PMSVR="${vr}"` : ""}>`;
  if (NESTED.includes(name)) {
    const objects = children(node, "Array").flatMap((array) => children(array, "DataObject"));
    const kept = name === "PIM_DP_SCANNED_IMAGES" ? objects.filter(isScan) : objects;
    return `${head}<Array>${kept.map(philipsObject).join("")}</Array></Attribute>`;
  }
  const value = textIn(node).replaceAll("&quot;", '"');
  return PHILIPS[name]?.test(value) ? `${head}${value}</Attribute>` : "";
}

const isScan = (object: XmlNode): boolean =>
  children(object, "Attribute").some(
    (node) => attribute(node, "Name") === "PIM_DP_IMAGE_TYPE" && textIn(node) === "WSI",
  );

const JOINT: AllowedElement = {
  attributes: {
    ...numbers("FlagJoined", "Confidence", "Tile1", "Tile2", "OverlapX", "OverlapY"),
    Direction: /^(LEFT|RIGHT|UP|DOWN)$/,
  },
};
const IMAGE_INFO: AllowedElement = {
  attributes: numbers("AOIScanned", "AOIIndex", "NumRows", "NumCols", "Width", "Height", "Pos-X", "Pos-Y"),
  children: { TileJointInfo: JOINT },
};
const ORIGIN: AllowedElement = { attributes: numbers("OriginX", "OriginY") };
const AREA: AllowedElement = { attributes: numbers("Left", "Top", "Right", "Bottom") };

/** The elements AOI0, AOI1, ... of a node, each allowed the same. */
const eachArea = (node: XmlNode | undefined, allowed: AllowedElement): Record<string, AllowedElement> =>
  Object.fromEntries(
    Object.keys(node ?? {})
      .filter((key) => /^AOI\d{1,4}$/.test(key))
      .map((key) => [key, allowed]),
  );

/** EncodeInfo of level 0: where the camera frames lie. */
export function ventanaFrames(xmp: string, name: string): string {
  const node = child(parseXml(xmp, name), "EncodeInfo");
  if (!node) return "";
  const allowed: AllowedElement = {
    attributes: numbers("Ver"),
    children: {
      SlideStitchInfo: { children: { ImageInfo: IMAGE_INFO } },
      AoiOrigin: { children: eachArea(child(node, "AoiOrigin"), ORIGIN) },
    },
  };
  return `<?xml version="1.0"?>${writeAllowed("EncodeInfo", node, allowed)}`;
}

/** iScan of the label picture: scale and layers. */
export function ventanaScan(xmp: string, name: string): string {
  const document = parseXml(xmp, name);
  const roots = Object.keys(document).flatMap((key) => children(document, key));
  const scan = children(document, "iScan")[0] ?? roots.flatMap((root) => children(root, "iScan"))[0];
  if (!scan) return "";
  const allowed: AllowedElement = {
    attributes: numbers("Magnification", "ScanRes", "Z-layers", "Z-spacing", "ScanWhitePoint", "LabelBoundary"),
    children: eachArea(scan, AREA),
  };
  return writeAllowed("iScan", scan, allowed);
}
