/** Starts the child process of a job and listens to it. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Failure } from "@nacre/core";
import { type ChildJob, type ChildSays, STOP } from "./child-message.ts";

export interface Child {
  /** How it ended; null: as it should. A child that was ended by force, or that died, ends with a failure. */
  readonly ended: Promise<Failure | null>;
  /** Asks it to leave; by force where it does not in time. */
  stop(): void;
  /** The same, at once. */
  kill(): void;
}

const FORCE_MS = 20_000;

/** The compiled twin, also where this file runs from its source. */
const FILE = new URL("./child.js", import.meta.url.replace(/\/src\//, "/dist/"));

export function startChild(job: ChildJob, hear: (says: ChildSays) => void): Child {
  const child = fork(fileURLToPath(FILE), [JSON.stringify(job)], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: [],
  });
  let end: Failure | null | undefined;
  let complaint = "";
  child.stderr?.on("data", (text: Buffer) => {
    complaint = (complaint + text.toString()).slice(-2000);
  });
  child.on("message", (says: ChildSays) => {
    if (says.kind === "ended") end = says.failure;
    else hear(says);
  });
  const ended = new Promise<Failure | null>((settle) => {
    child.once("error", (error) => settle(died(error.message)));
    child.once("close", (code, signal) =>
      settle(end === undefined ? died(complaint.trim().split("\n").at(-1) || (signal ?? `exit code ${code}`)) : end),
    );
  });
  return {
    ended,
    stop() {
      if (child.connected) child.send(STOP, () => {});
      const force = setTimeout(() => child.kill("SIGKILL"), FORCE_MS);
      force.unref();
      void ended.then(() => clearTimeout(force));
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

function died(how: string): Failure {
  return {
    kind: "internal",
    expected: "the process of the run to end by itself",
    received: how,
    remedy: "resume the run; if it dies again, look at the memory of this machine",
  };
}
