import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomStream, unwrap } from "@nacre/core";
import { writePng } from "@nacre/imaging/node";
import { describe, expect, it } from "vitest";
import { type AuditFiles, auditCohort } from "../../src/audit/audit-cohort.ts";
import { auditText } from "../../src/audit/audit-text.ts";
import { patientRecords, patientsNamed } from "../../src/audit/patient-record.ts";
import { PAGE_EXAMPLES, writeAudit } from "../../src/audit/write-audit.ts";
import { renderAuditPage } from "../../src/report/audit-page.ts";
import { silent } from "../../src/run/progress.ts";
import { readPage } from "../report/markup-check.ts";

const NONE: AuditFiles = { cohort: null, labels: null, splits: [], features: null, slides: null };
const OPTIONS = {
  label: null,
  by: null,
  folds: 5,
  seed: 7,
  examples: PAGE_EXAMPLES,
  progress: silent,
  signal: new AbortController().signal,
};

/** Forty slides of twenty patients in two hospitals; the first patient is called by a name that wants to be markup. */
function study(): { dir: string; files: AuditFiles } {
  const dir = mkdtempSync(join(tmpdir(), "nacre-audit-page-"));
  const nameOf = (p: number): string => (p === 0 ? "<b>P0</b>" : `P${p}`);
  const rows = Array.from({ length: 40 }, (_, i) => {
    const p = Math.floor(i / 2);
    return `s${i}.png,${nameOf(p)},h${p % 2},${p % 4 < 2 ? "yes" : "no"}`;
  });
  writeFileSync(join(dir, "cohort.csv"), ["slide,patient,site,label", ...rows].join("\n"));
  const parts = Array.from({ length: 40 }, (_, i) => `s${i}.png,${i % 4 === 1 ? "test" : "train"},0`);
  writeFileSync(join(dir, "split.csv"), ["slide,part,fold", ...parts].join("\n"));
  return { dir, files: { ...NONE, cohort: join(dir, "cohort.csv"), splits: [join(dir, "split.csv")] } };
}

async function picture(path: string, seed: number): Promise<void> {
  const random = randomStream(seed, "picture");
  const data = Uint8Array.from({ length: 64 * 48 * 3 }, () => random.below(256));
  await writePng(path, { width: 64, height: 48, data });
}

describe("an audit written to a folder", () => {
  it("is the same document as JSON, and a page whose tags balance, whose links resolve and that loads nothing", async () => {
    const { dir, files } = study();
    const audited = unwrap(await auditCohort(files, OPTIONS));
    const [json, page] = (await writeAudit(audited, { folder: join(dir, "out") })) as [string, string];
    expect(JSON.parse(readFileSync(json, "utf8"))).toEqual(JSON.parse(JSON.stringify(audited.document)));
    const text = readFileSync(page, "utf8");
    const { ids, references, addresses } = readPage(text);
    expect(new Set(ids).size).toBe(ids.length);
    expect(references.filter((r) => !ids.includes(r))).toEqual([]);
    expect(addresses.filter((a) => !a.startsWith("#"))).toEqual([]);
    expect(text).not.toContain("<b>P0</b>");
    expect(text).toContain("&lt;b&gt;P0&lt;/b&gt;");
    expect(text).toContain("default-src &#39;none&#39;");
    expect(text).toMatch(/that must stop a study: patient-leak/);
  });
  it("lists every leaking patient as a case, not five of them", async () => {
    const { files } = study();
    const { document } = unwrap(await auditCohort(files, OPTIONS));
    const leak = document.findings.find((f) => f.kind === "patient-leak");
    expect(leak?.examples).toHaveLength(leak?.count as number);
    const { document: short } = unwrap(await auditCohort(files, { ...OPTIONS, examples: 5 }));
    expect(short.findings.find((f) => f.kind === "patient-leak")?.examples).toHaveLength(5);
  });
  it("says of a patient which slides lie in which part, and in which row of which file each is named", async () => {
    const { files } = study();
    const audited = unwrap(await auditCohort(files, OPTIONS));
    const named = patientsNamed(audited.document.findings, audited.rows);
    expect(named).toContain("P2");
    const [record] = patientRecords(["P2"], audited);
    expect(record?.slides.map((s) => [s.slide, s.site, s.label, s.parts])).toEqual([
      ["s4", "h0", "no", [{ part: "train", folds: [0] }]],
      ["s5", "h0", "no", [{ part: "test", folds: [0] }]],
    ]);
    expect(record?.slides[0]?.places.map((p) => [p.file.split("/").at(-1), p.row])).toEqual([
      ["cohort.csv", 6],
      ["split.csv", 6],
    ]);
  });
  it("shows small pictures of slides that hold the same pixels", async () => {
    const { dir, files } = study();
    await picture(join(dir, "s0.png"), 1);
    await picture(join(dir, "s8.png"), 2);
    copyFileSync(join(dir, "s0.png"), join(dir, "s5.png"));
    const audited = unwrap(await auditCohort({ ...files, slides: dir }, OPTIONS));
    expect(audited.document.findings.map((f) => f.kind)).toContain("duplicate-pixels");
    const [, page] = (await writeAudit(audited, { folder: join(dir, "out"), slides: dir })) as [string, string];
    const pictures = readPage(readFileSync(page, "utf8")).addresses.filter((a) => a.startsWith("data:image/jpeg"));
    expect(new Set(pictures).size).toBe(1);
    expect(pictures.length).toBeGreaterThanOrEqual(2);
  });
  it("says what the features follow, in the text and on the page, and why where that cannot be said", async () => {
    const { files } = study();
    const { document } = unwrap(await auditCohort(files, OPTIONS));
    expect(document.robustness).toEqual([]);
    expect(document.skipped).toContainEqual({ check: "robustness", reason: "no features were given" });
    const estimate = { value: 0.3, low: 0.2, high: 0.4, n: 40, method: "made for this test" };
    const judged = {
      ...document,
      robustness: [
        {
          centre: "site",
          patients: 40,
          centres: 2,
          designs: 1,
          possible: 1,
          index: estimate,
          clustering: { ...estimate, low: null, high: null, reason: "no interval" },
          drop: { ...estimate, value: null, low: null, high: null, reason: "no design" },
          accuracy: null,
          follows: "centre" as const,
        },
      ],
    };
    expect(auditText(judged)).toMatch(/robustness index 0\.300 .*by site rather than by label/);
    const page = renderAuditPage({ document: judged, patients: [], patientsLeft: 0, pictures: new Map() });
    expect(page).toMatch(/Patients lie together by site rather than by label/);
    expect(renderAuditPage({ document: judged, patients: [], patientsLeft: 0, pictures: new Map() })).toBe(page);
  });
});
