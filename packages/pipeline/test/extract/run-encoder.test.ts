/** Single slides for workers: what they leave is what a run would have made, and the run finds it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { unwrap } from "@nacre/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RunEncoder } from "../../src/extract/run-encoder.ts";
import { prepareRun } from "../../src/prepare-run.ts";
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
    for (const name of ["lock-worker-x-1", "lock-prepare-1a2b3c4d"])
      writeFileSync(study.file("run", ".nacre", name), "");
    const { code, stderr } = await study.run();
    expect(code, stderr).toBe(0);
    expect(times()).toEqual(before);
    expect(existsSync(study.file("run", ".nacre", "aside"))).toBe(false);
    expect(readdirSync(study.file("run", ".nacre")).filter((name) => name.startsWith("lock-"))).toEqual([]);
    const whole = await finishedStudy();
    expect(study.text("run", "predictions.csv")).toBe(whole.text("run", "predictions.csv"));
  });

  it("take away what a killed worker left in the folder, and leave alone what a living one has under way", {
    timeout: 60_000,
  }, async () => {
    const out = study.file("swept");
    const own = (...names: string[]): string => study.file("swept", ".nacre", ...names);
    const [first, second, third] = encoder.slides.map(({ slide }) => slide);
    const killed = await startHolder(out, "killed");
    const living = await startHolder(out, "living");
    killed.kill("SIGKILL");
    await once(killed, "exit");
    unwrap(await encoder.encode(first as string, out, never));
    // Young: it may be on its way to its lock.
    expect(readdirSync(own("aside")).sort()).toEqual([nameOf("killed"), nameOf("living")]);
    for (const name of ["killed", "living"]) utimesSync(own(`lock-${nameOf(name)}`), 0, 0);
    const next = unwrap(await RunEncoder.open(unwrap(readStudy(study.file("study.yaml")))));
    unwrap(await next.encode(second as string, out, never));
    expect(readdirSync(own("aside"))).toEqual([nameOf("living")]);
    expect(readdirSync(own()).filter((name) => name.startsWith("lock-"))).toEqual([`lock-${nameOf("living")}`]);
    living.kill("SIGKILL");
    await once(living, "exit");
    unwrap(await next.encode(third as string, out, never));
    await next.close();
  });

  it("may be given a folder that was begun for them, in which nothing of the beginning is left but the study", async () => {
    const out = study.file("begun");
    unwrap(await prepareRun(unwrap(readStudy(study.file("study.yaml"))), out));
    expect(existsSync(join(out, "study.yaml"))).toBe(true);
    expect(readdirSync(join(out, ".nacre")).filter((name) => name.startsWith("lock-"))).toEqual([]);
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

const LOCKS = fileURLToPath(new URL("../../dist/run/lock.js", import.meta.url));

function nameOf(word: string): string {
  return `worker-${hostname()}-1-${word}-1`;
}

/** A process of its own that is in the folder as a worker is, in the middle of a slide. */
async function startHolder(out: string, word: string): Promise<ChildProcess> {
  const name = nameOf(word);
  const aside = join(out, ".nacre", "aside", name);
  mkdirSync(aside, { recursive: true });
  writeFileSync(join(aside, "slide.h5.partial"), "half");
  const take = `import { takeLock } from ${JSON.stringify(LOCKS)};
    globalThis.held = await takeLock(${JSON.stringify(join(out, ".nacre", "lock"))}, ${JSON.stringify(name)});
    setInterval(() => {}, 1000); console.log("held");`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", take], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout as Readable, "data");
  return child;
}
