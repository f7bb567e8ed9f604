import type { Command } from "commander";
import { action } from "../command.ts";

export function register(program: Command): void {
  const command = program
    .command("report <run>")
    .description("write report.html and summary.md of a finished run folder again");
  action(command, "nacre report nacre-demo", async (context, run: string) => {
    const { rewriteReport } = await import("@nacre/pipeline");
    const { report } = await rewriteReport(run, { progress: context.progress, signal: context.signal });
    return { json: { report }, text: report };
  });
}
