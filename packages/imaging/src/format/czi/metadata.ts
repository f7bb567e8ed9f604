/** What the XML of a CZI says of the scale, the optics and the channels. */
import { attribute, child, children, parseXml, textIn, type XmlNode } from "../xml.ts";

export interface CziMetadata {
  /** Micrometres per pixel, or null. */
  readonly mpp: number | null;
  readonly objective: number | null;
  readonly channels: readonly string[];
  /** Bits in use of 16-bit samples, or null. */
  readonly bits: number | null;
  readonly properties: Readonly<Record<string, string>>;
}

/** @throws FailureError hostile-file */
export function readCziMetadata(xml: string, name: string): CziMetadata {
  const root = xml === "" ? undefined : child(parseXml(xml, name), "ImageDocument", "Metadata");
  const information = child(root, "Information");
  const image = child(information, "Image");
  const bits = numberIn(child(image, "ComponentBitCount"));
  const application = child(information, "Application");
  const told = {
    "czi.Application": [textIn(child(application, "Name")), textIn(child(application, "Version"))].join(" ").trim(),
    "czi.PixelType": textIn(child(image, "PixelType")),
  };
  return {
    mpp: scaleOf(root),
    objective: objectiveOf(information, image),
    channels: children(child(image, "Dimensions", "Channels"), "Channel").map((node) => attribute(node, "Name")),
    bits: bits !== null && bits >= 8 && bits <= 16 ? bits : null,
    properties: Object.fromEntries(Object.entries(told).filter(([, text]) => text !== "")),
  };
}

/** Distances are in metres. */
function scaleOf(root: XmlNode | undefined): number | null {
  const distances = children(child(root, "Scaling", "Items"), "Distance");
  const of = (id: string): number | null =>
    numberIn(
      child(
        distances.find((node) => attribute(node, "Id") === id),
        "Value",
      ),
    );
  const [x, y] = [of("X"), of("Y")];
  return x !== null && y !== null && x > 0 && y > 0 ? Math.sqrt(x * y) * 1e6 : null;
}

/** The objective that the image names, or the only one. */
function objectiveOf(information: XmlNode | undefined, image: XmlNode | undefined): number | null {
  const objectives = children(child(information, "Instrument", "Objectives"), "Objective");
  const wanted = attribute(child(image, "ObjectiveSettings", "ObjectiveRef"), "Id");
  const used =
    objectives.find((node) => attribute(node, "Id") === wanted) ??
    (objectives.length === 1 ? objectives[0] : undefined);
  return numberIn(child(used, "NominalMagnification"));
}

function numberIn(node: XmlNode | undefined): number | null {
  const text = textIn(node);
  const value = Number(text);
  return text !== "" && Number.isFinite(value) ? value : null;
}
