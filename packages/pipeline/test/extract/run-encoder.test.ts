/** Single slides for workers: what they leave is what a run would have made, and the run finds it. */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { unwrap } from "@nacre/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RunEncoder } from "../../src/extract/run-encoder.ts";
import { RunFolder } from "../../src/run/run-folder.ts";
import { readStudy } from "../../src/study/read-study.ts";
import { finishedStudy, StudyFolder } from "../small-cohort.ts";

const never = new AbortController().signal;
let study: StudyFolder;
let encoder: RunEncoder;
beforeAll(async () => {
  study = await StudyFolder.make();
  encoder = unwrap(await RunEncoder.open(unwrap(readStudy(study.file("study.yaml")))));
});
afterAll(() => encoder?.close());

describe("slides that workers encode one by one", () => {
  it("are there once, though two do the same, and a run takes them as its own", async () => {
    const out = study.file("run");
    const names = encoder.slides.map(({ slide }) => slide);
    expect(names).toHaveLength(12);
    for (const slide of names) {
      const [one, other] = await Promise.all([encoder.encode(slide, out, never), encoder.encode(slide, out, never)]);
      expect(unwrap(one).tiles).toBe(unwrap(other).tiles);
    }
    const files = readdirSync(study.file("run", "features"));
    expect(files.sort()).toEqual(names.map((slide) => `${slide}.h5`).sort());
    const times = () => files.map((file) => statSync(study.file("run", "features", file)).mtimeMs);
    const before = times();
    // What a killed worker leaves.
    mkdirSync(study.file("run", ".nacre", "aside", "worker-x-1"), { recursive: true });
    writeFileSync(study.file("run", ".nacre", "lock-worker-x-1"), "");
    const { code, stderr } = await study.run();
    expect(code, stderr).toBe(0);
    expect(times()).toEqual(before);
    expect(existsSync(study.file("run", ".nacre", "aside"))).toBe(false);
    expect(readdirSync(study.file("run", ".nacre")).filter((name) => name.startsWith("lock-"))).toEqual([]);
    const whole = await finishedStudy();
    expect(study.text("run", "predictions.csv")).toBe(whole.text("run", "predictions.csv"));
  });

  it("wait while a whole run works in the folder", async () => {
    const out = study.file("held");
    const folder = unwrap(await RunFolder.open(out));
    const [first] = encoder.slides;
    const refused = await encoder.encode(first?.slide ?? "", out, never);
    expect(refused.ok ? null : refused.failure.kind).toBe("locked");
    folder.close();
  });

  it("fail with the slide's own failure, and by name where the cohort does not name them", async () => {
    const failed = await StudyFolder.make();
    writeFileSync(failed.file("slides", "site-a-1.svs"), "not a slide");
    const own = unwrap(await RunEncoder.open(unwrap(readStudy(failed.file("study.yaml")))));
    const broken = await own.encode("site-a-1", failed.file("run"), never);
    expect(broken.ok ? null : broken.failure.kind).toMatch(
      /^(unreadable-file|unknown-format|not-a-slide|unsupported-format)/,
    );
    const strange = await own.encode("nobody", failed.file("run"), never);
    expect(strange.ok ? null : strange.failure.kind).toBe("missing-file");
    await own.close();
  });
});
