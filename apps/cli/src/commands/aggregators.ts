import type { AggregatorInfo } from "@nacre/models";
import type { Command } from "commander";
import { action } from "../command.ts";
import { table } from "../text-table.ts";

type Listed = Omit<AggregatorInfo, "kinds"> & { readonly kinds: readonly string[] | null };

export function register(program: Command): void {
  const command = program
    .command("aggregators")
    .description("list the aggregators and probes, the tasks they are for, and their options");
  action(command, "nacre aggregators", async () => {
    const { aggregators } = await import("@nacre/models");
    const { studyProbes } = await import("@nacre/pipeline");
    const json = { aggregators: aggregators(), probes: studyProbes() };
    const text = [
      ...json.aggregators.map(told),
      "Probes: models of the mean of the tiles, fitted without epochs",
      ...json.probes.map(told),
    ];
    return { json, text: text.join("\n\n") };
  });
}

function told({ name, title, paper, kinds, options }: Listed): string {
  const rows = Object.entries(options).map(([option, o]) => [`  ${option}`, String(o.default), o.meaning]);
  const tasks = `  tasks: ${kinds === null ? "all" : kinds.join(", ")}`;
  return `${name}  ${title}\n  ${paper}\n${tasks}\n${rows.length === 0 ? "  no options" : table(["  option", "default", "meaning"], rows)}`;
}
