import { unwrap } from "@nacre/core";
import type { Command } from "commander";
import { action } from "../command.ts";

export function register(program: Command): void {
  const command = program
    .command("fit <study>")
    .description("encode, split and fit the models of a study, and stop there")
    .option("--out <dir>", "run folder (default: the name of the study)")
    .option("--resume", "go on with an interrupted run");
  action(
    command,
    "nacre fit nacre-demo/study.yaml --out fitted",
    async (context, file: string, options: { out?: string; resume?: boolean }) => {
      const { readStudy, runStudy } = await import("@nacre/pipeline");
      const study = unwrap(readStudy(file));
      const result = await runStudy(study, {
        out: options.out ?? study.name,
        resume: options.resume === true,
        until: "fit",
        progress: context.progress,
        signal: context.signal,
      });
      const json = { out: result.out, models: result.models, slides: result.slides, notes: result.notes };
      const text = [`models in ${result.out}/model`, ...result.notes.map((note) => `note: ${note}`)].join("\n");
      return { json, text, exitCode: result.failed > 0 ? 1 : 0 };
    },
  );
}
