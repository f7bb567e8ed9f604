/**
 * A disk that fills up, a folder without the right to write. A full disk is a small tmpfs where mounting is allowed; everywhere on
 * POSIX a limit on the size of files does the same to every write (EFBIG in place of ENOSPC).
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emptyFolder, finishedStudy, nacre, StudyFolder } from "./small-cohort.ts";

const isRoot = process.getuid?.() === 0;
const shell = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args).status === 0;

const mountPoint = emptyFolder();
const canMount =
  process.platform === "linux" && isRoot && shell("mount", "-t", "tmpfs", "-o", "size=160k", "tmpfs", mountPoint);
afterAll(() => {
  if (canMount) shell("umount", mountPoint);
});

let study: StudyFolder;
beforeAll(async () => {
  study = await StudyFolder.make();
});

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" });
}

function expectNothingHalf(out: string): void {
  const files = filesIn(out);
  expect(files.filter((f) => f.endsWith(".partial"))).toEqual([]);
  for (const result of ["report.html", "scorecard.json", "predictions.csv", "summary.md"])
    expect(files).not.toContain(result);
}

describe("a full disk", () => {
  it.skipIf(!canMount)(
    "ends the run with exit code 4, and the run goes on with --resume once there is room",
    async () => {
      const out = join(mountPoint, "run");
      const first = await nacre(["run", study.file("study.yaml"), "--out", out, "--json"]);
      expect([first.code, first.json.error.kind]).toEqual([4, "disk-full"]);
      expect(first.json.error.remedy).toContain("--resume");
      expectNothingHalf(out);
      const encoded = filesIn(out).filter((f) => f.endsWith(".h5"));
      expect(encoded.length).toBeGreaterThan(0);
      expect(shell("mount", "-o", "remount,size=200m", mountPoint)).toBe(true);
      const second = await nacre(["run", study.file("study.yaml"), "--out", out, "--resume", "--json"]);
      expect(second.code).toBe(0);
      const undisturbed = await finishedStudy();
      study.copyFrom(join(out, "predictions.csv"), "after.csv");
      expect(study.text("after.csv")).toBe(undisturbed.text("run", "predictions.csv"));
    },
  );

  it.skipIf(process.platform === "win32")(
    "is no fault of the slides: the run ends, no slide is called bad",
    async () => {
      const out = study.file("limited");
      const args = ["run", study.file("study.yaml"), "--out", out, "--json"];
      // Blocks of 512 bytes: less than the features of one slide, more than the records of the run.
      const { code, json } = await nacre(args, { before: "ulimit -f 12;" });
      expect([code, json.error.kind]).toEqual([4, "disk-full"]);
      expectNothingHalf(out);
      expect(existsSync(join(out, "slides.csv"))).toBe(false);
    },
  );
});

describe("a folder without the right to write", () => {
  const forbidden = (): string | null => {
    if (process.platform === "win32") return null;
    // Rights do not bind the administrator, but nobody makes folders in sysfs.
    if (isRoot) return process.platform === "linux" ? "/sys/nacre-run" : null;
    const folder = emptyFolder();
    mkdirSync(join(folder, "locked"));
    chmodSync(join(folder, "locked"), 0o555);
    return join(folder, "locked", "run");
  };
  const out = forbidden();

  it.skipIf(out === null)("ends the run with exit code 4 and says which folder", async () => {
    const { code, json } = await nacre(["run", study.file("study.yaml"), "--out", out ?? "", "--json"]);
    expect([code, json.error.kind]).toEqual([4, "no-permission"]);
    expect(json.error.received).toContain(out);
    expect(json.error.remedy).toContain("--out");
  });

  it.skipIf(out === null)("ends nacre encode in the same way, before a slide is read", async () => {
    const { code, json } = await nacre(["encode", study.file("slides", "site-a-1.svs"), "--out", out ?? "", "--json"]);
    expect([code, json.error.kind]).toEqual([4, "no-permission"]);
  });
});
