/** Shards: several processes encode one run together, a last one finishes it. Copies of a slide, on the way. */
import { copyFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { finishedStudy, StudyFolder, smallRows, start, until } from "./small-cohort.ts";

describe("shards", () => {
  it("work side by side in one folder, keep others out, and give what an undivided run gives", async () => {
    const study = await StudyFolder.make();
    const shard = (name: string) =>
      start(["run", study.file("study.yaml"), "--out", study.file("run"), "--shard", name, "--json"]);
    const features = (): string[] => readdirSync(study.file("run", "features"));
    const first = shard("1/2");
    await until("a first encoded slide", () => readable(() => features().length > 0));
    first.child.kill("SIGSTOP");
    const other = await shard("2/2").ended;
    expect(other.code).toBe(0);
    expect(other.json.slides).toEqual({ ready: 6, unlabelled: 0, removed: 0, failed: 0 });
    expect(other.json.scorecard).toBeNull();
    const same = await shard("1/2").ended;
    expect([same.code, same.json.error.kind]).toEqual([4, "locked"]);
    const whole = await study.run();
    expect([whole.code, whole.json.error.kind]).toEqual([4, "locked"]);
    first.child.kill("SIGCONT");
    expect((await first.ended).code).toBe(0);
    expect(features().filter((f) => f.endsWith(".h5"))).toHaveLength(12);
    const last = await study.run();
    expect(last.code).toBe(0);
    expect(study.text("run", "predictions.csv")).toBe((await finishedStudy()).text("run", "predictions.csv"));
  });

  it.each(["0/2", "3/2"])("are refused where they make no sense: %s", async (text) => {
    const study = await finishedStudy();
    const { code, json } = await start([
      "run",
      study.file("study.yaml"),
      "--out",
      study.file("x"),
      "--shard",
      text,
      "--json",
    ]).ended;
    expect([code, json.error.kind]).toEqual([2, "bad-usage"]);
  });
});

describe("the same file under two names", () => {
  it("is used once where the labels agree and not at all where they differ, and is told either way", async () => {
    const study = await StudyFolder.make({ split: { tune: 0 } });
    copyFileSync(study.file("slides", "site-a-1.svs"), study.file("slides", "twin.svs"));
    copyFileSync(study.file("slides", "site-b-2.svs"), study.file("slides", "rival.svs"));
    const more = [
      { slide: "twin.svs", patient: "A9", site: "site-a", label: "tumour", sex: "male" },
      { slide: "rival.svs", patient: "B9", site: "site-b", label: "tumour", sex: "male" },
    ];
    study.writeCohort([...smallRows(), ...more]);
    study.copyFrom((await finishedStudy()).file("run"), "run");
    const { code, json, stderr } = await study.run();
    expect(code, stderr).toBe(0);
    expect(json.slides).toEqual({ ready: 11, unlabelled: 0, removed: 3, failed: 0 });
    const removed = study.table("run", "slides.csv").filter((r) => r.state === "removed");
    expect(removed.map((r) => [r.slide, r.failure])).toEqual([
      ["site-b-2", "conflicting-label"],
      ["twin", "duplicate-pixels"],
      ["rival", "conflicting-label"],
    ]);
    expect(json.scorecard.audit.findings.map((f: { kind: string }) => f.kind)).toEqual(
      expect.arrayContaining(["conflicting-label", "duplicate-pixels"]),
    );
    const html = study.text("run", "report.html");
    for (const slide of ["twin", "rival"]) expect(html).toContain(slide);
    // What no longer belongs to the run is gone from it.
    expect(readdirSync(study.file("run", "heatmaps")).some((f) => f.startsWith("site-b-2"))).toBe(false);
  });
});

function readable(question: () => boolean): boolean {
  try {
    return question();
  } catch {
    return false;
  }
}
