import type { Command } from "commander";
import { action } from "../command.ts";
import { table } from "../text-table.ts";

export function register(program: Command): void {
  const command = program
    .command("doctor")
    .description(
      "say what this machine offers and which decoders and engines are in use; or what is wrong with a service",
    )
    .option("--server <target>", "a service: its address (NACRE_TOKEN: an admin's token), or the folder it would serve")
    .option("--config <file>", "with --server DIR: the configuration that nacre serve would get");
  action(command, "nacre doctor", async (_, options: { server?: string; config?: string }) => {
    const checks = await examineWhat(options);
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

async function examineWhat({ server, config }: { readonly server?: string; readonly config?: string }) {
  if (server === undefined) return (await import("@nacre/pipeline")).examine();
  const { examineAddress, examineConfig } = await import("@nacre/server");
  if (/^https?:/.test(server)) return examineAddress(server, process.env.NACRE_TOKEN);
  const { settleConfig } = await import("../serve-config.ts");
  return examineConfig(await settleConfig([server], config === undefined ? {} : { config }));
}
