import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Outcome } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { keepOnly, writeIdentity } from "../../src/run/results.ts";
import { RunFolder } from "../../src/run/run-folder.ts";
import { emptyFolder } from "../small-cohort.ts";

function opened(outcome: Outcome<RunFolder>): RunFolder {
  if (!outcome.ok) throw new Error(outcome.failure.received);
  return outcome.value;
}

function kindOf(outcome: Outcome<RunFolder>): string | null {
  return outcome.ok ? null : outcome.failure.kind;
}

describe("a run folder", () => {
  it("that is finished or was stopped in order opens again; one that was left wants resume", async () => {
    const path = join(emptyFolder(), "run");
    const open = (resume = false): Promise<Outcome<RunFolder>> => RunFolder.open(path, { resume });
    const left = opened(await open());
    expect(kindOf(await open())).toBe("locked");
    left.close();
    expect(kindOf(await open())).toBe("unfinished");
    const resumed = opened(await open(true));
    resumed.finish();
    resumed.close();
    const again = opened(await open());
    again.stop();
    again.close();
    opened(await open()).close();
  });

  it("loses half-written files of a killed process when it is resumed", async () => {
    const path = join(emptyFolder(), "run");
    const folder = opened(await RunFolder.open(path));
    folder.write(join("features", "a.h5"), "whole");
    writeFileSync(folder.file("features", "b.h5.partial"), "half");
    writeFileSync(folder.file("features", "c.svs.partial.part"), "half");
    folder.close();
    const resumed = opened(await RunFolder.open(path, { resume: true }));
    expect([resumed.read(join("features", "a.h5")), resumed.read(join("features", "b.h5.partial"))]).toEqual([
      "whole",
      null,
    ]);
    expect(readdirSync(resumed.file("features"))).toEqual(["a.h5"]);
    resumed.close();
  });

  it("that was finished loses what a process left half-written a day ago, and nothing that may still be written", async () => {
    const path = join(emptyFolder(), "run");
    const folder = opened(await RunFolder.open(path));
    for (const name of ["left", "new"]) folder.write(join("search", `${name}.partial`), "half");
    folder.finish();
    folder.close();
    const before = (Date.now() - 25 * 3_600_000) / 1000;
    utimesSync(folder.file("search", "left.partial"), before, before);
    opened(await RunFolder.open(path)).close();
    expect(readdirSync(folder.file("search"))).toEqual(["new.partial"]);
  });

  it("is never made of a folder with other things in it, except those that may lie there", async () => {
    const path = emptyFolder();
    mkdirSync(join(path, "slides"));
    expect(kindOf(await RunFolder.open(path))).toBe("bad-usage");
    opened(await RunFolder.open(path, { mayHold: ["slides"] })).close();
  });

  it("drops its results when it becomes a run of another question, and keeps them when it does not", async () => {
    const folder = opened(await RunFolder.open(join(emptyFolder(), "run")));
    writeIdentity(folder, "study.yaml", "seed: 1\n");
    folder.write("report.html", "old");
    writeIdentity(folder, "study.yaml", "seed: 1\n");
    expect(folder.read("report.html")).toBe("old");
    writeIdentity(folder, "study.yaml", "seed: 2\n");
    expect([folder.read("report.html"), folder.read("study.yaml")]).toEqual([null, "seed: 2\n"]);
    folder.close();
  });

  it("keeps in a place only what belongs there", async () => {
    const folder = opened(await RunFolder.open(join(emptyFolder(), "run")));
    for (const name of ["fold-0.onnx", "fold-1.onnx"]) folder.write(join("model", name), "x");
    keepOnly(folder, "model", [join("model", "fold-0.onnx")]);
    expect([folder.read(join("model", "fold-0.onnx")), folder.read(join("model", "fold-1.onnx"))]).toEqual(["x", null]);
    keepOnly(folder, "nowhere", []);
    folder.close();
  });
});
