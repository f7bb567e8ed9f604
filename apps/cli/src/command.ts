/**
 * What every command shares: human text on stderr, one JSON document on stdout with --json (also on failure), the exit
 * code, and Ctrl-C as an orderly stop. Heavy modules are imported inside the action, so that --help is quick.
 */
import { attempt, type Failure, type FailureKind } from "@nacre/core";
import type { Progress } from "@nacre/pipeline";
import type { Command } from "commander";
import { EXIT, exitCodeOf } from "./exit-code.ts";

export interface CommandContext {
  readonly json: boolean;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** A line for people. */
  say(text: string): void;
}

export interface CommandResult {
  readonly exitCode?: number;
  /** The document for --json. */
  readonly json: unknown;
  /** The same for people, printed to stdout without --json. */
  readonly text?: string;
}

/** Adds --json, an example that runs, and the shared handling to a command. */
export function action<A extends unknown[]>(
  command: Command,
  example: string,
  body: (context: CommandContext, ...args: A) => Promise<CommandResult>,
): void {
  command.option("--json", "print one JSON document to stdout");
  command.addHelpText("after", `\nExample:\n  $ ${example}\n`);
  command.action(async (...args: unknown[]) => {
    const json = command.opts<{ json?: boolean }>().json === true;
    const own = args.slice(0, -1) as A;
    process.exitCode = await runBody(json, (context) => body(context, ...own));
  });
}

async function runBody(json: boolean, body: (context: CommandContext) => Promise<CommandResult>): Promise<number> {
  const { terminalProgress } = await import("./terminal-progress.ts");
  const stop = new AbortController();
  const progress = terminalProgress(json);
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(EXIT.cancelled);
    progress.say("stopping; press Ctrl-C again to stop at once");
    stop.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  const say = (text: string): void => progress.say(text);
  try {
    const result = await attempt(() => body({ json, signal: stop.signal, progress, say }));
    progress.end();
    if (!result.ok) return report(result.failure, json);
    if (json) process.stdout.write(`${JSON.stringify(result.value.json)}\n`);
    else if (result.value.text !== undefined) process.stdout.write(`${result.value.text.trimEnd()}\n`);
    return result.value.exitCode ?? EXIT.done;
  } catch (error) {
    progress.end();
    return report(unexpected(error), json);
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}

/** Prints a failure the way the caller asked for and gives its exit code. */
export function report(failure: Failure, json: boolean): number {
  if (json) process.stdout.write(`${JSON.stringify({ error: failure })}\n`);
  process.stderr.write(
    `nacre: ${failure.kind}\n  expected  ${failure.expected}\n  received  ${failure.received}\n  remedy    ${failure.remedy}\n`,
  );
  return exitCodeOf(failure.kind);
}

const SYSTEM: Readonly<Record<string, FailureKind>> = {
  ENOSPC: "disk-full",
  EDQUOT: "disk-full",
  EFBIG: "disk-full",
  EACCES: "no-permission",
  EPERM: "no-permission",
  EROFS: "no-permission",
};

function unexpected(error: unknown): Failure {
  const kind = SYSTEM[(error as NodeJS.ErrnoException | null)?.code ?? ""] ?? "internal";
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  if (kind === "internal") {
    return {
      kind,
      expected: "Nacre to work",
      received: stack ?? message,
      remedy: "this is a defect of Nacre: please report it with the lines above; nothing that was finished is lost",
    };
  }
  return {
    kind,
    expected: "to be able to write",
    received: message,
    remedy: "free some space, or choose another place to write to",
  };
}
