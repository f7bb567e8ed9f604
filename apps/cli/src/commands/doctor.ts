import type { Command } from "commander";
import { action } from "../command.ts";
import type { ServeOptions } from "../serve-config.ts";
import { table } from "../text-table.ts";

interface DoctorOptions extends Pick<ServeOptions, "config" | "data" | "host" | "port" | "publicUrl"> {
  /** True: the folders that the configuration names. */
  readonly server?: string | true;
}

export function register(program: Command): void {
  const command = program
    .command("doctor")
    .description(
      "say what this machine offers and which decoders and engines are in use; or what is wrong with a service",
    )
    .option(
      "--server [target]",
      "a service: its address (NACRE_TOKEN: an admin's token), or the folder it would serve; with --config, none",
    )
    .option("--config <file>", "with --server: the configuration that nacre serve would get")
    .option("--data <dir>", "as for nacre serve")
    .option("--host <address>", "as for nacre serve")
    .option("--port <n>", "as for nacre serve")
    .option("--public-url <url>", "as for nacre serve");
  action(command, "nacre doctor", async (_, options: DoctorOptions) => {
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

async function examineWhat({ server, ...options }: DoctorOptions) {
  if (server === undefined && Object.keys(options).every((name) => name === "json"))
    return (await import("@nacre/pipeline")).examine();
  const { examineAddress, examineConfig } = await import("@nacre/server");
  if (typeof server === "string" && /^https?:/.test(server)) return examineAddress(server, process.env.NACRE_TOKEN);
  const { settleConfig } = await import("../serve-config.ts");
  return examineConfig(await settleConfig(typeof server === "string" ? [server] : [], options));
}
