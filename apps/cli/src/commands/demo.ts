import type { Command } from "commander";
import { action } from "../command.ts";
import { seedOption } from "../number-option.ts";
import { presentRun } from "../present-run.ts";

export function register(program: Command): void {
  const command = program
    .command("demo")
    .description("write a synthetic cohort of three hospitals and walk it through the whole path")
    .option("--out <dir>", "run folder", "nacre-demo")
    .option("--seed <n>", "another seed gives another cohort", "7")
    .option("--resume", "go on with an interrupted run")
    .option("--open", "open the report when done");
  action(
    command,
    "nacre demo --out nacre-demo",
    async (context, options: { out: string; seed: string; resume?: boolean; open?: boolean }) => {
      const { runDemo } = await import("@nacre/pipeline");
      const result = await runDemo({
        out: options.out,
        seed: seedOption(options.seed),
        resume: options.resume === true,
        progress: context.progress,
        signal: context.signal,
      });
      return presentRun(result, context, options.open === true);
    },
  );
}
