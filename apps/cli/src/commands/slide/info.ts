import type { Command } from "commander";
import { action } from "../../command.ts";
import { openForCommand } from "./open-for-command.ts";

export function registerInfo(slide: Command): void {
  const command = slide
    .command("info <file>")
    .description("format, levels, scale and warnings of a slide")
    .option("--mpp <n>", "scale to use where the file has none");
  action(
    command,
    "nacre slide info nacre-demo/slides/site-a-001.svs",
    async (_, file: string, options: { mpp?: string }) => {
      const source = await openForCommand(file, options.mpp);
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
