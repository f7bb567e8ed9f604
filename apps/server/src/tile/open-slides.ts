/** The slides a thread holds open: a bounded number, the least recently used is closed. A file that changed is opened anew. */
import { fail, type Outcome } from "@nacre/core";
import type { Plane, Slide } from "@nacre/imaging";
import { openSlideFile } from "@nacre/imaging/node";
import type { SlideFile } from "./pool-message.ts";

/** How long a file that could not be opened is not tried again: a page of broken tiles asks a hundred times. */
const REFUSED_MS = 5000;

interface Held {
  readonly stamp: string;
  readonly outcome: Outcome<Slide>;
  readonly until: number;
}

export class OpenSlides {
  readonly #most: number;
  readonly #held = new Map<string, Held>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Files that are open, by name. */
  get files(): string[] {
    return [...new Set([...this.#held.keys()].map((key) => key.slice(0, key.indexOf("\0"))))].sort();
  }

  async open({ file, stamp }: SlideFile, plane: Partial<Plane> | null, signal: AbortSignal): Promise<Outcome<Slide>> {
    const key = `${file}\0${JSON.stringify(plane)}`;
    const held = this.#held.get(key);
    if (held !== undefined) {
      this.#held.delete(key);
      if (held.stamp === stamp && held.until > performance.now()) {
        this.#held.set(key, held);
        return held.outcome;
      }
      closeOf(held);
    }
    if (stamp === "") return missing(file);
    const outcome = await openSlideFile(file, plane === null ? {} : { plane }, signal);
    const until = outcome.ok ? Number.POSITIVE_INFINITY : performance.now() + REFUSED_MS;
    if (outcome.ok || outcome.failure.kind !== "cancelled") this.#held.set(key, { stamp, outcome, until });
    this.#shrink();
    return outcome;
  }

  #shrink(): void {
    for (const [key, held] of this.#held) {
      if (this.#held.size <= this.#most) return;
      this.#held.delete(key);
      closeOf(held);
    }
  }
}

function closeOf({ outcome }: Held): void {
  if (outcome.ok) outcome.value.close();
}

function missing(file: string): Outcome<never> {
  return fail("missing-file", {
    expected: "the slide's file",
    received: `nothing at ${file}`,
    remedy: "bring the file back and scan the project again",
  });
}
