import type { Command } from "commander";
import { action } from "../command.ts";
import { eachFile, refuseSameNames } from "../each-file.ts";
import { mppOption } from "../number-option.ts";
import { SYNTHETIC } from "../synthetic.ts";

export function register(program: Command): void {
  const command = program
    .command("predict <run> <files...>")
    .description("predict new slides or feature files with the model of a finished run")
    .option("--mpp <n>", "scale to use where a slide has none")
    .option("--covariates <csv>", "table with the column slide and the covariates the model was fitted with")
    .option("--out <csv>", "write the predictions as a table");
  action(
    command,
    "nacre predict nacre-demo nacre-demo/slides/site-c-001.svs",
    async (context, run: string, files: string[], options: { mpp?: string; covariates?: string; out?: string }) => {
      refuseSameNames(files);
      const { openPredictor } = await import("@nacre/pipeline");
      const predictor = await openPredictor(run, {
        fill: mppOption(options.mpp),
        covariates: options.covariates ?? null,
        signal: context.signal,
      });
      if (predictor.synthetic) context.say(SYNTHETIC);
      try {
        const result = await eachFile(files, context, async (file) => {
          const prediction = await predictor.predict(file);
          if (!prediction.ok) return prediction;
          const p = prediction.value;
          return {
            ok: true,
            value: {
              json: { probabilities: p.probabilities, answers: p.answers, tiles: p.tiles, inStudy: p.inStudy },
              line: p.text.concat(
                p.inStudy ? "  (a slide of this run: see predictions.csv for its held-out prediction)" : "",
              ),
            },
          };
        });
        if (options.out !== undefined) predictor.writeTable(options.out);
        return result;
      } finally {
        await predictor.close();
      }
    },
  );
}
