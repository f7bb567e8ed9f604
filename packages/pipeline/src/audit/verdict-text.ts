/** The verdict of an audit in one sentence: what must stop a study, and whether that could be told at all. */
import { counted, percent } from "../report/number-text.ts";
import type { AuditDocument } from "./audit-cohort.ts";

/** Without a full stop. "No finding" is never said alone of a split whose patients are not known. */
export function verdictText({
  findings,
  folds,
  skipped,
}: Pick<AuditDocument, "findings" | "folds" | "skipped">): string {
  const grave = findings.filter((f) => f.severity === "refuse");
  const kinds = [...new Set(grave.map((f) => f.kind))].join(", ");
  const said =
    grave.length === 0
      ? "No finding that must stop a study"
      : `${counted(grave.length, "finding")} that must stop a study: ${kinds}`;
  if (folds.length === 0) return grave.length === 0 ? `${said}; without a split no leak was looked for` : said;
  if (!skipped.some((s) => s.check === "patient-leak")) return said;
  if (findings.some((f) => f.kind === "patient-leak")) return `${said}; more may leak than could be seen`;
  const where = folds.every((f) => f.share === null) ? "" : " for every slide";
  return `${said}, but whether patients leak is not known${where}`;
}

/** The share of test patients that training has seen, in words; null without a split. */
export function leakText({ folds, skipped }: Pick<AuditDocument, "folds" | "skipped">): string | null {
  if (folds.length === 0) return null;
  const blind = skipped.find((s) => s.check === "patient-leak")?.reason;
  const shares = folds.map((f) => f.share).filter((s) => s !== null);
  if (shares.length === 0) return blind === undefined ? "no test patient" : `not known: ${blind}`;
  const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
  const found = `${percent(mean)} of test patients are in train too (mean of ${counted(shares.length, "fold")})`;
  return blind === undefined ? found : `at least ${found}; ${blind}`;
}

/** "60 slides, 30 patients"; where nobody knows the patients, that. */
export function sizeText({ slides, patients, patientsUnknown }: AuditDocument): string {
  const people =
    patientsUnknown === 0
      ? counted(patients, "patient")
      : patientsUnknown === slides
        ? "patients not known"
        : `${counted(patients, "patient")} (${counted(patientsUnknown, "slide")} of unknown patients counted as one each)`;
  return `${counted(slides, "slide")}, ${people}`;
}
