/**
 * What is known of the data, as sentences: who was there, who left, how the parts were made. Plain text; null where this
 * input does not say.
 */
import { extent } from "../../report/finding-text.ts";
import { counted, listed, percent, sentence } from "../../report/number-text.ts";
import type { PartCount } from "../../report/score.ts";
import type { Known } from "../known.ts";
import { judgedParts, type Reading } from "../reading/reading.ts";
import { readingsOf } from "../reading/readings.ts";
import { joined } from "./joined.ts";
import { partName as nameOf, perPart, perReading } from "./per-part.ts";
import { whoText } from "./score-fact.ts";

/** Slides, patients and sites of the cohort table, and whether they are real. */
export function sourceFact({ report, card }: Known): string | null {
  if (report === null) {
    return card.file === undefined
      ? null
      : `Predictions were read from ${card.file}; the data behind them are not here.`;
  }
  const first = report.flow[0];
  const origin = report.synthetic ? " The slides were drawn by a program." : "";
  const size =
    first === undefined ? "" : ` (${counted(first.slides, "slide")} of ${counted(first.patients, "patient")})`;
  const sites = siteNames(report.parts);
  const where = sites.length === 0 ? "" : ` from ${counted(sites.length, "site")}: ${listed(sites)}`;
  return `A cohort table${size}${where}.${origin}`;
}

/** First and last date, inside and outside; null without a date column. */
export function datesFact({ report }: Known): string | null {
  const span = (name: string, parts: readonly PartCount[]): string[] => {
    const dates = parts.flatMap((p) => (p.dates === null ? [] : [p.dates.first, p.dates.last])).sort();
    return dates.length === 0 ? [] : [`${name} ${dates[0]} to ${dates.at(-1)}`];
  };
  const parts = report?.parts ?? [];
  const said = [
    ...span(
      "internal",
      parts.filter((p) => p.part !== "external"),
    ),
    ...span(
      "external",
      parts.filter((p) => p.part === "external"),
    ),
  ];
  return said.length === 0 ? null : `Dates in the cohort table: ${said.join("; ")}.`;
}

/** Number and names of the sites, inside and outside. */
export function settingFact({ report }: Known): string | null {
  if (report === null || !report.asked.sitesKnown) return null;
  const external = siteNames(report.parts.filter((p) => p.part === "external"));
  const inside = siteNames(report.parts.filter((p) => p.part !== "external"));
  const outside = external.length === 0 ? "no external site" : `external: ${listed(external)}`;
  return `${counted(inside.length, "site")} took part in fitting (${listed(inside)}); ${outside}.`;
}

/** From the cohort table to what was predicted, with every reason for leaving. */
export function flowFact({ report, card }: Known): string | null {
  if (report === null) {
    const said = readingsOf(card).flatMap((reading) =>
      judgedParts(reading).map((part) => {
        const left = part.unlabelled > 0 ? `, ${part.unlabelled} more without a label` : "";
        return `${nameOf(reading, part)} ${counted(part.n, "labelled patient")}${left}`;
      }),
    );
    return said.length === 0 ? null : `Judged: ${said.join("; ")}.`;
  }
  const steps = report.flow.map((step) => {
    const left = step.excluded.map(
      (x) =>
        `${counted(x.slides, "slide")}${x.patients === null ? "" : ` of ${counted(x.patients, "patient")}`}: ${x.reason}`,
    );
    const gone = left.length === 0 ? "" : ` (left after this step: ${left.join("; ")})`;
    return `${step.what} ${counted(step.slides, "slide")} of ${counted(step.patients, "patient")}${gone}`;
  });
  return steps.length === 0 ? null : `${sentence(steps.join("; then "))}`;
}

/** Only the reasons for leaving; "nobody" where there are none. */
export function exclusionFact({ report }: Known): string | null {
  if (report === null) return null;
  const reasons = report.flow.flatMap((s) => s.excluded.map((x) => `${x.reason} (${counted(x.slides, "slide")})`));
  return reasons.length === 0 ? "Nothing in the cohort table was left out." : `Left out: ${reasons.join("; ")}.`;
}

/** How gaps were met, and how many there were. */
export function missingFact(known: Known): string | null {
  const { report, facts, card } = known;
  const unknown = perReading(known, (reading) => reading.unknown);
  if (report === null) {
    const unlabelled = readingsOf(card)
      .flatMap(judgedParts)
      .reduce((sum, part) => sum + part.unlabelled, 0);
    const left =
      unlabelled === 0 ? null : `${counted(unlabelled, "patient")} without a label were predicted but not judged.`;
    return joined(left, unknown);
  }
  const gaps = (facts?.missing ?? []).filter((m) => m.missing > 0);
  const said =
    facts === null
      ? null
      : gaps.length === 0
        ? "The columns used have no gap."
        : `Gaps: ${gaps.map((m) => `${m.column} ${m.missing} of ${m.rows} rows`).join(", ")}.`;
  const assumed = report.slides.filter((s) => s.mppSource === "given" && s.mppInFile === null).length;
  const scale = assumed === 0 ? null : `The scale of ${counted(assumed, "slide")} was taken from the cohort table.`;
  const rule =
    "Nothing is imputed: a slide without a label is listed and not used, and a trait that is not recorded makes a group of its own.";
  return joined(
    rule,
    perReading(known, ({ gaps }) => gaps),
    unknown,
    said,
    scale,
  );
}

