import type { Command } from "commander";
import { action } from "../command.ts";
import { EXIT } from "../exit-code.ts";

export function register(program: Command): void {
  const command = program
    .command("board <dir>")
    .description(
      "rank models on shared patients: tasks x encoders x aggregators from run folders or tables (board.yaml), as a static site",
    )
    .option("--open-sealed <name>", "open the sealed external part, once, and log it under this name");
  action(command, "nacre board .", async (context, dir: string, options: { openSealed?: string }) => {
    const { boardText, makeBoard } = await import("@nacre/pipeline");
    const name = options.openSealed ?? null;
    const made = makeBoard(dir, {
      openSealed: name,
      command: `nacre board .${name === null ? "" : ` --open-sealed ${JSON.stringify(name)}`}`,
    });
    for (const { entry, failure } of made.document.failures)
      context.say(`failed     ${entry}: ${failure.kind}, ${failure.received}`);
    return {
      json: made.document,
      text: `${boardText(made.document)}\n\nboard      ${made.page}\nResearch use only. Not a medical device.`,
      exitCode: made.isPartial ? EXIT.someFailed : EXIT.done,
    };
  });
}
