/** nacre audit as a process: the folder it writes, one JSON document, and exit codes to branch on. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyFolder, nacre } from "../../../packages/pipeline/test/small-cohort.ts";

/** Forty slides of twenty patients; the split beside them divides every patient. */
function study(): string {
  const home = emptyFolder();
  const rows = Array.from({ length: 40 }, (_, i) => {
    const p = Math.floor(i / 2);
    return `S${i},P${p},h${p % 2},${p % 4 < 2 ? "wild" : "mut"}`;
  });
  writeFileSync(join(home, "cohort.csv"), ["slide,patient,site,egfr", ...rows].join("\n"));
  const parts = Array.from({ length: 40 }, (_, i) => `S${i},${i % 2 === 0 ? "train" : "test"}`);
  writeFileSync(join(home, "split.csv"), ["slide,part", ...parts].join("\n"));
  return home;
}

describe("nacre audit", () => {
  it("writes the document it prints and a page into --out, and says where", async () => {
    const home = study();
    const args = ["audit", "cohort.csv", "--splits", "split.csv", "--out", "audited", "--json"];
    const { code, json, stderr } = await nacre(args, { cwd: home });
    expect(code, stderr).toBe(0);
    expect(readdirSync(join(home, "audited")).sort()).toEqual(["audit.html", "audit.json"]);
    const { written, ...document } = json;
    expect(JSON.parse(readFileSync(join(home, "audited", "audit.json"), "utf8"))).toEqual(document);
    expect(written).toEqual([join("audited", "audit.json"), join("audited", "audit.html")]);
    expect(document.findings[0]).toMatchObject({ kind: "patient-leak", severity: "refuse", count: 20, share: 1 });
    const page = readFileSync(join(home, "audited", "audit.html"), "utf8");
    expect(page).toContain("1 finding that must stop a study: patient-leak");
  });

  it("ends with 3 under --strict, with 2 where --out is a file, a fold is alone or the split is of another cohort", async () => {
    const home = study();
    const audit = (...args: readonly string[]) => nacre(["audit", "cohort.csv", ...args, "--json"], { cwd: home });
    expect((await audit("--splits", "split.csv", "--strict")).code).toBe(3);
    const taken = await audit("--out", "split.csv");
    expect([taken.code, taken.json.error.kind]).toEqual([2, "bad-usage"]);
    const alone = await audit("--folds", "1");
    expect([alone.code, alone.json.error.kind]).toEqual([2, "bad-usage"]);
    writeFileSync(join(home, "other.csv"), "slide,part\nZ1,train\nZ2,test\n");
    const other = await audit("--splits", "other.csv");
    expect([other.code, other.json.error.kind]).toEqual([2, "bad-table"]);
  });
});
