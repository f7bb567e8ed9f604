/** How a finished run is told: one screen for people, one document for programs. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { RunResult } from "@nacre/pipeline";
import type { CommandContext, CommandResult } from "./command.ts";
import { EXIT } from "./exit-code.ts";

export async function presentRun(result: RunResult, context: CommandContext, open: boolean): Promise<CommandResult> {
  const { runText } = await import("@nacre/pipeline");
  const { ready, removed, unlabelled, failed } = result.slides;
  const lines = [
    ...(result.scorecard === null ? [] : [runText(result.scorecard)]),
    "",
    `slides     ${ready} used, ${failed} failed, ${removed} removed as copies, ${unlabelled} without a label`,
    ...(failed > 0 || removed > 0 ? [`           see ${join(result.out, "slides.csv")}`] : []),
    ...result.notes.map((note) => `note       ${note}`),
    ...(result.report === null
      ? ["next       run the other shards, then run once more without --shard to fit, judge and report"]
      : [`report     ${result.report}`]),
    "Research use only. Not a medical device.",
  ];
  for (const f of result.failures.slice(0, 10)) context.say(`failed     ${f.slide}: ${f.kind}, ${f.received}`);
  if (result.failures.length > 10) context.say(`           and ${result.failures.length - 10} more`);
  if (open && result.report !== null) openFile(result.report);
  return { json: result, text: lines.join("\n"), exitCode: failed > 0 ? EXIT.someFailed : EXIT.done };
}

function openFile(path: string): void {
  const [command, ...args] =
    process.platform === "darwin" ? ["open"] : process.platform === "win32" ? ["cmd", "/c", "start", ""] : ["xdg-open"];
  spawn(command as string, [...args, path], { detached: true, stdio: "ignore" })
    .on("error", () => process.stderr.write(`could not open ${path}\n`))
    .unref();
}
