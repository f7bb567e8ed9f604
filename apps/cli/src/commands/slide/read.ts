import { raise, unwrap } from "@nacre/core";
import type { Command } from "commander";
import { action } from "../../command.ts";
import { numberOption } from "../../number-option.ts";
import { writeOutput } from "../../write-output.ts";
import { openColoured, writePng } from "./open-for-command.ts";
import { openOptionsOf, type PictureOptions, pictureOptions } from "./picture-options.ts";

/** Farther than the corner of any slide, level-0 pixels. */
const FARTHEST = 2 ** 31;

interface ReadOptions extends PictureOptions {
  level: string;
  x: string;
  y: string;
  width: string;
  height: string;
  colour: string;
  raw?: string;
  png?: string;
}

export function registerRead(slide: Command): void {
  const command = pictureOptions(
    slide
      .command("read <file>")
      .description("pixels of a region: x, y at level 0; width, height at --level")
      .option("--level <n>", "level of the pyramid, 0 is the finest", "0")
      .option("--x <n>", "left edge, level-0 pixels", "0")
      .option("--y <n>", "top edge, level-0 pixels", "0")
      .option("--width <n>", "pixels", "512")
      .option("--height <n>", "pixels", "512")
      .option("--colour <name>", "stored, or srgb: by the slide's own ICC profile, where it has one", "stored")
      .option("--raw <file>", "write RGB bytes, row by row")
      .option("--png <file>", "write a PNG"),
  );
  action(
    command,
    "nacre slide read nacre-demo/slides/site-a-001.svs --x 1024 --y 1024 --png region.png",
    async (context, file: string, options: ReadOptions) => {
      if (options.raw === undefined && options.png === undefined) {
        raise("bad-usage", {
          expected: "--raw FILE or --png FILE",
          received: "neither",
          remedy: "say where the pixels should go",
        });
      }
      const asked = readRegion(options);
      const { source, colour } = await openColoured(file, options.colour, openOptionsOf(options));
      if (colour !== null) context.say(`${file}  ${colour}`);
      try {
        const levels = source.info.levels.length;
        const level = numberOption(options.level, "--level", { least: 0, most: levels - 1, whole: true });
        const region = { level, ...asked };
        const raster = unwrap(await source.read(region));
        if (options.raw !== undefined) await writeOutput(options.raw, raster.data);
        if (options.png !== undefined) await writePng(options.png, raster);
        const written = [options.raw, options.png].filter((f) => f !== undefined);
        return { json: { file, region, written, ...(colour === null ? {} : { colour }) }, text: written.join("\n") };
      } finally {
        source.close();
      }
    },
  );
}

function readRegion(options: ReadOptions): { x: number; y: number; width: number; height: number } {
  const whole = (name: "x" | "y" | "width" | "height", least: number): number =>
    numberOption(options[name], `--${name}`, { least, most: FARTHEST, whole: true });
  return {
    x: whole("x", -FARTHEST),
    y: whole("y", -FARTHEST),
    width: whole("width", 1),
    height: whole("height", 1),
  };
}
