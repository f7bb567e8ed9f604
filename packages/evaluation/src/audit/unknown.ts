/** What a split cannot tell because somebody in it is not known: slides without a patient, ids that the cohort lacks. */
import type { SlideId } from "@nacre/core";
import { type AuditContext, type AuditFold, BIT, type Finding, shareOfTest } from "./finding.ts";

/**
 * The share of a fold's test patients that training has seen. null without test patients, and where none was found although
 * training or test holds nobody whose patient is known: that is not a share of 0.
 */
export function leakedShare(context: AuditContext, fold: AuditFold): number | null {
  const { index, patientsUnknown } = context;
  const share = shareOfTest({ folds: [fold], index }, (_p, _fold, bits) => (bits & BIT.train) !== 0);
  if (share !== 0 || patientsUnknown.size === 0) return share;
  const isBlind = (part: "train" | "test"): boolean =>
    fold.parts[part].length > 0 && fold.parts[part].every((r) => patientsUnknown.has(r.slide));
  return isBlind("train") || isBlind("test") ? null : share;
}

/** Why a leak between patients cannot be ruled out; null where every patient of the split is known. */
export function whyBlind({ folds, external, patientsUnknown }: AuditContext): string | null {
  if (patientsUnknown.size === 0) return null;
  const all = new Set([...folds.flatMap((f) => Object.values(f.parts).flat()), ...external].map((r) => r.slide));
  const blind = [...all].filter((slide) => patientsUnknown.has(slide)).length;
  if (blind === 0) return null;
  return blind === all.size
    ? "who the patients are is not known, so each slide counts as a patient of its own"
    : `the patients of ${blind} of ${all.size} slides in the split are not known, and a leak through them would not be seen`;
}

/** Slides that only the split files know. */
export function unknownSlides(context: AuditContext, strangers: readonly SlideId[]): Finding[] {
  if (strangers.length === 0) return [];
  const strange = new Set(strangers);
  const patients = new Set(context.cohort.filter((r) => strange.has(r.slide)).map((r) => r.patient as string));
  const blind = strangers.filter((s) => context.patientsUnknown.has(s)).length;
  return [
    {
      kind: "unknown-slide",
      severity: "warn",
      count: strange.size,
      share: shareOfTest(context, (p) => patients.has(p)),
      examples: strangers.slice(0, context.examples).map((slide) => ({
        fold: null,
        patient: null,
        slides: [slide],
        note: `${slide} is in the split and in no row of the cohort`,
      })),
      effect: `Their labels are not known${blind === 0 ? "" : `, and of ${blind} not even the patient: a leak through them would not be seen`}`,
      remedy: "give the cohort that was divided, or correct the ids",
    },
  ];
}
