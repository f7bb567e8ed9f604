import type { Command } from "commander";
import { action } from "../command.ts";
import { eachFile, refuseSameNames } from "../each-file.ts";
import { mppOption } from "../number-option.ts";

export function register(program: Command): void {
  const command = program
    .command("tissue <files...>")
    .description("find tissue; with --out also write its outlines as GeoJSON that QuPath opens")
    .option("--mpp <n>", "scale to use where a file has none")
    .option("--out <dir>", "write <slide>.geojson here");
  action(
    command,
    "nacre tissue nacre-demo/slides/site-a-001.svs",
    async (context, files: string[], options: { mpp?: string; out?: string }) => {
      if (options.out !== undefined) refuseSameNames(files);
      const { findTissueInFile } = await import("@nacre/pipeline");
      const fill = mppOption(options.mpp);
      return eachFile(files, context, async (file) => {
        const tissue = await findTissueInFile(file, { fill, out: options.out ?? null, signal: context.signal });
        if (!tissue.ok) return tissue;
        const t = tissue.value;
        return {
          ok: true,
          value: {
            json: t,
            line: `${t.areaMm2.toFixed(2)} mm2 of tissue, ${(t.fraction * 100).toFixed(1)} % of the slide, pen ${(t.penFraction * 100).toFixed(1)} %`,
          },
        };
      });
    },
  );
}
