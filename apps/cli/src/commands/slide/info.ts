import type { SlideInfo } from "@nacre/imaging";
import type { Command } from "commander";
import { action } from "../../command.ts";
import { openForCommand } from "./open-for-command.ts";
import { openOptionsOf, type PictureOptions, pictureOptions } from "./picture-options.ts";

export function registerInfo(slide: Command): void {
  const command = pictureOptions(
    slide
      .command("info <file>")
      .description("format, levels, scale and warnings of a slide")
      .option("--mpp <n>", "scale to use where the file has none")
      .option("--identifiers", "tell descriptions, users, dates, file names and barcodes of the file too"),
  );
  action(
    command,
    "nacre slide info nacre-demo/slides/site-a-001.svs",
    async (_, file: string, options: PictureOptions & { mpp?: string; identifiers?: boolean }) => {
      const identifiers = options.identifiers === true;
      const source = await openForCommand(file, options.mpp, { ...openOptionsOf(options), identifiers });
      source.close();
      const { info } = source;
      const lines = [
        `${file}`,
        `format      ${info.format} (${info.vendor}), read by ${info.reader}`,
        `size        ${info.width} x ${info.height} px`,
        `scale       ${info.mpp === null ? "unknown: give it with --mpp" : `${Number(info.mpp.toPrecision(6))} um/px (${info.mppSource === "given" ? `given; the file says ${info.mppInFile ?? "nothing"}` : "from the file"})`}`,
        `objective   ${info.objective === null ? "unknown" : `${info.objective}x`}`,
        ...info.levels.map(
          (l) =>
            `level ${l.index}     ${l.width} x ${l.height} px, downsample ${Number(l.downsample.toFixed(4))}, blocks ${l.blockWidth} x ${l.blockHeight}`,
        ),
        `colour      ${info.iccApplied ?? (info.icc ? "carries an ICC profile, not applied" : "no ICC profile")}`,
        ...(info.window === undefined ? [] : [`window      ${info.window[0]} is black, ${info.window[1]} white`]),
        ...planeLines(info),
        ...(info.associated ?? []).map((a) => `beside      ${a.name}, ${a.width} x ${a.height} px (not shown)`),
        ...(identifiers
          ? Object.entries(info.properties).map(([key, value]) => `property    ${key}: ${oneLine(value)}`)
          : []),
        ...info.warnings.map((w) => `warning     ${w}`),
      ];
      return { json: { file, ...info }, text: lines.join("\n") };
    },
  );
}

const oneLine = (text: string): string => text.replace(/[\p{C}\s]+/gu, " ");

/** Channels, focal planes and times, where there is more than one picture; the one that is read is marked. */
function planeLines({ planes }: SlideInfo): string[] {
  if (planes === undefined) return [];
  const { channels, focalPlanes, times, plane } = planes;
  return [
    ...channels.map((name, i) => `channel ${i}   ${name}${i === plane.channel ? " (read)" : ""}`),
    ...(focalPlanes > 1 ? [`planes      ${focalPlanes}, read: ${plane.focalPlane}`] : []),
    ...(times > 1 ? [`times       ${times}, read: ${plane.time}`] : []),
  ];
}
