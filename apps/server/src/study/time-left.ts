/**
 * How long a stretch of work will still take, by the pace of its last half minute: what is done at once because it was kept from an earlier
 * try, and what went slower at first, say nothing of the rest.
 */

const WINDOW_MS = 30_000;
/** From less nothing is foretold. */
const LEAST_MS = 2_000;

export class Pace {
  /** What was done when, the oldest first. */
  readonly #seen: { readonly at: number; readonly done: number }[] = [];

  /** Notes what is done now, milliseconds. @returns seconds left; null where that is not known yet */
  secondsLeft(at: number, done: number, total: number): number | null {
    this.#seen.push({ at, done });
    // One that is older than the window stays, so that there is always a half minute to look back on.
    while ((this.#seen[1]?.at ?? at) <= at - WINDOW_MS) this.#seen.shift();
    const first = this.#seen[0] as { at: number; done: number };
    if (at - first.at < LEAST_MS || done <= first.done || done >= total) return null;
    return (((at - first.at) / (done - first.done)) * (total - done)) / 1000;
  }
}
