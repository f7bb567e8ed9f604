import { rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Steps } from "../../src/run/step.ts";
import { emptyFolder } from "../small-cohort.ts";

function withOutput(): { folder: string; steps: Steps; output: string } {
  const folder = emptyFolder();
  writeFileSync(join(folder, "out.bin"), "content");
  return { folder, steps: new Steps(folder), output: "out.bin" };
}

describe("a step", () => {
  it("is remembered for what it depends on, whatever the order of keys, and for nothing else", () => {
    const { steps, output } = withOutput();
    const done = steps.remember("fit", { a: 1, b: { c: 2, d: 3 } }, [output], { best: 4 });
    expect(steps.recall("fit", { b: { d: 3, c: 2 }, a: 1 })).toEqual({ ...done, reused: true });
    expect(steps.recall("fit", { a: 2, b: { c: 2, d: 3 } })).toBeNull();
    expect(steps.recall("other", { a: 1, b: { c: 2, d: 3 } })).toBeNull();
  });

  it("is forgotten where an output is gone or has another size", () => {
    const { folder, steps, output } = withOutput();
    steps.remember("fit", 1, [output], null);
    truncateSync(join(folder, output), 3);
    expect(steps.recall("fit", 1)).toBeNull();
    steps.remember("fit", 1, [output], null);
    rmSync(join(folder, output));
    expect(steps.recall("fit", 1)).toBeNull();
  });

  it("is forgotten where an output of the same size holds something else", () => {
    const { folder, steps, output } = withOutput();
    steps.remember("fit", 1, [output], null);
    writeFileSync(join(folder, output), "CONTENT");
    expect(steps.recall("fit", 1)).toBeNull();
  });

  it("vouches for nothing while its outputs are being written again", async () => {
    const { steps, output } = withOutput();
    steps.remember("fit", 1, [output], null);
    const death = steps.run("fit", 2, [output], () => {
      throw new Error("the process dies here");
    });
    await expect(death).rejects.toThrow("dies");
    expect(steps.recall("fit", 1)).toBeNull();
  });

  it("is forgotten where its own record is half-written", () => {
    const { folder, steps, output } = withOutput();
    steps.remember("fit", 1, [output], null);
    truncateSync(join(folder, ".nacre", "steps", "fit.json"), 10);
    expect(steps.recall("fit", 1)).toBeNull();
  });

  it("gives the same note, key for key, whether it was done now or remembered", () => {
    const { steps, output } = withOutput();
    const now = steps.remember("fit", 1, [output], { z: 1, a: { y: 2, b: 3 } });
    expect(JSON.stringify(now.note)).toBe(JSON.stringify(steps.recall("fit", 1)?.note));
  });

  it("has a hash of what came out, so that equal outputs make equal keys", () => {
    const [a, b] = [withOutput(), withOutput()];
    expect(a.steps.remember("x", 1, [a.output], null).hash).toBe(b.steps.remember("x", 2, [b.output], null).hash);
  });
});
