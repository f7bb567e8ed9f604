/** The parts of OME-XML that a slide needs: sizes, scale, channels, and which directory holds which plane. */
import type { Plane } from "../../slide/slide.ts";
import { hostile } from "../tiff-directory.ts";
import { attribute, child, children, numberAttribute, parseXml, type XmlNode } from "../xml.ts";

export interface OmeImage {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly channels: readonly string[];
  readonly focalPlanes: number;
  readonly times: number;
  readonly isSigned: boolean;
  readonly significantBits: number | null;
  /** Micrometres per pixel, or null. */
  readonly mpp: number | null;
  readonly objective: number | null;
  readonly properties: Readonly<Record<string, string>>;
  /** Number of the directory of a plane; null where it is in another file or not said. */
  readonly directoryOf: (plane: Plane) => number | null;
}

const MAX_PLANES = 2 ** 16;
const MICRONS: Readonly<Record<string, number>> = {
  ...{ pm: 1e-6, Å: 1e-4, nm: 1e-3, µm: 1, μm: 1, um: 1, "&#181;m": 1, "&#xB5;m": 1, mm: 1e3, cm: 1e4, m: 1e6 },
  ...{ in: 25_400 },
};

/** @throws FailureError `hostile-file` when it holds no image of sound sizes */
export function readOmeImages(text: string, name: string, directories: number): OmeImage[] {
  const root = child(parseXml(text, name), "OME");
  const images = children(root, "Image").flatMap((image) => readImage(image, root, name, directories) ?? []);
  if (images.length === 0) hostile(name, "OME-XML with an image");
  return images;
}

function readImage(image: XmlNode, root: XmlNode | undefined, name: string, directories: number): OmeImage | null {
  const pixels = child(image, "Pixels");
  if (!pixels) return null;
  const size = (axis: string): number => {
    const value = numberAttribute(pixels, `Size${axis}`) ?? 1;
    return Number.isInteger(value) && value >= 1 ? value : hostile(name, `a whole Size${axis} in its OME-XML`);
  };
  const [width, height, focalPlanes, times] = [size("X"), size("Y"), size("Z"), size("T")];
  const channels = channelsOf(pixels, size("C"));
  if (channels.length * focalPlanes * times > MAX_PLANES) hostile(name, `at most ${MAX_PLANES} planes`);
  const objectiveId = attribute(child(image, "ObjectiveSettings"), "ID");
  const objectives = children(root, "Instrument").flatMap((instrument) => children(instrument, "Objective"));
  const objective = objectives.find((candidate) => attribute(candidate, "ID") === objectiveId);
  const order = attribute(pixels, "DimensionOrder") || "XYZCT";
  const uuid = attribute(root, "UUID");
  return {
    name: attribute(image, "Name"),
    ...{ width, height, focalPlanes, times, channels },
    isSigned: /^int/.test(attribute(pixels, "Type")),
    significantBits: numberAttribute(pixels, "SignificantBits"),
    mpp: scaleOf(pixels),
    objective: numberAttribute(objective, "NominalMagnification"),
    properties: { "ome.Type": attribute(pixels, "Type"), "ome.DimensionOrder": order },
    directoryOf: directoryTable(pixels, { order, focalPlanes, times, channels: channels.length, directories, uuid }),
  };
}

/** RGB counts as three in SizeC, but is one channel of three samples. */
function channelsOf(pixels: XmlNode, sizeC: number): string[] {
  const nodes = children(pixels, "Channel");
  const samples = Math.max(1, numberAttribute(nodes[0], "SamplesPerPixel") ?? 1);
  const n = Math.max(1, Math.min(MAX_PLANES, Math.round(sizeC / samples)));
  return Array.from({ length: n }, (_, i) => attribute(nodes[i], "Name") || `channel ${i}`);
}

function scaleOf(pixels: XmlNode): number | null {
  const side = (axis: "X" | "Y"): number | null => {
    const value = numberAttribute(pixels, `PhysicalSize${axis}`);
    const unit = MICRONS[attribute(pixels, `PhysicalSize${axis}Unit`) || "µm"];
    return value === null || unit === undefined || value <= 0 ? null : value * unit;
  };
  const x = side("X");
  const y = side("Y") ?? x;
  return x === null || y === null ? null : Math.sqrt(x * y);
}

interface Dimensions {
  readonly order: string;
  readonly focalPlanes: number;
  readonly times: number;
  readonly channels: number;
  readonly directories: number;
  readonly uuid: string;
}

/** TiffData elements: each names a first plane and directory, and how many follow in the order of dimensions. */
function directoryTable(pixels: XmlNode, sizes: Dimensions): OmeImage["directoryOf"] {
  const { order, focalPlanes, times, channels, directories, uuid } = sizes;
  const counts: Readonly<Record<string, number>> = { Z: focalPlanes, T: times, C: channels };
  const axes = [...order.replace(/[XY]/g, "")].filter((axis) => axis in counts);
  const numberOf = (at: Readonly<Record<string, number>>): number =>
    axes.reduceRight((sum, axis) => sum * (counts[axis] as number) + (at[axis] ?? 0), 0);
  const total = focalPlanes * times * channels;
  const places = new Map<number, number>();
  const data = children(pixels, "TiffData");
  const files = new Set(data.map((node) => attribute(child(node, "UUID"), "FileName")));
  for (const node of data) {
    if (isElsewhere(child(node, "UUID"), uuid, files.size)) continue;
    const ifd = numberAttribute(node, "IFD");
    const at = { Z: firstOf(node, "Z"), T: firstOf(node, "T"), C: firstOf(node, "C") };
    const n = numberAttribute(node, "PlaneCount") ?? (ifd === null ? directories : 1);
    const from = numberOf(at);
    for (let i = 0; i < Math.min(n, total - from); i++) places.set(from + i, (ifd ?? 0) + i);
  }
  const isUnsaid = data.length === 0;
  return ({ channel, focalPlane, time }) => {
    const plane = numberOf({ C: channel, Z: focalPlane, T: time });
    return isUnsaid ? plane : (places.get(plane) ?? null);
  };
}

const firstOf = (node: XmlNode, axis: string): number => Math.max(0, numberAttribute(node, `First${axis}`) ?? 0);

/** A plane lies elsewhere when its UUID is another than the document's and more than one file is named: renamed files are still read. */
function isElsewhere(node: XmlNode | undefined, own: string, files: number): boolean {
  const text = node?.["#text"];
  return typeof text === "string" && files > 1 && own !== "" && text.trim() !== "" && text.trim() !== own;
}
