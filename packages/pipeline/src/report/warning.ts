/**
 * What a reader must know before the first number: refusals that were let through and why, scales that were overridden
 * or assumed, unknown patients and sites, site overlap. Derived from the run itself, so that none can be forgotten.
 */
import { extent } from "./finding-text.ts";
import { counted, listed, sentence } from "./number-text.ts";
import type { ReportData, SlideEntry } from "./report-data.ts";
import type { Finding } from "./score.ts";

export interface Warning {
  readonly title: string;
  readonly text: string;
  readonly level: "grave" | "plain";
}

/** First-page warnings, the gravest first. Plain text. */
export function warnings(data: ReportData): Warning[] {
  return [
    ...refusalWarnings(data),
    ...overlapWarnings(data),
    ...identityWarnings(data),
    ...scaleWarnings(data.slides),
    ...lossWarnings(data.slides),
    ...(data.notes ?? []).map((n): Warning => ({ ...n, level: "plain" })),
  ];
}

function refusalWarnings(data: ReportData): Warning[] {
  const refused = data.audit.findings.filter((f) => f.severity === "refuse");
  const allowed = new Map(data.asked.allow.map((a) => [a.finding, a.why]));
  const through = refused.map((f): Warning => {
    const why = allowed.get(f.kind);
    return {
      level: "grave",
      title: `A refusal was let through: ${f.kind}`,
      text: `${findingText(f)} Reason given in the study file: ${why === undefined ? "none" : `“${why}”`}.`,
    };
  });
  const found = new Set<string>(refused.map((f) => f.kind));
  const unused = data.asked.allow.filter((a) => !found.has(a.finding));
  return [
    ...through,
    ...unused.map(
      (a): Warning => ({
        level: "plain",
        title: `The study file allows ${a.finding}, which was not found`,
        text: `Reason given: “${a.why}”. Take the line out, so that a later finding is not let through unseen.`,
      }),
    ),
  ];
}

function overlapWarnings(data: ReportData): Warning[] {
  return data.audit.findings
    .filter((f) => f.severity === "warn" && (f.kind === "site-overlap" || f.kind === "not-external"))
    .map(
      (f): Warning => ({
        level: "plain",
        title: f.kind === "site-overlap" ? "Sites lie on both sides of the split" : "No truly external part",
        text: `${findingText(f)} ${sentence(f.remedy)}`,
      }),
    );
}

function findingText(f: Finding): string {
  return `${sentence(extent(f))} ${sentence(f.effect)}`;
}

function identityWarnings(data: ReportData): Warning[] {
  const out: Warning[] = [];
  if (!data.asked.patientsKnown) {
    out.push({
      level: "grave",
      title: "Patients are unknown",
      text: "Each slide counts as a patient of its own. Where several slides come from one patient, they may lie on both sides of the split, the results are then too good and the intervals too narrow.",
    });
  }
  if (!data.asked.sitesKnown) {
    out.push({
      level: "plain",
      title: "Sites are unknown",
      text: "Whether the model learned the hospital instead of the tissue could not be tested, nor how it does in another hospital.",
    });
  }
  return out;
}

function scaleWarnings(slides: readonly SlideEntry[]): Warning[] {
  const given = slides.filter((s) => s.mppSource === "given" && s.mpp !== null);
  const overridden = given.filter((s) => s.mppInFile !== null && s.mppInFile !== s.mpp);
  const assumed = given.filter((s) => s.mppInFile === null);
  const out: Warning[] = [];
  if (overridden.length > 0) {
    const some = overridden.slice(0, 3).map((s) => `${s.slide} (file ${scale(s.mppInFile)}, used ${scale(s.mpp)})`);
    out.push({
      level: "grave",
      title: `The scale of ${counted(overridden.length, "slide")} was overridden`,
      text: `The cohort file gives another scale than the slide itself: ${listed(some)}${overridden.length > 3 ? ", and more in the slide table" : ""}. If the given value is wrong, tiles have the wrong physical size.`,
    });
  }
  if (assumed.length > 0) {
    const values = [...new Set(assumed.map((s) => scale(s.mpp)))].sort();
    out.push({
      level: "plain",
      title: `The scale of ${counted(assumed.length, "slide")} is an assumption`,
      text: `These files hold no pixel size; the cohort file gives ${listed(values.slice(0, 8))}${values.length > 8 ? " and more" : ""} µm per pixel. Nothing in the file can confirm it.`,
    });
  }
  return out;
}

function scale(value: number | null): string {
  return value === null ? "none" : String(Math.round(value * 10000) / 10000);
}

function lossWarnings(slides: readonly SlideEntry[]): Warning[] {
  const failed = slides.filter((s) => s.failure !== null).length;
  if (failed === 0) return [];
  return [
    {
      level: failed > slides.length / 10 ? "grave" : "plain",
      title: `${counted(failed, "slide")} of ${slides.length} failed or ${failed === 1 ? "was" : "were"} refused`,
      text: "They are in no number below; each is listed with its reason. If they are not like the rest, the numbers do not speak for them.",
    },
  ];
}
