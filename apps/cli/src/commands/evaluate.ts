import type { Command } from "commander";
import { action } from "../command.ts";
import { numberOption, seedOption } from "../number-option.ts";

export function register(program: Command): void {
  const command = program
    .command("evaluate <predictions>")
    .description("judge a table of predictions, whoever made them: slide, patient, part, label, p_<class>")
    .option("--positive <class>", "the class reported as positive (default: the last)")
    .option("--bootstrap <n>", "replicates over patients", "1000")
    .option("--seed <n>", "seed of the replicates", "7");
  action(
    command,
    "nacre evaluate nacre-demo/predictions.csv",
    async (_, file: string, options: { positive?: string; bootstrap: string; seed: string }) => {
      const { evaluateTable, scorecardText } = await import("@nacre/pipeline");
      const scorecard = evaluateTable(file, {
        positive: options.positive ?? null,
        bootstrap: numberOption(options.bootstrap, "--bootstrap", { least: 0, most: 1_000_000, whole: true }),
        seed: seedOption(options.seed),
      });
      return { json: scorecard, text: scorecardText(scorecard) };
    },
  );
}
