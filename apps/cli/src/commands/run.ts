import { raise, unwrap } from "@nacre/core";
import type { Command } from "commander";
import { action } from "../command.ts";
import { presentRun } from "../present-run.ts";

export function register(program: Command): void {
  const command = program
    .command("run <study>")
    .description("the main job: from a study file to models, predictions, heatmaps and a report")
    .option("--out <dir>", "run folder (default: the name of the study)")
    .option("--resume", "go on with an interrupted run")
    .option("--shard <i/n>", "encode only every n-th slide, for clusters; run once more without it to finish")
    .option("--open", "open the report when done");
  action(
    command,
    "nacre run nacre-demo/study.yaml --out again",
    async (context, file: string, options: { out?: string; resume?: boolean; shard?: string; open?: boolean }) => {
      const { readStudy, runStudy } = await import("@nacre/pipeline");
      const study = unwrap(readStudy(file));
      const result = await runStudy(study, {
        out: options.out ?? study.name,
        resume: options.resume === true,
        ...(options.shard === undefined ? {} : { shard: readShard(options.shard) }),
        progress: context.progress,
        signal: context.signal,
      });
      return presentRun(result, context, options.open === true);
    },
  );
}

function readShard(text: string): { index: number; count: number } {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const index = Number(match?.[1]);
  const count = Number(match?.[2]);
  if (match !== null && index >= 1 && index <= count) return { index: index - 1, count };
  return raise("bad-usage", {
    expected: "--shard i/n with i from 1 to n",
    received: text,
    remedy: "for example --shard 1/4",
  });
}
