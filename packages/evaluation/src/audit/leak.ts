/** Patients and slides that are in two parts at once, and sites that training and test share. */
import type { CohortRow, Role } from "@nacre/core";
import {
  type AuditContext,
  type AuditFold,
  type Example,
  type Finding,
  MAX_EXAMPLES,
  patientsOf,
  rolesOf,
  shareOfTest,
} from "./finding.ts";

/**
 * One finding for patients in train and test, whose share is the one to quote; one for patients of the tune part in another
 * part; one for external patients that a fold has seen.
 */
export function patientLeaks(context: AuditContext): Finding[] {
  const findings = [
    leakBetween(context, ["train", "test"], (f) => [[f.parts.test, f.parts.train]]),
    leakBetween(context, ["tune", "test", "train"], (f) => [
      [f.parts.test, f.parts.tune],
      [f.parts.tune, f.parts.train],
    ]),
    leakBetween(context, ["external", "train"], (f) => [
      [context.external, [...f.parts.train, ...f.parts.tune, ...f.parts.test]],
    ]),
  ];
  return findings.filter((f) => f !== null);
}

function leakBetween(
  { folds, external }: AuditContext,
  parts: readonly Role[],
  pairsOf: (fold: AuditFold) => readonly (readonly [readonly CohortRow[], readonly CohortRow[]])[],
): Finding | null {
  const leaked = new Set<string>();
  const inFold = new Map<AuditFold, Set<string>>();
  const examples: Example[] = [];
  for (const fold of folds) {
    const here = new Set<string>();
    for (const [a, b] of pairsOf(fold)) {
      const others = patientsOf(b);
      for (const p of patientsOf(a)) if (others.has(p)) here.add(p);
    }
    inFold.set(fold, here);
    for (const p of here) {
      if (!leaked.has(p) && examples.length < MAX_EXAMPLES) examples.push(exampleOf(fold, external, p));
      leaked.add(p);
    }
  }
  if (leaked.size === 0) return null;
  const outside = parts[0] === "external" ? patientsOf(external) : null;
  return {
    kind: "patient-leak",
    severity: "refuse",
    parts,
    count: leaked.size,
    share:
      outside === null
        ? shareOfTest(folds, (p, fold) => inFold.get(fold)?.has(p) === true)
        : leaked.size / Math.max(1, outside.size),
    examples,
    effect: "The model is asked about people it has learned by heart, so the reported number is too high",
    remedy: "keep all slides of a patient in one part: split by patient or by site",
  };
}

function exampleOf(fold: AuditFold, external: readonly CohortRow[], patient: string): Example {
  const placed = [...Object.entries(fold.parts), ["external", external] as const].flatMap(([part, rows]) =>
    rows.filter((r) => r.patient === patient).map((r) => ({ part, slide: r.slide })),
  );
  return {
    fold: fold.fold,
    patient,
    slides: placed.map((p) => p.slide),
    note: placed.map((p) => `${p.slide} in ${p.part}`).join("; "),
  };
}

/** Slides in two parts of one fold, or in a fold and in the external part. */
export function roleOverlaps({ folds, external }: AuditContext): Finding[] {
  const slides = new Set<string>();
  const examples: Example[] = [];
  const touched = new Map<AuditFold, Set<string>>();
  const outside = new Set(external.map((r) => r.slide));
  for (const fold of folds) {
    const roles = rolesOf(fold);
    const here = new Set<string>();
    touched.set(fold, here);
    for (const row of [...fold.parts.train, ...fold.parts.tune, ...fold.parts.test]) {
      const parts = [...(roles.get(row.slide) ?? []), ...(outside.has(row.slide) ? ["external"] : [])];
      if (parts.length < 2) continue;
      here.add(row.patient);
      if (!slides.has(row.slide) && examples.length < MAX_EXAMPLES) {
        examples.push({
          fold: fold.fold,
          patient: row.patient,
          slides: [row.slide],
          note: `in ${parts.join(" and ")}`,
        });
      }
      slides.add(row.slide);
    }
  }
  if (slides.size === 0) return [];
  return [
    {
      kind: "role-overlap",
      severity: "refuse",
      count: slides.size,
      share: shareOfTest(folds, (p, fold) => touched.get(fold)?.has(p) === true),
      examples,
      effect: "The same glass is learned from and reported on, so the number says nothing about new patients",
      remedy: "give each slide one part in a fold",
    },
  ];
}

/** Test patients whose site the training part has seen, and external patients whose site a fold has seen. */
export function siteOverlaps({ folds, external, by }: AuditContext): Finding[] {
  const touched = new Set<string>();
  const examples: Example[] = [];
  const seen = new Map(
    folds.map((f) => [f, new Set([...f.parts.train, ...f.parts.tune].map((r) => r.site).filter((s) => s !== null))]),
  );
  const inFold = new Map<AuditFold, Set<string>>();
  for (const fold of folds) {
    const rows = fold.parts.test.filter((r) => r.site !== null && seen.get(fold)?.has(r.site));
    inFold.set(fold, patientsOf(rows));
    for (const p of patientsOf(rows)) touched.add(p);
    const sites = [...new Set(rows.map((r) => r.site as string))].sort();
    if (sites.length > 0 && examples.length < MAX_EXAMPLES) {
      const note = `sites in train and test: ${sites.slice(0, 8).join(", ")}${sites.length > 8 ? ", ..." : ""}`;
      examples.push({ fold: fold.fold, patient: null, slides: rows.slice(0, 3).map((r) => r.slide), note });
    }
  }
  const findings: Finding[] = [];
  if (touched.size > 0) {
    findings.push({
      kind: "site-overlap",
      severity: by === "site" ? "refuse" : "warn",
      column: "site",
      count: touched.size,
      share: shareOfTest(folds, (p, fold) => inFold.get(fold)?.has(p) === true),
      examples,
      effect:
        "A model may recognise the hospital instead of the disease; the number does not say how it does elsewhere",
      remedy: "split by site, or keep at least one site external",
    });
  }
  const notExternal = externalOverlap(folds, external);
  return notExternal === null ? findings : [...findings, notExternal];
}

function externalOverlap(folds: readonly AuditFold[], external: readonly CohortRow[]): Finding | null {
  const inside = new Set(
    folds.flatMap((f) =>
      [...f.parts.train, ...f.parts.tune, ...f.parts.test].map((r) => r.site).filter((s) => s !== null),
    ),
  );
  const rows = external.filter((r) => r.site !== null && inside.has(r.site));
  if (rows.length === 0) return null;
  const patients = patientsOf(rows);
  const sites = [...new Set(rows.map((r) => r.site))].join(", ");
  return {
    kind: "not-external",
    severity: "warn",
    column: "site",
    parts: ["external", "train"],
    count: patients.size,
    share: patients.size / patientsOf(external).size,
    examples: rows.slice(0, MAX_EXAMPLES).map((r) => ({
      fold: null,
      patient: r.patient,
      slides: [r.slide],
      note: `site ${r.site} is also inside the folds`,
    })),
    effect: `The external number rests on sites the model has seen (${sites})`,
    remedy: "call only sites external that no fold holds",
  };
}
