/** Which picture of a file is read and how its samples become colours: the same options for info, read and thumbnail. */
import { raise } from "@nacre/core";
import type { OpenOptions } from "@nacre/imaging";
import type { Command } from "commander";
import { numberOption } from "../../number-option.ts";

export interface PictureOptions {
  readonly channel?: string;
  readonly focalPlane?: string;
  readonly time?: string;
  readonly window?: string;
  readonly icc?: boolean;
}

const MOST_PLANES = 2 ** 20;

/** Adds the options to a command. */
export function pictureOptions(command: Command): Command {
  return command
    .option("--channel <n>", "channel of a file of several, from 0")
    .option("--focal-plane <n>", "focal plane, from 0 (default: the middle one)")
    .option("--time <n>", "time of a series, from 0")
    .option("--window <black,white>", "values of deeper samples shown as black and white")
    .option("--icc", "turn colours into sRGB with the file's own ICC profile");
}

/** What was asked for. @throws FailureError bad-usage */
export function openOptionsOf({ channel, focalPlane, time, window, icc }: PictureOptions): OpenOptions {
  const plane = {
    ...(channel === undefined ? {} : { channel: placeOf(channel, "--channel") }),
    ...(focalPlane === undefined ? {} : { focalPlane: placeOf(focalPlane, "--focal-plane") }),
    ...(time === undefined ? {} : { time: placeOf(time, "--time") }),
  };
  return {
    ...(Object.keys(plane).length === 0 ? {} : { plane }),
    ...(window === undefined ? {} : { window: windowOf(window) }),
    ...(icc === true ? { icc: "apply" } : {}),
  };
}

function placeOf(text: string, name: string): number {
  return numberOption(text, name, { least: 0, most: MOST_PLANES, whole: true });
}

function windowOf(text: string): readonly [number, number] {
  const [black, white, ...rest] = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (black !== undefined && white !== undefined && rest.length === 0 && black < white) return [black, white];
  return raise("bad-usage", {
    expected: "--window: two numbers, black below white, as in 0,4095",
    received: text,
    remedy: "correct --window",
  });
}
