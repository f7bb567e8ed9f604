/** What is said of a unit that did not come to its end by a fault of its own work. */
import type { Failure } from "@nacre/core";

/** Of a unit that was taken again and again, and each time its worker was lost. */
export function takesWorkers(attempts: number): Failure {
  return {
    kind: "internal",
    expected: "a worker to end with this slide",
    received: `${attempts - 1} that were lost over it`,
    remedy: "look into the workers' logs (memory?), then retry it, or leave the slide out",
  };
}

/** Of a mistake of ours. */
export function defect(error: unknown): Failure {
  return {
    kind: "internal",
    expected: "to get through the slide",
    received: error instanceof Error ? error.message : String(error),
    remedy: "please report it with this message: it is a defect of Nacre",
  };
}
