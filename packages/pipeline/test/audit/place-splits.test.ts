import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { type AuditFiles, auditCohort } from "../../src/audit/audit-cohort.ts";
import { auditText } from "../../src/audit/audit-text.ts";
import { renderAuditPage } from "../../src/report/audit-page.ts";
import { silent } from "../../src/run/progress.ts";

const OPTIONS = { label: null, by: null, folds: 5, seed: 7, progress: silent, signal: new AbortController().signal };

/** Twenty slides of ten patients; `cells` adds a cell to each row of the cohort. */
function cohort(header: string, cells: (i: number) => string): string {
  const rows = Array.from(
    { length: 20 },
    (_, i) => `S${i},${cells(i)},${Math.floor(i / 2) % 2 === 0 ? "wild" : "mut"}`,
  );
  return [`slide,${header},label`, ...rows].join("\n");
}

const patient = (i: number): string => `P${Math.floor(i / 2)}`;
const split = (name: (i: number) => string): string =>
  ["slide,part", ...Array.from({ length: 20 }, (_, i) => `${name(i)},${i % 4 === 1 ? "test" : "train"}`)].join("\n");

function audited(table: string, splits?: string, more: object = {}) {
  const dir = mkdtempSync(join(tmpdir(), "nacre-place-"));
  const [cohortFile, splitFile] = [join(dir, "cohort.csv"), join(dir, "split.csv")];
  writeFileSync(cohortFile, table);
  if (splits !== undefined) writeFileSync(splitFile, splits);
  const files: AuditFiles = {
    cohort: cohortFile,
    labels: null,
    splits: splits === undefined ? [] : [splitFile],
    features: null,
    slides: null,
  };
  return auditCohort(files, { ...OPTIONS, ...more });
}

const documentOf = async (...args: Parameters<typeof audited>) => unwrap(await audited(...args)).document;

describe("a split beside a cohort", () => {
  it("is refused where the cohort knows not one of its ids", async () => {
    const out = await audited(
      cohort("patient", patient),
      split((i) => `ZS${i}`),
    );
    expect(out.ok ? null : out.failure).toMatchObject({
      kind: "bad-table",
      expected: expect.stringContaining("such as S0"),
      received: "20 ids that the cohort does not know, for example ZS0",
    });
  });
  it("with some strangers warns, and does not call their leak zero", async () => {
    const document = await documentOf(
      cohort("patient", patient),
      split((i) => (i < 16 ? `S${i}` : `ZS${i}`)),
    );
    expect(document.findings.find((f) => f.kind === "unknown-slide")).toMatchObject({ severity: "warn", count: 4 });
    expect(document.patientsUnknown).toBe(4);
    const text = auditText(document);
    expect(text).toMatch(
      /leak {6}at least 80\.0 % of test patients are in train too \(mean of 1 fold\); the patients of 4 of 20 slides/,
    );
    expect(text).toMatch(/patient-leak; more may leak than could be seen\./);
  });
  it("counts the strangers of a known barcode to their patient, and is not refused for them", async () => {
    const barcode = (i: number): string => `TCGA-02-${1000 + Math.floor(i / 2)}-01Z-00-DX${(i % 2) + 1}`;
    const rows = Array.from({ length: 20 }, (_, i) => `${barcode(i)},${i % 4 < 2 ? "wild" : "mut"}`);
    const document = await documentOf(
      ["slide,label", ...rows].join("\n"),
      split((i) => `${barcode(i)}.${"0a1b2c3d"}-${i}`),
    );
    expect(document.folds[0]?.share).toBe(1);
    expect(document.patientsUnknown).toBe(0);
  });
});

describe("a cohort that says its split itself", () => {
  const own = cohort("patient,split", (i) => `${patient(i)},${i % 2 === 0 ? "train" : "test"}`);

  it("is audited by it, and says so", async () => {
    const document = await documentOf(own);
    expect(document.folds).toMatchObject([{ fold: 0, share: 1 }]);
    expect(document.findings[0]).toMatchObject({ kind: "patient-leak", severity: "refuse", count: 10 });
    expect(document.derived).toContain("split: column split of the cohort, since no split file was given");
    expect(document.findings.some((f) => f.column === "split")).toBe(false);
  });
  it("is audited by the split files where there are some, and says that too", async () => {
    const document = await documentOf(
      own,
      split((i) => `S${i}`),
    );
    expect(document.folds[0]?.share).toBeLessThan(1.01);
    expect(document.notes.join(" ")).toMatch(/column split of the cohort not read as a split/);
  });
  it("names a column that is not quite one, and --splits", async () => {
    const document = await documentOf(
      cohort("patient,part", (i) => `${patient(i)},${["train", "test", "later"][i % 3]}`),
    );
    expect(document.folds).toEqual([]);
    expect(document.notes.join(" ")).toMatch(/column part .* --splits/);
    expect(auditText(document)).toMatch(/No finding that must stop a study; without a split no leak was looked for\./);
  });
});

describe("a cohort whose patients nobody knows", () => {
  it("has no leak of 0.0 %, in the text and on the page", async () => {
    const document = await documentOf(
      cohort("site", (i) => `h${i % 2}`),
      split((i) => `S${i}`),
    );
    expect(document.folds[0]?.share).toBeNull();
    const text = auditText(document);
    expect(text).toMatch(/20 slides, patients not known, 2 sites/);
    expect(text).toMatch(/leak {6}not known: who the patients are is not known/);
    expect(text).toMatch(/No finding that must stop a study, but whether patients leak is not known\./);
    expect(text).toMatch(/divides 20 slides of unknown patients as if each were a patient/);
    const page = renderAuditPage({ document, patients: [], patientsLeft: 0, pictures: new Map() });
    expect(page).toMatch(/but whether patients leak is not known/);
    expect(page).toMatch(/<td class="num" data-key="">not known<\/td>/);
  });
});

describe("an audit asked for what cannot be", () => {
  it.each([
    ["a single fold", { folds: 1 }, /--folds: 2 or more/],
    ["a single nested fold", { folds: 1, by: "nested" }, /--folds: 2 or more/],
  ])("is wrong usage: %s", async (_, more, expected) => {
    const out = await audited(cohort("patient", patient), undefined, more);
    expect(out.ok ? null : [out.failure.kind, out.failure.expected]).toEqual([
      "bad-usage",
      expect.stringMatching(expected),
    ]);
  });
  it("is wrong usage: a folder of features or slides that is not there", async () => {
    for (const name of ["features", "slides"] as const) {
      const files = { cohort: null, labels: null, splits: [], features: null, slides: null, [name]: "/nowhere/at/all" };
      const out = await auditCohort(files, OPTIONS);
      expect(out.ok ? null : [out.failure.kind, out.failure.expected]).toEqual(["bad-usage", `--${name}: a folder`]);
    }
  });
});

describe("labels that a spreadsheet made dates", () => {
  it("are a warning with rows, and one of rows, not of patients, in words", async () => {
    const rows = Array.from({ length: 12 }, (_, i) => `S${i},P${i},${i % 2 === 0 ? "1-Mar" : "2-Sep"}`);
    const text = auditText(await documentOf(["slide,patient,gene", ...rows].join("\n")));
    expect(text).toMatch(/warn {3}spreadsheet-date \(gene\): 12 rows\n.*MARCH1.*\n.*row 2 of cohort\.csv: 1-Mar/);
  });
});
