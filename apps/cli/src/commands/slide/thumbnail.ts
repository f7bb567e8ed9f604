import { unwrap } from "@nacre/core";
import type { Command } from "commander";
import { action } from "../../command.ts";
import { numberOption } from "../../number-option.ts";
import { openColoured, writePng } from "./open-for-command.ts";
import { openOptionsOf, type PictureOptions, pictureOptions } from "./picture-options.ts";

const LARGEST_THUMBNAIL = 16_384;

export function registerThumbnail(slide: Command): void {
  const command = pictureOptions(
    slide
      .command("thumbnail <file>")
      .description("the whole slide as a small PNG")
      .requiredOption("--out <png>", "where to write it")
      .option("--colour <name>", "stored, or srgb: by the slide's own ICC profile, where it has one", "stored")
      .option("--size <n>", "longest side in pixels", "1024"),
  );
  action(
    command,
    "nacre slide thumbnail nacre-demo/slides/site-a-001.svs --out thumbnail.png",
    async (context, file: string, options: PictureOptions & { out: string; size: string; colour: string }) => {
      const size = numberOption(options.size, "--size", { least: 1, most: LARGEST_THUMBNAIL, whole: true });
      const { thumbnail } = await import("@nacre/imaging");
      const { source, colour } = await openColoured(file, options.colour, openOptionsOf(options));
      if (colour !== null) context.say(`${file}  ${colour}`);
      try {
        const raster = unwrap(await thumbnail(source, size));
        await writePng(options.out, raster);
        const told = colour === null ? {} : { colour };
        const { width, height } = raster;
        return { json: { file, out: options.out, width, height, ...told }, text: options.out };
      } finally {
        source.close();
      }
    },
  );
}
