import type { Command } from "commander";
import { action } from "../command.ts";
import { numberOption, seedOption } from "../number-option.ts";

interface Options {
  readonly positive?: string;
  readonly ordinal?: true;
  readonly bca?: true;
  readonly bootstrap: string;
  readonly seed: string;
  readonly subgroups?: string;
  readonly horizons?: string;
  readonly against?: string[];
  readonly out?: string;
}

const COLUMNS = `
Columns: patient, and slide, site, part (train, tune, test, external), fold where known; scanner and date (year-month-day) for
shift and drift, seed where the table holds several runs of the same patients; then by kind of answer
  classes         label, p_<class> for each class
  several labels  label_<name> and p_<name> for each
  a number        label, prediction
  time to event   risk, time, event (1 or 0), and s_<time> for a foretold survival`;

export function register(program: Command): void {
  const command = program
    .command("evaluate <predictions>")
    .description("judge a table of predictions, whoever made them")
    .option("--positive <class>", "the class reported as positive (default: the last)")
    .option("--ordinal", "the classes are grades, lowest first: weighted kappa and grade error too")
    .option("--subgroups <columns>", "columns to report by, with commas between (default: those of a few values)")
    .option("--horizons <times>", "times of the time-dependent AUROC (default: quartiles of the event times)")
    .option("--against <files...>", "other models' predictions of the same patients: paired differences and ranks")
    .option("--bootstrap <n>", "replicates over patients", "1000")
    .option("--bca", "intervals corrected for bias and skew, in place of percentiles")
    .option("--seed <n>", "seed of the replicates", "7")
    .option("--out <folder>", "write scorecard.json, report.html and the texts for a paper there")
    .addHelpText("after", COLUMNS);
  action(
    command,
    "nacre evaluate nacre-demo/predictions.csv --out judged",
    async (context, file: string, options: Options) => {
      const { evaluateFile } = await import("@nacre/pipeline");
      const { scorecard, text, written, comparison } = evaluateFile(file, {
        positive: options.positive ?? null,
        bootstrap: numberOption(options.bootstrap, "--bootstrap", { least: 0, most: 1_000_000, whole: true }),
        seed: seedOption(options.seed),
        ordered: options.ordinal === true,
        interval: options.bca === true ? "bca" : "percentile",
        subgroups: options.subgroups?.split(",").map((name) => name.trim()) ?? null,
        horizons: (options.horizons?.split(",") ?? []).map((t) =>
          numberOption(t, "--horizons", { least: 0, most: Number.MAX_VALUE }),
        ),
        against: options.against ?? [],
        out: options.out ?? null,
      });
      for (const path of written) context.say(`wrote ${path}`);
      return { json: comparison === null ? scorecard : { ...scorecard, comparison }, text };
    },
  );
}
