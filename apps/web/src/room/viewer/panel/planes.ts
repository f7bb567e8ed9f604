/** Slides of several channels and focal planes: which are shown, and in what colour each channel's light is. */
import type { SlideFacts } from "@nacre/api";
import type { Layer } from "../stage/slide-source.ts";

export interface ChannelView {
  readonly name: string;
  readonly colour: string;
  readonly isOn: boolean;
}

export interface PlanesView {
  readonly channels: readonly ChannelView[];
  readonly focalPlane: number;
}

/** By what dyes usually are shown as; the rest take turns. */
const DYES: readonly (readonly [RegExp, string])[] = [
  [/dapi|hoechst|draq/i, "#3b6bff"],
  [/fitc|gfp|488|opal ?520|alexa ?488/i, "#00e05a"],
  [/tritc|cy3|555|568|594|texas|rhod|mcherry|rfp/i, "#ff4b3a"],
  [/cy5|647|690/i, "#ff3df2"],
];
const TURNS = ["#3b6bff", "#00e05a", "#ff4b3a", "#ffe14b", "#ff3df2", "#3df2ff", "#ffffff"];
/** Channels that are on at the beginning: each is fetched apart. */
const FIRST_ON = 4;

export const hasPlanes = ({ channels, focalPlanes }: Pick<SlideFacts, "channels" | "focalPlanes">): boolean =>
  channels.length > 1 || focalPlanes > 1;

export function firstView({ channels, focalPlanes }: Pick<SlideFacts, "channels" | "focalPlanes">): PlanesView {
  const taken = new Set<string>();
  return {
    focalPlane: Math.floor((focalPlanes - 1) / 2),
    channels: channels.map((name, i) => {
      const dye = DYES.find(([words]) => words.test(name))?.[1];
      const free = dye !== undefined && !taken.has(dye) ? dye : TURNS.find((colour) => !taken.has(colour));
      const colour = free ?? TURNS[i % TURNS.length] ?? "#ffffff";
      taken.add(colour);
      return { name: name === "" ? `Channel ${i + 1}` : name, colour, isOn: i < FIRST_ON };
    }),
  };
}

/** What is drawn for a view. A slide of one picture keeps its own colours. */
export function layersOf(
  { channels, focalPlanes }: Pick<SlideFacts, "channels" | "focalPlanes">,
  view: PlanesView,
): Layer[] {
  const plane = focalPlanes > 1 ? { focalPlane: view.focalPlane } : {};
  if (channels.length <= 1) return [{ ...plane, colour: null }];
  return view.channels.flatMap(({ colour, isOn }, channel) => (isOn ? [{ ...plane, channel, colour }] : []));
}
