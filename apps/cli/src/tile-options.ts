/** The options that say what a tile is, shared by the commands that lay tiles. */
import { PLAUSIBLE_MPP } from "@nacre/core";
import type { TileSettings } from "@nacre/pipeline";
import type { Command } from "commander";
import { COLOURS, choiceOption } from "./choice-option.ts";
import { numberOption } from "./number-option.ts";

export interface TileOptions {
  mpp?: string;
  tileMpp: string;
  tileSize: string;
  overlap: string;
  minTissue: string;
  colour: string;
  stain: string;
}

export function tileOptions(command: Command): Command {
  return command
    .option("--mpp <n>", "scale to use where a file has none")
    .option("--tile-mpp <n>", "scale of the tiles, micrometres per pixel", "0.5")
    .option("--tile-size <n>", "side of a tile, pixels at that scale", "224")
    .option("--overlap <n>", "overlap of neighbouring tiles, pixels at that scale", "0")
    .option("--min-tissue <n>", "least share of tissue in a tile", "0.5")
    .option("--colour <name>", "stored, or srgb: by the slide's own ICC profile", "stored")
    .option("--stain <name>", "none, or moved to a reference by macenko, reinhard or vahadane", "none");
}

const STAINS = ["none", "macenko", "reinhard", "vahadane"] as const;

export function tilesFrom(options: TileOptions): TileSettings {
  const size = numberOption(options.tileSize, "--tile-size", { least: 16, most: 4096, whole: true });
  return {
    mpp: numberOption(options.tileMpp, "--tile-mpp", { least: PLAUSIBLE_MPP.min, most: PLAUSIBLE_MPP.max }),
    size,
    overlap: numberOption(options.overlap, "--overlap", { least: 0, most: size - 1, whole: true }),
    minTissue: numberOption(options.minTissue, "--min-tissue", { least: 0, most: 1 }),
    minTiles: 1,
    colour: choiceOption(options.colour, "--colour", COLOURS),
    stain: choiceOption(options.stain, "--stain", STAINS),
  };
}
