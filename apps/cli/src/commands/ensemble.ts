import { raise } from "@nacre/core";
import type { Command } from "commander";
import { action } from "../command.ts";
import { numberOption, seedOption } from "../number-option.ts";

interface Options {
  readonly by: string;
  readonly bootstrap: string;
  readonly seed: string;
  readonly out: string;
}

const WAYS_HELP = `
Ways:
  mean     the mean of probabilities, numbers or risks
  rank     the mean of the ranks that each run gives a bag within its part and fold: an order, no probability
  learned  ranks of three classes or more, weighed as learned on the tune parts`;

export function register(program: Command): void {
  const command = program
    .command("ensemble <runs...>")
    .description("join finished runs of one cohort and task, and judge them together beside each alone")
    .option("--by <way>", "mean, rank or learned", "mean")
    .option("--bootstrap <n>", "replicates over patients", "1000")
    .option("--seed <n>", "seed of the replicates and of the learned weights", "7")
    .requiredOption(
      "--out <folder>",
      "folder for predictions.csv, scorecard.json, report.html, ensemble.json, model.onnx",
    )
    .addHelpText("after", WAYS_HELP);
  action(command, "nacre ensemble nacre-demo again --out both", async (context, runs: string[], options: Options) => {
    const { ensembleRuns, WAYS } = await import("@nacre/pipeline");
    const by = WAYS.find((way) => way === options.by);
    if (by === undefined) {
      raise("bad-usage", {
        expected: `--by ${WAYS.join(", ")}`,
        received: options.by,
        remedy: "see nacre ensemble --help",
      });
    }
    const { text, ...json } = ensembleRuns(runs, {
      by,
      bootstrap: numberOption(options.bootstrap, "--bootstrap", { least: 0, most: 1_000_000, whole: true }),
      seed: seedOption(options.seed),
      out: options.out,
    });
    for (const path of json.written) context.say(`wrote ${path}`);
    return { json, text };
  });
}
