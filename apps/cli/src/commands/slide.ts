import { raise, unwrap } from "@nacre/core";
import type { Command } from "commander";
import { action } from "../command.ts";
import { mppOption, numberOption } from "../number-option.ts";
import { writeOutput } from "../write-output.ts";

/** Farther than the corner of any slide, level-0 pixels. */
const FARTHEST = 2 ** 31;
const LARGEST_THUMBNAIL = 16_384;

interface ReadOptions {
  level: string;
  x: string;
  y: string;
  width: string;
  height: string;
  raw?: string;
  png?: string;
}

export function register(program: Command): void {
  const slide = program.command("slide").description("look into one slide file");
  registerInfo(slide);
  registerRead(slide);
  registerThumbnail(slide);
}

function registerInfo(slide: Command): void {
  const command = slide
    .command("info <file>")
    .description("format, levels, scale and warnings of a slide")
    .option("--mpp <n>", "scale to use where the file has none");
  action(
    command,
    "nacre slide info nacre-demo/slides/site-a-001.svs",
    async (_, file: string, options: { mpp?: string }) => {
      const source = await open(file, options.mpp);
      source.close();
      const { info } = source;
      const lines = [
        `${file}`,
        `format      ${info.format} (${info.vendor}), read by ${info.reader}`,
        `size        ${info.width} x ${info.height} px`,
        `scale       ${info.mpp === null ? "unknown: give it with --mpp" : `${info.mpp} um/px (${info.mppSource === "given" ? `given; the file says ${info.mppInFile ?? "nothing"}` : "from the file"})`}`,
        `objective   ${info.objective === null ? "unknown" : `${info.objective}x`}`,
        ...info.levels.map(
          (l) =>
            `level ${l.index}     ${l.width} x ${l.height} px, downsample ${Number(l.downsample.toFixed(4))}, blocks ${l.blockWidth} x ${l.blockHeight}`,
        ),
        `colour      ${info.icc ? "carries an ICC profile, not applied" : "no ICC profile"}`,
        ...info.warnings.map((w) => `warning     ${w}`),
      ];
      return { json: { file, ...info }, text: lines.join("\n") };
    },
  );
}

function registerRead(slide: Command): void {
  const command = slide
    .command("read <file>")
    .description("pixels of a region: x, y at level 0; width, height at --level")
    .option("--level <n>", "level of the pyramid, 0 is the finest", "0")
    .option("--x <n>", "left edge, level-0 pixels", "0")
    .option("--y <n>", "top edge, level-0 pixels", "0")
    .option("--width <n>", "pixels", "512")
    .option("--height <n>", "pixels", "512")
    .option("--raw <file>", "write RGB bytes, row by row")
    .option("--png <file>", "write a PNG");
  action(
    command,
    "nacre slide read nacre-demo/slides/site-a-001.svs --x 1024 --y 1024 --png region.png",
    async (_, file: string, options: ReadOptions) => {
      if (options.raw === undefined && options.png === undefined) {
        raise("bad-usage", {
          expected: "--raw FILE or --png FILE",
          received: "neither",
          remedy: "say where the pixels should go",
        });
      }
      const asked = readRegion(options);
      const source = await open(file, undefined);
      try {
        const levels = source.info.levels.length;
        const level = numberOption(options.level, "--level", { least: 0, most: levels - 1, whole: true });
        const region = { level, ...asked };
        const raster = unwrap(await source.read(region));
        if (options.raw !== undefined) await writeOutput(options.raw, raster.data);
        if (options.png !== undefined) await writePng(options.png, raster);
        const written = [options.raw, options.png].filter((f) => f !== undefined);
        return { json: { file, region, written }, text: written.join("\n") };
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

function registerThumbnail(slide: Command): void {
  const command = slide
    .command("thumbnail <file>")
    .description("the whole slide as a small PNG")
    .requiredOption("--out <png>", "where to write it")
    .option("--size <n>", "longest side in pixels", "1024");
  action(
    command,
    "nacre slide thumbnail nacre-demo/slides/site-a-001.svs --out thumbnail.png",
    async (_, file: string, options: { out: string; size: string }) => {
      const size = numberOption(options.size, "--size", { least: 1, most: LARGEST_THUMBNAIL, whole: true });
      const { thumbnail } = await import("@nacre/imaging");
      const source = await open(file, undefined);
      try {
        const raster = unwrap(await thumbnail(source, size));
        await writePng(options.out, raster);
        return { json: { file, out: options.out, width: raster.width, height: raster.height }, text: options.out };
      } finally {
        source.close();
      }
    },
  );
}

async function open(file: string, mpp: string | undefined) {
  const { openSlideFile } = await import("@nacre/imaging/node");
  const fill = mppOption(mpp);
  const slide = unwrap(await openSlideFile(file));
  if (fill === null || slide.info.mpp !== null) return slide;
  slide.close();
  return unwrap(await openSlideFile(file, { mpp: fill }));
}

async function writePng(path: string, raster: { width: number; height: number; data: Uint8Array }): Promise<void> {
  const { encodePng } = await import("@nacre/imaging/node");
  await writeOutput(path, await encodePng(raster));
}
