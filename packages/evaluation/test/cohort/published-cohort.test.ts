/** Counts of real cohorts, as the manifest of the shared data has them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type CohortTableOptions, cohortOfTable } from "../../src/cohort/read-cohort-table.ts";
import { parseSplitTables } from "../../src/split/parse-tables.ts";
import { readTableFile } from "../../testing/read-csv.ts";

const DATA = join(import.meta.dirname, "../../../../../shared/data");
const at = (file: string) => readTableFile(join(DATA, file));

function counts(file: string, options: CohortTableOptions = {}) {
  const out = cohortOfTable(at(file), options);
  if (!out.ok) throw new Error(`${out.failure.kind}: ${out.failure.received}`);
  const { rows, task, notes } = out.value;
  return {
    rows,
    task,
    notes: notes.join("\n"),
    slides: rows.length,
    patients: new Set(rows.map((r) => r.patient)).size,
    codes: new Set(rows.map((r) => /TCGA-(\w\w)-/.exec(r.slide)?.[1])).size,
    sites: new Set(rows.map((r) => r.site)).size,
  };
}

// Without ../shared/data beside the repository there is nothing to read.
describe.skipIf(!existsSync(join(DATA, "cohorts")))("published cohorts (skipped without ../shared/data)", () => {
  it("GigaPath's LUAD table: 1,345 slides, 521 patients under UUIDs, 33 codes", () => {
    const out = counts("cohorts/LUAD-5-gene_TCGA.csv", { label: "EGFR" });
    expect(out).toMatchObject({ slides: 1345, patients: 521, codes: 33, sites: 32 });
    expect(out.task?.classes).toEqual(["False", "True"]);
    expect(counts("cohorts/LUAD-5-gene_TCGA.csv").task).toBeNull();
  });
  it("PANDA: 9,555 biopsies of two providers, six grades, no patients", () => {
    const out = counts("cohorts/PANDA.csv");
    expect(out).toMatchObject({ slides: 9555, patients: 9555, sites: 2 });
    expect(out.task?.classes).toEqual(["0", "1", "2", "3", "4", "5"]);
    expect(out.notes).toContain("no patient column");
  });
  it.each([
    ["BRCA", 1134, 1062, 39, 35],
    ["CRC", 1971, 616, 37, 14],
    ["LUAD", 541, 478, 33, 44],
    ["LUSC", 1571, 478, 35, 26],
  ])("STAMP's %s tables joined: %i slides, %i patients, %i codes, %i patients without a slide", (name, ...expected) => {
    const [slides, patients, codes, spare] = expected;
    const out = counts(`cohorts/TCGA-${name}-DX_CLINI.xlsx`, { slides: at(`cohorts/TCGA-${name}-DX_SLIDE.csv`) });
    expect(out).toMatchObject({ slides, patients, codes });
    expect(out.notes).toContain(`${spare} patients of TCGA-${name}-DX_CLINI.xlsx without a row`);
  });
  it("MSI status of CRC: 616 patients, two of them unknown to the clinical table, MSI-L a class of its own", () => {
    const labels = at("cohorts/TCGA-CRC-DX_CLINI.xlsx");
    const out = counts("cohorts/TCGA-CRC-DX_SLIDE.csv", { labels, label: "MSIStatus" });
    expect(out.task?.classes).toEqual(["MSI-H", "MSI-L", "MSS"]);
    expect(out.notes).toContain("5 rows of TCGA-CRC-DX_SLIDE.csv without a row");
  });
  it("FLamby's TCGA-BRCA: 1,096 patients, 1,088 of them split", () => {
    const out = counts("federated/tcga_brca/brca.csv");
    expect(out).toMatchObject({ slides: 1096, patients: 1096 });
    const split = parseSplitTables([at("federated/tcga_brca/train_test_split.csv")], out.rows);
    if (!split.ok) throw new Error(split.failure.kind);
    const [fold] = split.value.split.folds;
    expect(split.value.inputs[0]?.dialect).toBe("flamby");
    expect((fold?.train.length ?? 0) + (fold?.test.length ?? 0)).toBe(1088);
    expect([split.value.unknown.length, split.value.unlisted.length]).toEqual([0, 8]);
  });
});
