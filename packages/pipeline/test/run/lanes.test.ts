import { describe, expect, it } from "vitest";
import { inLanes } from "../../src/run/lanes.ts";

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });

describe("lanes", () => {
  it("tell each other to stop when one fails, and end before the failure is told", async () => {
    let ended = 0;
    let lanes = 0;
    const work = inLanes(3, undefined, async (signal) => {
      if (lanes++ === 1) throw new Error("the first");
      await aborted(signal);
      ended++;
      signal.throwIfAborted();
    });
    await expect(work).rejects.toThrow("the first");
    expect(ended).toBe(2);
  });

  it("stop when they are told to from outside", async () => {
    const stop = new AbortController();
    const work = inLanes(2, stop.signal, async (signal) => {
      await aborted(signal);
      signal.throwIfAborted();
    });
    stop.abort();
    await expect(work).rejects.toMatchObject({ name: "AbortError" });
  });
});
