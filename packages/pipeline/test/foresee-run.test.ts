/** What the tables tell before a run: the mistakes that would end it later, and what it would read and divide. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Failure, unwrap } from "@nacre/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ForeseenRun, type ForeseeOptions, foreseeRun } from "../src/foresee-run.ts";
import { checkStudy } from "../src/study/read-study.ts";
import { SMALL_STUDY, smallRows } from "./small-cohort.ts";

let folder: string;
const rows = smallRows();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nacre-foresee-"));
  mkdirSync(join(folder, "slides"));
  // No slide is opened: it is enough that a file is there.
  for (const { slide } of rows.slice(1)) writeFileSync(join(folder, "slides", slide), "");
  const lines = rows.map(({ slide, patient, site, label }) => [slide, patient, site, label, "f"].join());
  lines.push("site-a-9.svs,A9,site-a,NA,m");
  writeFileSync(join(folder, "cohort.csv"), ["slide,patient,site,label,sex", ...lines].join("\n"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function foreseen(change: object = {}, options: ForeseeOptions = {}): Promise<ForeseenRun> {
  const study = unwrap(checkStudy({ ...SMALL_STUDY, ...change }, join(folder, "study.yaml")));
  return unwrap(await foreseeRun(study, folder, options));
}

async function refusal(change: object): Promise<Failure> {
  const study = unwrap(checkStudy({ ...SMALL_STUDY, ...change }, join(folder, "study.yaml")));
  const seen = await foreseeRun(study, folder);
  if (seen.ok) throw new Error("expected a failure");
  return seen.failure;
}

describe("foreseeRun", () => {
  it("says who takes part, what is not there, and how patients are divided", async () => {
    const { text, says } = await foreseen();
    expect(says).toEqual([
      "12 slides of 12 patients: 6 benign, 6 tumour. 1 slide without a label will not be used.",
      "2 of 13 slides are not there and will be listed as failed: site-a-1.svs, site-a-9.svs.",
      "Divided by site into 2 folds, 4 patients to test in each; external: site-c (4 patients).",
    ]);
    expect(text).toContain("cohort: cohort.csv");
  });

  it("names no slide to whoever may not see names", async () => {
    const { says } = await foreseen({}, { names: false });
    expect(says.join(" ")).not.toMatch(/\.svs/);
    expect(says[1]).toMatch(/^2 of 13 slides are not there/);
  });

  it("warns before the run that hospitals lie on both sides of a split by patient", async () => {
    const { says } = await foreseen({ split: { by: "patient", folds: 3 } });
    expect(says.at(-2)).toMatch(/^Divided by patient into 3 folds, 4 patients to test/);
    expect(says.at(-1)).toMatch(/^Patients of one hospital will be in train and test/);
  });

  it.each([
    ["bad-encoder", { encoder: "textur" }, "did you mean texture?"],
    ["bad-study", { split: { by: "site", folds: 5 } }, "folds"],
    ["bad-study", { split: { by: "site", external: ["site-d"] } }, "external:"],
    ["nothing-usable", { slides: "elsewhere" }, "slides:"],
  ] as const)("finds without a run what would end it: %s", async (kind, change, remedy) => {
    const failure = await refusal(change);
    expect(failure.kind).toBe(kind);
    expect(failure.remedy).toContain(remedy);
  });
});
