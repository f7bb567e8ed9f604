/** How long work will still take: by the pace of the last half minute. */
import { describe, expect, it } from "vitest";
import { Pace } from "../../src/study/time-left.ts";

describe("the time left", () => {
  it("is not told from nothing, from a moment, or at the end", () => {
    const pace = new Pace();
    expect(pace.secondsLeft(0, 0, 10)).toBe(null);
    expect(pace.secondsLeft(1000, 1, 10)).toBe(null);
    expect(pace.secondsLeft(3000, 10, 10)).toBe(null);
  });

  it("of work at an even pace is what remains", () => {
    const pace = new Pace();
    for (let done = 0; done < 10; done++) pace.secondsLeft(done * 5000, done, 100);
    expect(pace.secondsLeft(50_000, 10, 100)).toBeCloseTo(450, 6);
  });

  it("does not hope for the pace of what was only taken from an earlier try", () => {
    const pace = new Pace();
    for (let done = 0; done <= 40; done++) pace.secondsLeft(done * 50, done, 66);
    for (let s = 1; s <= 40; s++) pace.secondsLeft(2000 + s * 1000, 40 + Math.floor(s / 5), 66);
    // One in five seconds, 18 to go: an average from the beginning would say under a minute.
    const left = pace.secondsLeft(43_000, 48, 66) ?? 0;
    expect(left).toBeGreaterThan(75);
    expect(left).toBeLessThan(115);
  });
});
