import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { type AuditFiles, auditCohort } from "../../src/audit/audit-cohort.ts";
import { auditText } from "../../src/audit/audit-text.ts";
import { writeProposal } from "../../src/audit/write-proposal.ts";
import { silent } from "../../src/run/progress.ts";

const NONE: AuditFiles = { cohort: null, labels: null, splits: [], features: null, slides: null };
const OPTIONS = { label: null, by: null, folds: 5, seed: 7, progress: silent, signal: new AbortController().signal };
const COHORTS = resolve("../shared/data/cohorts");

function folder(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), "nacre-audit-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

/** A published mistake in small: case_id is the slide, so a split by case divides patients. */
function leaky(): string {
  const slides = Array.from({ length: 60 }, (_, i) => {
    const patient = `TCGA-${["02", "06", "DU", "HT"][Math.floor(i / 2) % 4]}-${String(1000 + Math.floor(i / 2)).padStart(4, "0")}`;
    return { id: `${patient}-01Z-00-DX${1 + (i % 2)}`, label: Math.floor(i / 2) % 3 === 0 ? "mutant" : "wildtype" };
  });
  const rows = slides.map((s) => `${s.id},${s.id},${s.label}`);
  const fold = (k: number): string => {
    const test = slides.filter((_, i) => i % 5 === k).map((s) => s.id);
    const train = slides.filter((_, i) => i % 5 !== k).map((s) => s.id);
    return ["train,val,test", ...train.map((t, i) => `${t},,${test[i] ?? ""}`)].join("\n");
  };
  return folder({
    "idh1.csv": ["case_id,slide_id,label", ...rows].join("\n"),
    "splits_0.csv": fold(0),
    "splits_1.csv": fold(1),
  });
}

describe("an audit of files", () => {
  it("finds patients behind slides that call themselves their own case, counts them over folds and says what it derived", async () => {
    const dir = leaky();
    const splits = ["splits_0.csv", "splits_1.csv"].map((f) => join(dir, f));
    const { document } = unwrap(await auditCohort({ ...NONE, cohort: join(dir, "idh1.csv"), splits }, OPTIONS));
    expect(document.patients).toBeLessThan(60);
    const leak = document.findings.find((f) => f.kind === "patient-leak");
    expect(leak?.severity).toBe("refuse");
    expect(leak?.share).toBeCloseTo(document.folds.reduce((s, f) => s + (f.share ?? 0), 0) / 2, 12);
    expect(document.derived.join(" ")).toMatch(/patient/);
    expect(document.inputs.map((i) => i.dialect)).toContain("clam");
    expect(auditText(document)).toMatch(/must stop a study: .*patient-leak/);
  });

  it("takes split files alone for the cohort and skips what needs labels, with the reason", async () => {
    const dir = leaky();
    const { document } = unwrap(await auditCohort({ ...NONE, splits: [join(dir, "splits_0.csv")] }, OPTIONS));
    expect(document.slides).toBe(60);
    expect(document.findings.map((f) => f.kind)).toContain("patient-leak");
    expect(document.skipped.map((s) => s.check)).toContain("column-predicts-label");
    expect(document.proposal).toBeNull();
  });

  it("writes a proposal that is clean when it is audited again, in every dialect", async () => {
    const dir = leaky();
    const cohort = join(dir, "idh1.csv");
    const { document, rows } = unwrap(await auditCohort({ ...NONE, cohort }, { ...OPTIONS, by: "patient", folds: 3 }));
    for (const dialect of ["nacre", "clam", "clam-bool", "patho-bench", "part-files"] as const) {
      const out = join(dir, dialect);
      const splits = unwrap(writeProposal(document.proposal, rows, { folder: out, dialect }));
      const again = unwrap(await auditCohort({ ...NONE, cohort, splits }, OPTIONS)).document;
      expect(again.folds, dialect).toHaveLength(3);
      expect(
        again.folds.every((f) => f.share === 0),
        dialect,
      ).toBe(true);
      expect(
        again.findings.filter((f) => f.severity === "refuse"),
        dialect,
      ).toEqual([]);
    }
  });

  it("proposes nested folds whose tune parts of one outer fold are disjoint and never meet its test part", async () => {
    const dir = leaky();
    const options = { ...OPTIONS, by: "nested" as const, folds: 3 };
    const { document } = unwrap(await auditCohort({ ...NONE, cohort: join(dir, "idh1.csv") }, options));
    const folds = document.proposal?.split.folds ?? [];
    expect(folds.length).toBe((document.proposal?.folds ?? 0) * 2);
    for (const f of folds) expect(f.tune.some((s) => f.test.includes(s))).toBe(false);
    const [first, second] = folds;
    expect(first?.test).toEqual(second?.test);
    expect(first?.tune.some((s) => second?.tune.includes(s))).toBe(false);
  });

  it("fails with what is missing when there is nothing to audit, or no label to propose a split for", async () => {
    const nothing = await auditCohort(NONE, OPTIONS);
    expect(nothing.ok ? null : nothing.failure.kind).toBe("bad-usage");
    const dir = leaky();
    const asked = await auditCohort({ ...NONE, splits: [join(dir, "splits_0.csv")] }, { ...OPTIONS, by: "site" });
    expect(asked.ok ? null : asked.failure.remedy).toMatch(/--label/);
    const gone = await auditCohort({ ...NONE, cohort: join(dir, "none.csv") }, OPTIONS);
    expect(gone.ok).toBe(false);
    const broken = folder({ "broken.xlsx": "this is no workbook" });
    const workbook = await auditCohort({ ...NONE, cohort: join(broken, "broken.xlsx") }, OPTIONS);
    expect(workbook.ok ? null : workbook.failure.expected).toMatch(/workbook/);
  });
});

describe.skipIf(!existsSync(COHORTS))("an audit of real cohorts (skipped where the test data are absent)", () => {
  it("joins slides and an Excel workbook of patients, and maps TCGA codes to institutions", async () => {
    const files = {
      ...NONE,
      cohort: join(COHORTS, "TCGA-CRC-DX_SLIDE.csv"),
      labels: join(COHORTS, "TCGA-CRC-DX_CLINI.xlsx"),
    };
    const { document } = unwrap(await auditCohort(files, { ...OPTIONS, label: "MSIStatus" }));
    expect([document.slides, document.patients]).toEqual([1971, 616]);
    expect(document.task?.classes).toEqual(["MSI-H", "MSI-L", "MSS"]);
    expect(document.derived.join(" ")).toMatch(/37 codes of 24 institutions/);
  });

  it("says of PANDA that the provider alone tells the grade", async () => {
    const { document } = unwrap(await auditCohort({ ...NONE, cohort: join(COHORTS, "PANDA.csv") }, OPTIONS));
    const site = document.findings.find((f) => f.kind === "column-predicts-label" && f.column === "site");
    expect(site?.measure?.value).toBeCloseTo(0.608, 2);
    expect(document.findings.filter((f) => f.column === "data_provider")).toEqual([]);
  });
});
