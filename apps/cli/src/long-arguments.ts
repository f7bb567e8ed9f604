/**
 * Hundreds of files on the command line. ONNX Runtime looks at the command line of its process with a regular expression that takes stack
 * for every letter, and ends the process without a word at about 14 kB in a worker. So the command starts itself again with a short
 * command line and hands the arguments over a pipe.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Writable } from "node:stream";

/** Says to the second process that its arguments come through descriptor 3. */
const MARK = "NACRE_ARGUMENTS";

/** Runs `main` with the arguments of this process: here if they came through the pipe, else in a process of its own. */
export async function runWithShortCommandLine(main: () => Promise<unknown>): Promise<void> {
  if (process.env[MARK] === "pipe") {
    delete process.env[MARK];
    process.argv.push(...(JSON.parse(readFileSync(3, "utf8")) as string[]));
    await main();
    return;
  }
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] as string], {
    stdio: ["inherit", "inherit", "inherit", "pipe"],
    env: { ...process.env, [MARK]: "pipe" },
  });
  (child.stdio[3] as Writable).end(JSON.stringify(process.argv.slice(2)));
  // A terminal tells both processes of Ctrl-C; other senders tell this one alone.
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGKILL" ? 137 : 4)));
  });
}
