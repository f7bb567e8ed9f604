/** The line that says what goes on, and the panel that says what is wrong. */
import type { Failure } from "@nacre/core";
import { element } from "./element.ts";

/** Writes the status line, which screen readers speak. */
export function say(text: string): void {
  element("status", HTMLElement).textContent = text;
}

/** Shows the panel, and `summary` in the status line. */
export function showFailure(failure: Failure, summary: string): void {
  for (const field of ["expected", "received", "remedy"] as const) {
    element(`problem-${field}`, HTMLElement).textContent = failure[field];
  }
  element("problem-kind", HTMLElement).textContent = failure.kind;
  const panel = element("problem", HTMLElement);
  panel.hidden = false;
  panel.scrollIntoView({ block: "nearest" });
  say(summary);
}

/** A worker that ended with an error; `other` is another way to the same result. */
export function broken(message: string, other: string): Failure {
  return {
    kind: "internal",
    expected: "a worker that runs",
    received: message === "" ? "an error without a message" : message,
    remedy: `open the page in a current browser; ${other}`,
  };
}
