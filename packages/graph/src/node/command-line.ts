/**
 * ONNX Runtime 1.30 looks at /proc/self/cmdline with a regular expression that takes stack for every letter: with a long command line the
 * first session ends the process (measured: at 29 kB on the main thread, between 11 and 17 kB in a worker). That is refused by name instead.
 */
import { readFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import { raise } from "@nacre/core";

const MOST_BYTES = isMainThread ? 20_000 : 10_000;

/** Failure (thrown): bad-usage */
export function checkCommandLine(): void {
  if (process.platform !== "linux") return;
  const { length } = readFileSync("/proc/self/cmdline");
  if (length <= MOST_BYTES) return;
  raise("bad-usage", {
    expected: `a command line of at most ${MOST_BYTES} bytes, since ONNX Runtime fails on longer ones`,
    received: `${length} bytes`,
    remedy: "name fewer files at once, or hand the names over in a file",
  });
}
