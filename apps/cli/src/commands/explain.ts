import type { Command } from "commander";
import { action } from "../command.ts";
import { eachFile, refuseSameNames } from "../each-file.ts";
import { mppOption } from "../number-option.ts";

export function register(program: Command): void {
  const command = program
    .command("explain <run> <files...>")
    .description("draw where the model of a finished run looked on new slides, on the colour scale of that run")
    .option("--mpp <n>", "scale to use where a slide has none")
    .requiredOption("--out <dir>", "folder for <slide>.png and <slide>.geojson");
  action(
    command,
    "nacre explain nacre-demo nacre-demo/slides/site-c-001.svs --out heatmaps",
    async (context, run: string, files: string[], options: { mpp?: string; out: string }) => {
      refuseSameNames(files);
      const { openPredictor } = await import("@nacre/pipeline");
      const predictor = await openPredictor(run, {
        fill: mppOption(options.mpp),
        signal: context.signal,
      });
      try {
        return await eachFile(files, context, async (file) => {
          const drawn = await predictor.explain(file, options.out);
          if (!drawn.ok) return drawn;
          return { ok: true, value: { json: drawn.value, line: drawn.value.written.join("  ") } };
        });
      } finally {
        await predictor.close();
      }
    },
  );
}
