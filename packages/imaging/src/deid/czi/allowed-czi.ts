/**
 * The XML of a CZI written anew: scale, sizes, channels, objectives. The experiment, hardware settings, users, documents, dates, file names,
 * custom attributes, stage places and time stamps are on no list.
 */
import { attribute, child, children, parseXml, textIn, type XmlNode } from "../../format/xml.ts";
import { allowedChannel } from "../allowed-channel.ts";
import { allowedNumber, allowedWhole } from "../allowed-number.ts";

const word =
  (shape: RegExp) =>
  (text: string): string =>
    shape.test(text) ? text : "";
type Rule = (text: string) => string;

const PIXEL_TYPE = word(/^(Gray(8|16|32|32Float|64|64ComplexFloat)|Bgr(24|48|96Float|192ComplexFloat)|Bgra32)$/);
const IMAGE: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries([..."XYSBMCZTHRVI"].map((axis) => [`Size${axis}`, allowedWhole])),
  ComponentBitCount: allowedWhole,
  PixelType: PIXEL_TYPE,
};
const CHANNEL: Readonly<Record<string, Rule>> = {
  PixelType: PIXEL_TYPE,
  ComponentBitCount: allowedWhole,
  Color: word(/^#[\dA-Fa-f]{6}([\dA-Fa-f]{2})?$/),
  ExcitationWavelength: allowedNumber,
  EmissionWavelength: allowedNumber,
};
const OBJECTIVE: Readonly<Record<string, Rule>> = {
  NominalMagnification: allowedNumber,
  LensNA: allowedNumber,
  Immersion: word(/^(Air|Oil|Water|Glycerol|Silicone|Other)$/),
};

/** What may stay of the XML; "" where there was none. @throws FailureError hostile-file */
export function cziXml(xml: string, name: string): string {
  if (xml === "") return "";
  const root = child(parseXml(xml, name), "ImageDocument", "Metadata");
  const information = child(root, "Information");
  const image = child(information, "Image");
  const distances = children(child(root, "Scaling", "Items"), "Distance").map(distance);
  const channels = children(child(image, "Dimensions", "Channels"), "Channel").map(channel);
  const objectives = children(child(information, "Instrument", "Objectives"), "Objective").map((node) =>
    element(`Objective${id(node, /^Objective:\d{1,3}$/)}`, fields(node, OBJECTIVE)),
  );
  const lens = id(child(image, "ObjectiveSettings", "ObjectiveRef"), /^Objective:\d{1,3}$/);
  return element(
    "ImageDocument",
    element(
      "Metadata",
      element(
        "Information",
        element(
          "Image",
          fields(image, IMAGE) +
            element("Dimensions", element("Channels", channels.join(""))) +
            (lens === "" ? "" : element("ObjectiveSettings", element(`ObjectiveRef${lens}`, ""))),
        ) + element("Instrument", element("Objectives", objectives.join(""))),
      ) + element("Scaling", element("Items", distances.join(""))),
    ),
  );
}

function distance(node: XmlNode): string {
  const axis = id(node, /^[XYZ]$/);
  const value = allowedNumber(textIn(child(node, "Value")));
  return axis === "" || value === "" ? "" : element(`Distance${axis}`, element("Value", value));
}

function channel(node: XmlNode): string {
  const name = allowedChannel(attribute(node, "Name"));
  const head = `Channel${id(node, /^Channel:\d{1,3}$/)}${name === "" ? "" : ` Name="${name}"`}`;
  return element(head, fields(node, CHANNEL));
}

function fields(node: XmlNode | undefined, rules: Readonly<Record<string, Rule>>): string {
  return Object.entries(rules)
    .map(([name, rule]) => [name, rule(textIn(child(node, name)))] as const)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => element(name, value))
    .join("");
}

function id(node: XmlNode | undefined, shape: RegExp): string {
  const value = attribute(node, "Id");
  return shape.test(value) ? ` Id="${value}"` : "";
}

/** `head`: the name, and attributes behind it. */
const element = (head: string, inner: string): string => `<${head}>${inner}</${head.split(" ", 1)}>`;