/** How data were divided, and how many patients each part holds. */
export function partsFact({ report, card }: Known): string | null {
  if (report === null) return null;
  const { by, folds, tune, external } = report.asked.split;
  const rule = by === "file" ? "read from split files" : `made by ${by}, by a seeded rule`;
  const cut = tune === null ? "" : `, a tune part of ${percent(tune, 0)} cut out of each training part`;
  const outside = external.length === 0 ? "" : `; external: ${listed(external)}`;
  const sizes = report.parts.map((p) => `${partName(p)} ${counted(p.patients, "patient")} (${labelText(p)})`);
  return `The split was ${rule}: ${counted(folds, "fold")}${cut}${outside}. Parts${balancedText(readingsOf(card))}: ${sizes.join("; ")}.`;
}

/** At which level the parts are apart, and what the audit says of it. */
export function disjointFact({ report, card }: Known): string | null {
  if (report === null) return null;
  const { by } = report.asked.split;
  const unit = report.asked.patientsKnown ? "Patients" : "Slides (no patient is named in the cohort)";
  const level =
    by === "site" ? `${unit} and sites are kept whole across parts.` : `${unit} are kept whole across parts.`;
  const claim = by === "file" ? "The parts are those of the split files." : level;
  const found = card.audit ?? report.audit;
  const leaks = found.findings.filter((f) => CROSSINGS.has(f.kind)).map((f) => `${f.kind} (${extent(f)})`);
  const skipped = found.skipped.filter((c) => CROSSINGS.has(c.check)).map((c) => `${c.check} (${c.reason})`);
  const audited = leaks.length === 0 ? "no patient or slide in two parts" : leaks.join("; ");
  return `${claim} The audit found ${audited}.${skipped.length === 0 ? "" : ` Not checked: ${skipped.join("; ")}.`}`;
}

/** Findings that cross the border between parts. */
const CROSSINGS: ReadonlySet<string> = new Set([
  "patient-leak",
  "role-overlap",
  "duplicate-slide",
  "duplicate-pixels",
  "near-duplicate",
  "site-overlap",
  "not-external",
]);

/** What the counts of a part are of, where they are not of the classes asked for. Of several tasks the first one balances the parts. */
function balancedText([first, ...others]: readonly Reading[]): string {
  if (first === undefined || others.length === 0) return first?.balancedBy ?? "";
  return `${first.balancedBy === "" ? ", balanced by the classes" : first.balancedBy} of the task ${first.name}`;
}

/** Patients of each class and of each recorded group, part by part. */
export function characteristicFact(known: Known): string | null {
  return perPart(known, (part) => {
    const columns = [...new Set(part.groups.map((s) => s.column))].map((column) => {
      const groups = part.groups.filter((s) => s.column === column).map((s) => `${s.group} ${s.n}`);
      return `; ${column}: ${groups.join(", ")}`;
    });
    return `${whoText(part)}${columns.join("")}`;
  });
}

/** What tells the external patients from the internal ones, as far as it is recorded. */
export function shiftFact(known: Known): string | null {
  const { card, report } = known;
  const readings = readingsOf(card);
  if (readings.every((r) => r.external === null)) {
    return report === null
      ? null
      : "There is no external part: all patients come from the cohort the model was made with.";
  }
  const told = perReading(known, contrastText);
  if (told === null) return null;
  const sites = siteNames((report?.parts ?? []).filter((p) => p.part === "external"));
  return joined(
    told,
    sites.length === 0 ? null : `The external patients come from ${listed(sites)}, which took part in nothing.`,
  );
}

/** "Share of mutant: external 50.0 % of 20, internal …"; null where one of the parts is missing. */
function contrastText({ external, internal }: Reading): string | null {
  if (external === null || external.n === 0 || internal.n === 0) return null;
  const said = external.contrast.flatMap(([what, outside]) => {
    const inside = internal.contrast.find(([same]) => same === what)?.[1];
    return inside === undefined ? [] : [`${what}: external ${outside}, internal ${inside}`];
  });
  return said.length === 0 ? null : sentence(said.join("; "));
}

/** Sites of the given parts, each once, sorted. */
export function siteNames(parts: readonly PartCount[]): string[] {
  return [...new Set(parts.flatMap((p) => Object.keys(p.sites)))].sort();
}

function partName(p: PartCount): string {
  return p.fold === null ? p.part : `${p.part} of fold ${p.fold}`;
}

function labelText(p: PartCount): string {
  return Object.entries(p.labels)
    .map(([label, n]) => `${n} ${label}`)
    .join(", ");
}
