/** Patients and slides that are in two parts at once, and sites that training and test share. */
import type { CohortRow, Role } from "@nacre/core";
import {
  type AuditContext,
  type AuditFold,
  BIT,
  type Example,
  type Finding,
  patientsOf,
  rolesOf,
  shareOfTest,
} from "./finding.ts";

/**
 * One finding for patients in train and test, whose share is the one to quote; one for patients of the tune part in another
 * part; one for external patients that a fold has seen.
 */
export function patientLeaks(context: AuditContext): Finding[] {
  const outside = patientsOf(context.external);
  const has = (bits: number, ...parts: readonly ("train" | "tune" | "test")[]): boolean =>
    parts.every((p) => (bits & BIT[p]) !== 0);
  const findings = [
    leakBetween(context, ["train", "test"], (bits) => has(bits, "test", "train")),
    leakBetween(context, ["tune", "test", "train"], (bits) => has(bits, "test", "tune") || has(bits, "tune", "train")),
    leakBetween(context, ["external", "train"], (_, patient) => outside.has(patient)),
  ];
  return findings.filter((f) => f !== null);
}

function leakBetween(
  context: AuditContext,
  parts: readonly Role[],
  isLeaked: (bits: number, patient: string) => boolean,
): Finding | null {
  const { folds, index, external, examples: most } = context;
  const leaked = new Map<string, AuditFold>();
  for (const fold of folds) {
    fold.patientBits.forEach((bits, p) => {
      const patient = index.patients[p] as string;
      if (bits !== 0 && isLeaked(bits, patient) && !leaked.has(patient)) leaked.set(patient, fold);
    });
  }
  if (leaked.size === 0) return null;
  const isOutside = parts[0] === "external";
  return {
    kind: "patient-leak",
    severity: "refuse",
    parts,
    count: leaked.size,
    share: isOutside
      ? leaked.size / Math.max(1, patientsOf(external).size)
      : shareOfTest(context, (p, _fold, bits) => isLeaked(bits, p)),
    examples: leakExamples([...leaked].slice(0, most), external),
    effect: "The model is asked about people it has learned by heart, so the reported number is too high",
    remedy: "keep all slides of a patient in one part: split by patient or by site",
  };
}

/** Each patient with its slides in the fold where it leaks first. One pass over the rows of a fold, however many patients. */
function leakExamples(leaked: readonly (readonly [string, AuditFold])[], external: readonly CohortRow[]): Example[] {
  const placed = new Map(leaked.map(([patient]) => [patient, [] as { part: string; slide: string }[]]));
  const first = new Map(leaked);
  for (const fold of new Set(first.values())) {
    for (const [part, rows] of [...Object.entries(fold.parts), ["external", external] as const]) {
      for (const { patient, slide } of rows) {
        if (first.get(patient) === fold) placed.get(patient)?.push({ part, slide });
      }
    }
  }
  return leaked.map(([patient, fold]) => {
    const places = placed.get(patient) ?? [];
    return {
      fold: fold.fold,
      patient,
      slides: places.map((p) => p.slide),
      note: places.map((p) => `${p.slide} in ${p.part}`).join("; "),
    };
  });
}

/** Slides in two parts of one fold, or in a fold and in the external part. */
export function roleOverlaps(context: AuditContext): Finding[] {
  const { folds, external, examples: most } = context;
  const slides = new Set<string>();
  const examples: Example[] = [];
  const touched = new Map<AuditFold, Set<string>>();
  const outside = new Set(external.map((r) => r.slide));
  for (const fold of folds) {
    const here = new Set<string>();
    touched.set(fold, here);
    if (!fold.isOverlapping && outside.size === 0) continue;
    const doubles = (row: CohortRow): boolean => severalParts(context, fold, row, outside) !== 0;
    for (const row of Object.values(fold.parts).flatMap((rows) => rows.filter(doubles))) {
      const bits = severalParts(context, fold, row, outside);
      here.add(row.patient);
      if (!slides.has(row.slide) && examples.length < most) {
        const note = `in ${rolesOf(bits).join(" and ")}`;
        examples.push({ fold: fold.fold, patient: row.patient, slides: [row.slide], note });
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
      share: shareOfTest(context, (p, fold) => touched.get(fold)?.has(p) === true),
      examples,
      effect: "The same glass is learned from and reported on, so the number says nothing about new patients",
      remedy: "give each slide one part in a fold",
    },
  ];
}

/** Bits of the parts that hold a slide where they are two or more, else 0. */
function severalParts(
  { index }: AuditContext,
  fold: AuditFold,
  { slide }: CohortRow,
  outside: ReadonlySet<string>,
): number {
  const bits = (fold.slideBits[index.rowOf.get(slide) ?? -1] ?? 0) | (outside.has(slide) ? BIT.external : 0);
  return (bits & (bits - 1)) === 0 ? 0 : bits;
}

/** Test patients whose site the training part has seen, and external patients whose site a fold has seen. */
export function siteOverlaps(context: AuditContext): Finding[] {
  const { folds, external, by, examples: most } = context;
  const touched = new Set<string>();
  const examples: Example[] = [];
  const inFold = new Map<AuditFold, Set<string>>();
  for (const fold of folds) {
    const seen = sitesOf(fold.parts.train, fold.parts.tune);
    const rows = fold.parts.test.filter((r) => r.site !== null && seen.has(r.site));
    const here = patientsOf(rows);
    inFold.set(fold, here);
    for (const p of here) touched.add(p);
    const sites = [...sitesOf(rows)].sort();
    if (sites.length > 0 && examples.length < most) {
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
      share: shareOfTest(context, (p, fold) => inFold.get(fold)?.has(p) === true),
      examples,
      effect:
        "A model may recognise the hospital instead of the disease; the number does not say how it does elsewhere",
      remedy: "split by site, or keep at least one site external",
    });
  }
  const notExternal = externalOverlap(folds, external, most);
  return notExternal === null ? findings : [...findings, notExternal];
}

function sitesOf(...parts: readonly (readonly CohortRow[])[]): Set<string> {
  const sites = new Set<string>();
  for (const rows of parts) for (const { site } of rows) if (site !== null) sites.add(site);
  return sites;
}

function externalOverlap(folds: readonly AuditFold[], external: readonly CohortRow[], most: number): Finding | null {
  if (external.length === 0) return null;
  const inside = sitesOf(...folds.flatMap((f) => Object.values(f.parts)));
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
    examples: rows.slice(0, most).map((r) => ({
      fold: null,
      patient: r.patient,
      slides: [r.slide],
      note: `site ${r.site} is also inside the folds`,
    })),
    effect: `The external number rests on sites the model has seen (${sites})`,
    remedy: "call only sites external that no fold holds",
  };
}
