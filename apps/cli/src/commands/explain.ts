import { raise } from "@nacre/core";
import type { ExplainMethod } from "@nacre/models";
import type { Command } from "commander";
import { action } from "../command.ts";
import { eachFile, refuseSameNames } from "../each-file.ts";
import { mppOption } from "../number-option.ts";
import { SYNTHETIC } from "../synthetic.ts";

interface Options {
  readonly mpp?: string;
  readonly covariates?: string;
  readonly methods?: string;
  readonly out: string;
}

const METHODS = [
  "attention",
  "contribution",
  "integrated-gradients",
  "gradient-input",
  "occlusion",
  "rollout",
] as const satisfies readonly ExplainMethod[];

/** @throws FailureError bad-usage */
function methodsIn(text: string | undefined): readonly ExplainMethod[] {
  const names = text?.split(",").map((name) => name.trim()) ?? [];
  return names.map((name) => {
    const found = METHODS.find((method) => method === name);
    if (found !== undefined) return found;
    return raise("bad-usage", {
      expected: `--methods among ${METHODS.join(", ")}`,
      received: name || "nothing",
      remedy: "name one or several, with commas between",
    });
  });
}

export function register(program: Command): void {
  const command = program
    .command("explain <run> <files...>")
    .description(
      "draw where the model of a finished run looked on new slides, on the colour scale of that run, and test whether the drawing tells what it used",
    )
    .option("--mpp <n>", "scale to use where a slide has none")
    .option("--methods <names>", `further methods, with commas between: ${METHODS.join(", ")}`)
    .option("--covariates <csv>", "table with the column slide and the covariates the model was fitted with")
    .requiredOption("--out <dir>", "folder for <slide>.png and <slide>.geojson");
  action(
    command,
    "nacre explain nacre-demo nacre-demo/slides/site-c-001.svs --out heatmaps",
    async (context, run: string, files: string[], options: Options) => {
      refuseSameNames(files);
      const methods = methodsIn(options.methods);
      const { openPredictor } = await import("@nacre/pipeline");
      const predictor = await openPredictor(run, {
        fill: mppOption(options.mpp),
        covariates: options.covariates ?? null,
        signal: context.signal,
      });
      if (predictor.synthetic) context.say(SYNTHETIC);
      try {
        return await eachFile(files, context, async (file) => {
          const drawn = await predictor.explain(file, options.out, methods);
          if (!drawn.ok) return drawn;
          const { written, text } = drawn.value;
          return { ok: true, value: { json: drawn.value, line: [written.join("  "), ...text].join("\n  ") } };
        });
      } finally {
        await predictor.close();
      }
    },
  );
}
