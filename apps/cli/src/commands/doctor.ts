import type { Command } from "commander";
import { action } from "../command.ts";
import { table } from "../text-table.ts";

export function register(program: Command): void {
  const command = program
    .command("doctor")
    .description("say what this machine offers and which decoders and engines are in use");
  action(command, "nacre doctor", async () => {
    const { examine } = await import("@nacre/pipeline");
    const checks = await examine();
    const bad = checks.filter((c) => !c.ok);
    return {
      json: { ok: bad.length === 0, checks },
      text: table(
        ["", "what", "found"],
        checks.map((c) => [c.ok ? "ok" : "NO", c.what, c.found]),
      ),
      exitCode: bad.length > 0 ? 4 : 0,
    };
  });
}
