import { raise, unwrap } from "@nacre/core";
import type { Conversion, WriteFormat } from "@nacre/imaging/node";
import type { Command } from "commander";
import { action, type CommandContext, type CommandResult } from "../../command.ts";
import { numberOption } from "../../number-option.ts";
import { openForCommand } from "./open-for-command.ts";

interface ConvertOptions {
  format?: string;
  quality: string;
  tile?: string;
  levelStep: string;
  mpp?: string;
}

export function registerConvert(slide: Command): void {
  const command = slide
    .command("convert <in> <out>")
    .description(
      "the slide in another format, by the ending of OUT: .tif, .svs, .ome.tif, .ome.zarr, .dzi, .dcm (a folder)",
    )
    .option("--format <name>", "tiff, svs, ome-tiff, ome-zarr, deepzoom or dicom, whatever the ending says")
    .option("--quality <n>", "JPEG quality of tiles that must be encoded, 1 to 100", "90")
    .option(
      "--tile <n>",
      "side of a tile in pixels, a multiple of 16 (default: the source's, where its tiles are passed on, else 256)",
    )
    .option("--level-step <n>", "how much smaller each level is than the one before, 2 to 16", "2")
    .option("--mpp <n>", "scale to write where the file has none");
  action(command, "nacre slide convert nacre-demo/slides/site-a-001.svs site-a-001.ome.tif", run);
}

async function run(
  context: CommandContext,
  input: string,
  out: string,
  options: ConvertOptions,
): Promise<CommandResult> {
  const { convertSlide, WRITE_FORMATS, writeFormatOf } = await import("@nacre/imaging/node");
  const format = options.format === undefined ? writeFormatOf(out) : formatOption(options.format, WRITE_FORMATS);
  const quality = numberOption(options.quality, "--quality", { least: 1, most: 100, whole: true });
  const levelStep = numberOption(options.levelStep, "--level-step", { least: 2, most: 16, whole: true });
  const tile = options.tile === undefined ? undefined : tileOption(options.tile);
  const slide = await openForCommand(input, options.mpp, { icc: "keep" });
  try {
    let isBegun = false;
    const progress = (done: number, total: number): void => {
      if (!isBegun) context.progress.begin("tiles", total);
      isBegun = true;
      context.progress.advance(done);
    };
    const more = { signal: context.signal, progress, ...(tile === undefined ? {} : { tile }) };
    const conversion = unwrap(await convertSlide(slide, out, { format, quality, levelStep, ...more }));
    return { json: { file: input, ...conversion }, text: describe(conversion) };
  } finally {
    slide.close();
  }
}

function formatOption(name: string, formats: readonly WriteFormat[]): WriteFormat {
  const found = formats.find((format) => format === name);
  if (found) return found;
  return raise("bad-usage", {
    expected: `--format: one of ${formats.join(", ")}`,
    received: name,
    remedy: "correct --format, or leave it out and let the ending of OUT say it",
  });
}

function tileOption(text: string): number {
  const tile = numberOption(text, "--tile", { least: 16, most: 4096, whole: true });
  if (tile % 16 === 0) return tile;
  return raise("bad-usage", { expected: "--tile: a multiple of 16", received: text, remedy: "correct --tile" });
}

function describe({ out, format, bytes, tile, passed, tiles, levels, warnings }: Conversion): string {
  return [
    `${out}`,
    `format      ${format}, ${(bytes / 1e6).toFixed(1)} MB, tiles of ${tile} px`,
    `tiles       ${passed} of ${tiles} passed on untouched`,
    ...levels.map(
      ({ width, height, downsample, how }, i) =>
        `level ${i}     ${width} x ${height} px, downsample ${downsample}, ${how}`,
    ),
    ...warnings.map((warning) => `warning     ${warning}`),
  ].join("\n");
}
