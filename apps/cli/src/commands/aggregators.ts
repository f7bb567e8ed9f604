import type { Command } from "commander";
import { action } from "../command.ts";
import { table } from "../text-table.ts";

export function register(program: Command): void {
  const command = program.command("aggregators").description("list the aggregators and their options");
  action(command, "nacre aggregators", async () => {
    const { aggregators } = await import("@nacre/models");
    const list = aggregators();
    const text = list
      .map((a) => {
        const options = Object.entries(a.options).map(([name, o]) => [`  ${name}`, String(o.default), o.meaning]);
        return `${a.name}  ${a.title}\n  ${a.paper}\n${options.length === 0 ? "  no options" : table(["  option", "default", "meaning"], options)}`;
      })
      .join("\n\n");
    return { json: { aggregators: list }, text };
  });
}
