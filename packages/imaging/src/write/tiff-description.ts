/** What a written TIFF says about itself: Aperio's key = value pairs, or OME-XML (OME data model 2016-06). */
import { SYNTHETIC_TITLE } from "../synthetic/is-synthetic.ts";
import type { CarriedFacts } from "./slide-writer.ts";

export interface SvsPicture {
  readonly width: number;
  readonly height: number;
  readonly kind: "full" | "reduced" | "thumbnail";
  readonly tile?: number;
  readonly quality?: number;
  /** Default JPEG. J2K is passed on, so that its quality is not known. */
  readonly coding?: "JPEG" | "J2K";
}

/** The description of one image of an SVS file. */
export function svsDescription(facts: CarriedFacts, picture: SvsPicture): string {
  const full = `${facts.width}x${facts.height}`;
  const here = picture.kind === "full" ? "" : ` -> ${picture.width}x${picture.height}`;
  const { tile, quality, coding = "JPEG" } = picture;
  const geometry =
    picture.kind === "thumbnail"
      ? `${full}${here} - `
      : `${full} [0,0 ${full}] (${tile}x${tile})${here} ${coding === "J2K" ? "J2K" : `JPEG Q=${quality}`}`;
  const pairs: [string, string][] = [];
  if (facts.objective !== null) pairs.push(["AppMag", String(facts.objective)]);
  if (facts.mpp !== null) pairs.push(["MPP", String(facts.mpp)]);
  if (facts.isSynthetic) pairs.push(["Title", SYNTHETIC_TITLE]);
  return `Aperio Image Library (layout only; written by Nacre)\r\n${geometry}${pairs.map(([k, v]) => `|${k} = ${v}`).join("")}`;
}

export const plainDescription = ({ isSynthetic }: CarriedFacts): string => (isSynthetic ? SYNTHETIC_TITLE : "");

/** One image of three samples a pixel, stored together. */
export function omeDescription({ width, height, mpp, objective, isSynthetic }: CarriedFacts): string {
  const scale =
    mpp === null
      ? ""
      : ` PhysicalSizeX="${mpp}" PhysicalSizeXUnit="um" PhysicalSizeY="${mpp}" PhysicalSizeYUnit="um"`.replaceAll(
          "um",
          "µm",
        );
  const instrument =
    objective === null
      ? ""
      : `<Instrument ID="Instrument:0"><Objective ID="Objective:0" NominalMagnification="${objective}"/></Instrument>`;
  const settings = objective === null ? "" : '<InstrumentRef ID="Instrument:0"/><ObjectiveSettings ID="Objective:0"/>';
  const told = isSynthetic ? `<Description>${SYNTHETIC_TITLE}</Description>` : "";
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"',
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
    ' xsi:schemaLocation="http://www.openmicroscopy.org/Schemas/OME/2016-06',
    ' http://www.openmicroscopy.org/Schemas/OME/2016-06/ome.xsd" Creator="Nacre">',
    `${instrument}<Image ID="Image:0" Name="slide">${told}${settings}`,
    '<Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint8" BigEndian="false" Interleaved="true"',
    ` SizeX="${width}" SizeY="${height}" SizeC="3" SizeZ="1" SizeT="1"${scale}>`,
    '<Channel ID="Channel:0:0" SamplesPerPixel="3"/><TiffData IFD="0" PlaneCount="1"/>',
    "</Pixels></Image></OME>",
  ].join("");
}
