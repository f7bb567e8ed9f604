/** nacre evaluate as a process: the folder it writes, and its exit code for every bad table. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BAD_TABLES, GOOD_TABLE } from "../../../packages/pipeline/test/judge/bad-tables.ts";
import { emptyFolder, nacre } from "../../../packages/pipeline/test/small-cohort.ts";

const EXIT: Readonly<Record<string, number>> = { refused: 3, "conflicting-label": 3, "nothing-usable": 4 };

describe("nacre evaluate", () => {
  it("writes the scorecard it prints and a report into --out", async () => {
    const home = emptyFolder();
    writeFileSync(join(home, "p.csv"), GOOD_TABLE);
    const { code, json, stderr } = await nacre(
      ["evaluate", "p.csv", "--bootstrap", "20", "--out", "judged", "--json"],
      {
        cwd: home,
      },
    );
    expect(code).toBe(0);
    expect(readdirSync(join(home, "judged")).sort()).toEqual(["model", "paper", "report.html", "scorecard.json"]);
    expect(JSON.parse(readFileSync(join(home, "judged", "scorecard.json"), "utf8"))).toEqual(json);
    expect(stderr).toContain("judged");
  });

  it.concurrent.each(BAD_TABLES)("refuses, and names the place on stderr and in JSON: $name", async (bad) => {
    const home = emptyFolder();
    writeFileSync(join(home, "p.csv"), bad.bytes);
    const { code, json, stderr } = await nacre(["evaluate", "p.csv", "--out", "judged", "--json"], { cwd: home });
    expect([code, json?.error.kind]).toEqual([EXIT[bad.kind] ?? 2, bad.kind]);
    for (const words of bad.says) expect(stderr).toMatch(words);
    expect(readdirSync(home)).toEqual(["p.csv"]);
  });
});
