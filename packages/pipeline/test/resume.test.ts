/**
 * A run that is stopped at any moment goes on with --resume and ends with the same bytes; two processes never work in one
 * folder. One study is interrupted again and again; every test takes it a little further.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { finishedStudy, nacre, StudyFolder, start, until } from "./small-cohort.ts";

let undisturbed: string;
let study: StudyFolder;

beforeAll(async () => {
  undisturbed = (await finishedStudy()).text("run", "predictions.csv");
  study = await StudyFolder.make();
});

function begin(...more: readonly string[]) {
  return start(["run", study.file("study.yaml"), "--out", study.file("run"), ...more]);
}

/** Names of the steps the run folder remembers. */
function steps(prefix: string): string[] {
  const folder = study.file("run", ".nacre", "steps");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.startsWith(prefix) && name.endsWith(".json"));
}

function results(): string[] {
  return readdirSync(study.file("run")).filter((n) => /report|scorecard|predictions|summary|provenance/.test(n));
}

describe("a run that is interrupted", () => {
  it("refuses a second process in its folder, stops on Ctrl-C with exit code 130 and leaves nothing that looks like a result", async () => {
    const first = begin();
    await until("a first encoded slide", () => steps("extract-").length > 0);
    first.child.kill("SIGSTOP");
    const second = await study.run();
    expect([second.code, second.json.error.kind]).toEqual([4, "locked"]);
    expect(second.json.error.received).toContain(String(first.child.pid));
    first.child.kill("SIGINT");
    first.child.kill("SIGCONT");
    const { code, stderr } = await first.ended;
    expect(code).toBe(130);
    expect(stderr).toContain("nacre: cancelled");
    expect(stderr).toContain("--resume");
    expect(steps("extract-").length).toBeLessThan(12);
    expect(results()).toEqual([]);
  });

  it("wants --resume", async () => {
    const { code, json } = await study.run();
    expect([code, json.error.kind]).toEqual([2, "unfinished"]);
    expect(json.error.remedy).toContain("--resume");
  });

  it("goes on after SIGKILL while encoding; the lock died with its process", async () => {
    const before = steps("extract-").length;
    const { child, ended } = begin("--resume");
    await until("another encoded slide", () => steps("extract-").length > before);
    child.kill("SIGKILL");
    expect((await ended).signal).toBe("SIGKILL");
    expect(steps("fit-")).toEqual([]);
    expect(results()).toEqual([]);
  });

  it("goes on after SIGKILL while fitting", async () => {
    const { child, ended } = begin("--resume");
    await until("a first fitted model", () => steps("fit-").length + steps("baseline-").length > 0);
    child.kill("SIGKILL");
    expect((await ended).signal).toBe("SIGKILL");
    expect(steps("heatmap-")).toEqual([]);
    expect(results()).toEqual([]);
  });

  it("goes on after SIGKILL while drawing", async () => {
    writeFileSync(study.file("run", "features", "left.h5.partial"), "half");
    const encoded = steps("extract-").map((s) => statSync(study.file("run", ".nacre", "steps", s)).mtimeMs);
    const { child, ended } = begin("--resume");
    await until("a first heatmap", () => steps("heatmap-").length > 0);
    child.kill("SIGKILL");
    expect((await ended).signal).toBe("SIGKILL");
    expect(results().sort()).toEqual(["predictions.csv", "tune-predictions.csv"]);
    expect(steps("extract-").map((s) => statSync(study.file("run", ".nacre", "steps", s)).mtimeMs)).toEqual(encoded);
    expect(existsSync(study.file("run", "features", "left.h5.partial"))).toBe(false);
  });

  it("ends with the same predictions, byte for byte, as a run that nobody disturbed", async () => {
    const { code } = await study.run("run", "--resume");
    expect(code).toBe(0);
    expect(study.text("run", "predictions.csv")).toBe(undisturbed);
    const other = await finishedStudy();
    for (const file of ["tune-predictions.csv", "scorecard.json", "slides.csv", join("model", "model.json")]) {
      expect(study.text("run", file).replaceAll(study.path, other.path)).toBe(other.text("run", file));
    }
  });
});

describe("a finished run", () => {
  const times = (): number[] =>
    readdirSync(study.file("run", ".nacre", "steps")).map(
      (s) => statSync(study.file("run", ".nacre", "steps", s)).mtimeMs,
    );

  it("is reused without --resume: every step is remembered and the bytes stay", async () => {
    const before = times();
    const report = study.text("run", "report.html");
    const { code } = await study.run();
    expect(code).toBe(0);
    expect(times()).toEqual(before);
    expect(study.text("run", "report.html")).toBe(report);
    expect(study.text("run", "predictions.csv")).toBe(undisturbed);
  });

  it.each([
    ["the learning rate", { fit: { lr: 0.002 } }],
    ["the seed", { seed: 4 }],
  ])("fits again and encodes nothing when only %s changes", async (_, change) => {
    const written = (): number[] =>
      readdirSync(study.file("run", "features")).map((f) => statSync(study.file("run", "features", f)).mtimeMs);
    const before = written();
    const model = readFileSync(study.file("run", "model", "fold-0.onnx"));
    study.writeStudy(change);
    const { code } = await nacre(["fit", study.file("study.yaml"), "--out", study.file("run")]);
    expect(code).toBe(0);
    expect(written()).toEqual(before);
    expect(readFileSync(study.file("run", "model", "fold-0.onnx")).equals(model)).toBe(false);
    expect(results()).toEqual([]);
  });

  it("encodes again when the tiles change, and takes the old results away first", async () => {
    study.writeStudy({ tiles: { minTissue: 0.6 } });
    const before = statSync(study.file("run", "features", "site-a-1.h5")).mtimeMs;
    const again = begin();
    await until(
      "the first slide to be encoded again",
      () => statSync(study.file("run", "features", "site-a-1.h5")).mtimeMs > before,
    );
    expect(results()).toEqual([]);
    again.child.kill("SIGKILL");
    await again.ended;
  });
});
