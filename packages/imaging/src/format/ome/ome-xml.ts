/** The parts of OME-XML that a slide needs: sizes, scale, channels, and which directory holds which plane. */
import type { Plane } from "../../slide/slide.ts";
import { hostile } from "../tiff-directory.ts";
import { attribute, child, children, numberAttribute, parseXml, textIn, type XmlNode } from "../xml.ts";

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
  /** As the file names it: "uint8". */
  readonly type: string;
  /** Number of the directory of a plane; null where it is in another file or not said. */
  readonly directoryOf: (plane: Plane) => number | null;
  /** Where a plane lies that is in another file; else null. */
  readonly elsewhere: (plane: Plane) => { readonly file: OmeFile; readonly directory: number } | null;
}

/** A file of a set: how its OME-XML calls it. */
export interface OmeFile {
  /** Without folders; "" where it is not said. */
  readonly name: string;
  readonly uuid: string;
}

const MAX_PLANES = 2 ** 16;
const MAX_PLANES_OF_ALL = 2 ** 18;
const MICRONS: Readonly<Record<string, number>> = {
  ...{ pm: 1e-6, Å: 1e-4, nm: 1e-3, µm: 1, μm: 1, um: 1, "&#181;m": 1, "&#xB5;m": 1, mm: 1e3, cm: 1e4, m: 1e6 },
  ...{ in: 25_400 },
};

/** `uuid`: of the file that is read, where the text is that of another one. @throws FailureError `hostile-file` when it holds no image of sound sizes */
export function readOmeImages(text: string, name: string, directories: number, uuid?: string): OmeImage[] {
  const root = child(parseXml(text, name), "OME");
  const own = { name: name.replace(/^.*[/\\]/, ""), uuid: uuid ?? attribute(root, "UUID") };
  const facts = { root, name, directories, own };
  const images: OmeImage[] = [];
  let planes = 0;
  for (const node of children(root, "Image")) {
    const image = readImage(node, facts);
    if (!image) continue;
    planes += image.channels.length * image.focalPlanes * image.times;
    if (planes > MAX_PLANES_OF_ALL) hostile(name, `at most ${MAX_PLANES_OF_ALL} planes in all its images`);
    images.push(image);
  }
  if (images.length === 0) hostile(name, "OME-XML with an image");
  return images;
}

interface DocumentFacts {
  readonly root: XmlNode | undefined;
  readonly name: string;
  readonly directories: number;
  readonly own: OmeFile;
}

function readImage(image: XmlNode, { root, name, directories, own }: DocumentFacts): OmeImage | null {
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
  const placeOf = placesOf(pixels, { order, focalPlanes, times, channels: channels.length, directories, own, name });
  return {
    name: attribute(image, "Name"),
    ...{ width, height, focalPlanes, times, channels },
    isSigned: /^int/.test(attribute(pixels, "Type")),
    significantBits: numberAttribute(pixels, "SignificantBits"),
    mpp: scaleOf(pixels),
    objective: numberAttribute(objective, "NominalMagnification"),
    properties: { "ome.Type": attribute(pixels, "Type"), "ome.DimensionOrder": order },
    type: attribute(pixels, "Type"),
    directoryOf(plane) {
      const place = placeOf(plane);
      return place && !place.file ? place.directory : null;
    },
    elsewhere(plane) {
      const place = placeOf(plane);
      return place?.file ? { file: place.file, directory: place.directory } : null;
    },
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
  readonly own: OmeFile;
  /** For messages. */
  readonly name: string;
}

interface Place {
  readonly directory: number;
  /** null: the file that is read. */
  readonly file: OmeFile | null;
}

/** TiffData elements: each names a first plane and directory, and how many follow in the order of dimensions. */
function placesOf(pixels: XmlNode, sizes: Dimensions): (plane: Plane) => Place | null {
  const { order, focalPlanes, times, channels, directories, own, name } = sizes;
  const counts: Readonly<Record<string, number>> = { Z: focalPlanes, T: times, C: channels };
  const axes = [...order.replace(/[XY]/g, "")].filter((axis) => axis in counts);
  const numberOf = (at: Readonly<Record<string, number>>): number =>
    axes.reduceRight((sum, axis) => sum * (counts[axis] as number) + (at[axis] ?? 0), 0);
  const total = focalPlanes * times * channels;
  let said = 0;
  const places = new Map<number, Place>();
  const data = children(pixels, "TiffData");
  const files = new Set(data.map((node) => attribute(child(node, "UUID"), "FileName")));
  for (const node of data) {
    const file = files.size > 1 ? otherFile(child(node, "UUID"), own) : null;
    const ifd = numberAttribute(node, "IFD");
    const at = { Z: firstOf(node, "Z"), T: firstOf(node, "T"), C: firstOf(node, "C") };
    const n = numberAttribute(node, "PlaneCount") ?? (ifd === null && !file ? directories : 1);
    const from = numberOf(at);
    said += Math.max(0, Math.min(n, total - from));
    if (said > 2 * total) hostile(name, "TiffData that name each plane once");
    for (let i = 0; i < Math.min(n, total - from); i++) places.set(from + i, { directory: (ifd ?? 0) + i, file });
  }
  const isUnsaid = data.length === 0;
  return ({ channel, focalPlane, time }) => {
    const plane = numberOf({ C: channel, Z: focalPlane, T: time });
    return isUnsaid ? { directory: plane, file: null } : (places.get(plane) ?? null);
  };
}

const firstOf = (node: XmlNode, axis: string): number => Math.max(0, numberAttribute(node, `First${axis}`) ?? 0);

/**
 * The file that a plane lies in, or null for that which is read: told apart by UUID where both say one, else by name. Where the file names one
 * file only, it is this one, renamed.
 */
function otherFile(node: XmlNode | undefined, own: OmeFile): OmeFile | null {
  const file = { uuid: textIn(node), name: attribute(node, "FileName") };
  const isOwn = own.uuid !== "" && file.uuid !== "" ? file.uuid === own.uuid : ["", own.name].includes(file.name);
  return isOwn ? null : file;
}
