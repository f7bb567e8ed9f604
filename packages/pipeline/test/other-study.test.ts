import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { finishedStudy, runHere } from "./small-cohort.ts";

describe("a finished run", () => {
  it("is never written over by another study", async () => {
    const study = await finishedStudy();
    const before = readFileSync(study.file("run", "predictions.csv"), "utf8");
    const other = readFileSync(study.file("study.yaml"), "utf8").replace(/"?name"?: "?[\w.-]+"?/, "name: another");
    writeFileSync(study.file("another.yaml"), other);
    const outcome = await runHere(study.file("another.yaml"), study.file("run"));
    expect(outcome).toMatchObject({ ok: false, failure: { kind: "bad-usage" } });
    expect(readFileSync(study.file("run", "predictions.csv"), "utf8")).toBe(before);
  });
});
