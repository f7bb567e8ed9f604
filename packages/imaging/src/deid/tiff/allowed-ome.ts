/**
 * OME-XML written anew (OME data model 2016-06) for the image that stays and its levels: sizes, scale, channels, objective, and where each plane lies.
 * Elements and attributes that are not on the list have no way into the copy: annotations, experimenters, projects, plates, regions of interest,
 * instruments and their serial numbers, dates, names, identifiers, files, pixels inside the XML.
 */
import { attribute, child, children, type XmlNode } from "../../format/xml.ts";
import { allowedChannel } from "../allowed-channel.ts";
import { allowedNumber, allowedWhole } from "../allowed-number.ts";

/** One plane of the image that stays, and the number of its directory in the copy. */
export interface OmePlane {
  readonly channel: number;
  readonly focalPlane: number;
  readonly time: number;
  readonly ifd: number;
}

const NAMESPACE = "http://www.openmicroscopy.org/Schemas/OME/2016-06";
const word =
  (shape: RegExp) =>
  (text: string): string =>
    shape.test(text) ? text : "";
const UNIT = (text: string): string => {
  const plain = text.replace(/^(&#181;|&#x[bB]5;|μ|u)m$/, "µm");
  return /^([pnµmc]?m|Å|in)$/.test(plain) ? plain : "";
};
const TRUTH = word(/^(true|false)$/);

type Allowed = Readonly<Record<string, (text: string) => string>>;
const PIXELS: Allowed = {
  DimensionOrder: word(/^XY[ZCT]{3}$/),
  Type: word(/^(u?int(8|16|32)|float|double|bit|complex|double-complex)$/),
  SignificantBits: allowedWhole,
  BigEndian: TRUTH,
  Interleaved: TRUTH,
  ...Object.fromEntries(["X", "Y", "Z", "C", "T"].map((axis) => [`Size${axis}`, allowedWhole])),
  ...Object.fromEntries(
    ["X", "Y", "Z"].flatMap((axis) => [
      [`PhysicalSize${axis}`, allowedNumber],
      [`PhysicalSize${axis}Unit`, UNIT],
    ]),
  ),
};
const CHANNEL: Allowed = {
  Name: allowedChannel,
  SamplesPerPixel: allowedWhole,
  Color: allowedNumber,
  EmissionWavelength: allowedNumber,
  EmissionWavelengthUnit: UNIT,
  ExcitationWavelength: allowedNumber,
  ExcitationWavelengthUnit: UNIT,
};
const OBJECTIVE: Allowed = {
  NominalMagnification: allowedNumber,
  LensNA: allowedNumber,
  Immersion: word(/^(Air|Oil|Water|WaterDipping|Glycerol|Multi|Other)$/),
};

export interface OmeKept {
  /** Its Image element. */
  readonly node: XmlNode;
  readonly planes: readonly OmePlane[];
}

/** The description of the copy. `kept`: the slide, and images that are its levels. */
export function omeDescriptionOf(root: XmlNode, kept: readonly OmeKept[]): string {
  const wanted = attribute(child(kept[0]?.node, "ObjectiveSettings"), "ID");
  const objectives = children(root, "Instrument").flatMap((instrument) => children(instrument, "Objective"));
  const objective = objectives.find((each) => attribute(each, "ID") === wanted);
  const lens = objective && written(objective, OBJECTIVE);
  const instrument = lens ? `<Instrument ID="Instrument:0"><Objective ID="Objective:0"${lens}/></Instrument>` : "";
  const settings = lens ? '<InstrumentRef ID="Instrument:0"/><ObjectiveSettings ID="Objective:0"/>' : "";
  const images = kept.map((image, i) => `<Image ID="Image:${i}">${settings}${pixelsOf(image, i)}</Image>`);
  return `<?xml version="1.0" encoding="UTF-8"?><OME xmlns="${NAMESPACE}">${instrument}${images.join("")}</OME>`;
}

function pixelsOf({ node, planes }: OmeKept, number: number): string {
  const pixels = child(node, "Pixels") as XmlNode;
  const channels = children(pixels, "Channel").map(
    (each, i) => `<Channel ID="Channel:${number}:${i}"${written(each, CHANNEL)}/>`,
  );
  const data = planes.map(
    ({ channel, focalPlane, time, ifd }) =>
      `<TiffData FirstC="${channel}" FirstZ="${focalPlane}" FirstT="${time}" IFD="${ifd}" PlaneCount="1"/>`,
  );
  return `<Pixels ID="Pixels:${number}"${written(pixels, PIXELS)}>${channels.join("")}${data.join("")}</Pixels>`;
}

function written(node: XmlNode, allowed: Allowed): string {
  return Object.entries(allowed)
    .map(([name, rule]) => [name, rule(attribute(node, name))] as const)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => ` ${name}="${value}"`)
    .join("");
}

/** Elements of the data model that tell of people, places, times, devices or files. Only these words may stand in a report. */
const TELLING = new Set([
  ...["AcquisitionDate", "AnnotationRef", "BinData", "Dataset", "Description", "Experiment", "Experimenter"],
  ...["ExperimenterGroup", "Folder", "ImagingEnvironment", "MetadataOnly", "MicrobeamManipulation", "Microscope"],
  ...["Plane", "Plate", "Project", "Rights", "ROI", "Screen", "StageLabel", "StructuredAnnotations", "UUID"],
  ...["Detector", "Dichroic", "Filter", "FilterSet", "LightSource", "Laser", "Arc", "Filament"],
  ...["LightEmittingDiode", "GenericExcitationSource", "BinaryOnly", "DetectorSettings", "LightPath"],
]);

/** Names of telling elements anywhere below, each once; nothing that the file made up. */
export function tellingElements(node: XmlNode): string[] {
  const found = new Set<string>();
  const visit = (at: XmlNode): void => {
    for (const name of Object.keys(at)) {
      const below = children(at, name);
      if (below.length > 0 && TELLING.has(name)) found.add(name);
      for (const each of below) visit(each);
    }
  };
  visit(node);
  return [...found].sort();
}
