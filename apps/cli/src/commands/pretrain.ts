import { raise, unwrap } from "@nacre/core";
import type { Command } from "commander";
import { action } from "../command.ts";
import { settingsFrom, settingsOption } from "../settings-option.ts";

interface Options {
  method: string;
  aggregator: string;
  profiles?: string[];
  cohort?: string;
  only?: string;
  from?: string;
  set: string[];
  out: string;
}

export function register(program: Command): void {
  const command = settingsOption(
    program
      .command("pretrain <features>")
      .description("learn an aggregator's weights from a folder of feature files, without the label of a task")
      .requiredOption("--method <name>", "masked (longnet), sub-bags, or profiles")
      .option("--aggregator <name>", "what learns, such as genbloom or longnet", "genbloom")
      .option(
        "--profiles <tables...>",
        "CSV of a column patient and columns of 0, 1 or nothing, for the method profiles",
      )
      .option("--cohort <table>", "CSV with slide and patient: slides of a patient are one bag")
      .option("--only <list>", "text file of slides to learn from, one a line: the train part")
      .option("--from <file>", "weights to begin with, for the method profiles"),
    "the method or the aggregator",
  ).requiredOption("--out <file>", "the .safetensors file to write; a card lies beside it");
  action(
    command,
    "nacre pretrain nacre-demo/features --method sub-bags --aggregator set-transformer --set epochs=2 --out weights.safetensors",
    async (context, features: string, given: Options) => {
      const { cardPath, PRETRAIN_METHODS, pretrainFiles } = await import("@nacre/pipeline");
      const method = PRETRAIN_METHODS.find((name) => name === given.method);
      if (method === undefined) {
        return raise("bad-usage", {
          expected: `--method ${PRETRAIN_METHODS.join(", ")}`,
          received: given.method,
          remedy: "choose one of them",
        });
      }
      const card = unwrap(
        await pretrainFiles({
          features,
          method,
          aggregator: given.aggregator,
          settings: settingsFrom(given.set),
          out: given.out,
          profiles: given.profiles ?? [],
          cohort: given.cohort ?? null,
          only: given.only ?? null,
          from: given.from ?? null,
          signal: context.signal,
          progress: context.progress,
        }),
      );
      const [first, last] = [card.losses[0], card.losses.at(-1)].map((loss) => loss?.toFixed(4));
      const text = [
        `${card.parameters} weights of ${card.aggregator.name} from ${card.bags.length} bags; loss ${first} to ${last}`,
        `written to ${given.out}, with a card in ${cardPath(given.out)}`,
      ].join("\n");
      return { json: card, text };
    },
  );
}
