/** `nacre worker`: takes units of work from the queue of a service, on this machine or any other that sees the same slides. */
import { raise, unwrap } from "@nacre/core";
import type { Command } from "commander";
import { action } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { numberOption } from "../number-option.ts";

interface WorkerFlags {
  readonly database?: string;
  readonly parallel?: string;
  readonly threads?: string;
  readonly map: readonly string[];
  readonly scratch?: string;
}

export function register(program: Command): void {
  const command = program
    .command("worker")
    .description("encode slides for a service that keeps its queue in PostgreSQL, until it is told to stop")
    .option("--database <url>", "postgres://user@host/database of the service (default: DATABASE_URL)")
    .option("--parallel <n>", "slides in hand at once (default: 1)")
    .option("--threads <n>", "threads that encode one slide (default: 1)")
    .option("--map <from=to>", "what the service calls FROM is TO here; may be given several times", collect, [])
    .option("--scratch <dir>", "where slides are encoded before features are put into storage for objects");
  action(
    command,
    "nacre worker --database postgres://nacre@db/nacre --parallel 2",
    async (context, flags: WorkerFlags) => {
      const { readPathRule, runWorker } = await import("@nacre/server");
      const databaseUrl = flags.database ?? process.env.DATABASE_URL;
      if (databaseUrl === undefined || databaseUrl === "")
        return raise("bad-usage", {
          expected: "--database or DATABASE_URL, the PostgreSQL of the service",
          received: "neither",
          remedy: "a service without PostgreSQL does its work alone and needs no workers",
        });
      const end = unwrap(
        await runWorker({
          databaseUrl,
          parallel: count(flags.parallel, "--parallel"),
          threads: count(flags.threads, "--threads"),
          maps: flags.map.map((rule) => unwrap(readPathRule(rule))),
          ...(flags.scratch === undefined ? {} : { scratch: flags.scratch }),
          signal: context.signal,
          say: (text) => context.say(text),
        }),
      );
      return {
        json: end,
        text: `done       ${end.done} slides, ${end.failed} failed`,
        exitCode: end.failed === 0 ? EXIT.done : EXIT.someFailed,
      };
    },
  );
}

function count(text: string | undefined, name: string): number {
  return numberOption(text ?? "1", name, { least: 1, most: 256, whole: true });
}

function collect(rule: string, before: readonly string[]): readonly string[] {
  return [...before, rule];
}
