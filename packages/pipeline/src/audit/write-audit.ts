/** An audit as two files: `audit.json` for programs, `audit.html` for people. */
import { join } from "node:path";
import type { SlideId } from "@nacre/core";
import { type AuditPage, renderAuditPage } from "../report/audit-page.ts";
import { writeWhole } from "../run/write-file.ts";
import type { CohortAudit } from "./audit-cohort.ts";
import { patientRecords, patientsNamed } from "./patient-record.ts";
import { pictureUrls } from "./picture-url.ts";

/** Examples of each finding that a page lists; what is left is counted. */
export const PAGE_EXAMPLES = 100;
/** Patients whose rows a page holds. */
const MOST_PATIENTS = 600;

/** The paths written. @throws FailureError disk-full, no-permission */
export async function writeAudit(
  audit: CohortAudit,
  { folder, slides = null }: { readonly folder: string; readonly slides?: string | null },
): Promise<string[]> {
  const paths = [join(folder, "audit.json"), join(folder, "audit.html")];
  writeWhole(paths[0] as string, `${JSON.stringify(audit.document, null, 2)}\n`);
  writeWhole(paths[1] as string, renderAuditPage(await pageOf(audit, slides)));
  return paths;
}

async function pageOf(audit: CohortAudit, folder: string | null): Promise<AuditPage> {
  const { findings } = audit.document;
  const named = patientsNamed(findings, audit.rows);
  const patients = patientRecords(named.slice(0, MOST_PATIENTS), audit);
  return {
    document: audit.document,
    patients,
    patientsLeft: named.length - patients.length,
    pictures: folder === null ? new Map() : await pictureUrls(folder, audit.rows, copiesIn(findings)),
  };
}

/** Slides that are copies of one another, in the order of the findings. */
function copiesIn(findings: CohortAudit["document"]["findings"]): SlideId[] {
  const about = findings.filter((f) => f.kind === "duplicate-pixels" || f.kind === "near-duplicate");
  return [...new Set(about.flatMap((f) => f.examples.flatMap((e) => e.slides as SlideId[])))];
}
