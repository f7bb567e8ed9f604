/**
 * Whether a fit begins with weights that have seen whom it will report: the card beside a file of pretrained weights lists what it was
 * learned from. Weights learned with answers (`profiles`) carry the answer over, which stops a run; weights learned without any are told.
 */
import type { Fold, PatientId, SlideId } from "@nacre/core";
import type { Finding, SkippedCheck } from "@nacre/evaluation";
import { readPretrainCard } from "../pretrain/pretrain-card.ts";
import type { Cohort } from "../study/read-cohort.ts";
import type { SettledStudy } from "../study/settle-study.ts";
import type { Division } from "./divide-cohort.ts";

const MAX_EXAMPLES = 5;

export interface PretrainingLeak {
  readonly findings: readonly Finding[];
  readonly skipped: readonly SkippedCheck[];
}

const NOTHING: PretrainingLeak = { findings: [], skipped: [] };

/** What the card of `fit.from` tells of the patients that are reported. */
export function pretrainingLeak(
  { fit: { from } }: SettledStudy,
  cohort: Cohort,
  { audited: { split } }: Division,
): PretrainingLeak {
  if (from === null) return NOTHING;
  const card = readPretrainCard(from);
  if (card === null) {
    const reason = "what the first weights were learned from is not known: no card lies beside them";
    return { findings: [], skipped: [{ check: "patient-leak", reason }] };
  }
  const seen = new Set(card.bags);
  const isSeen = (patient: PatientId, slide: SlideId): boolean => seen.has(patient) || seen.has(slide);
  const patientOf = new Map(cohort.rows.map((r) => [r.slide, r.patient]));
  const known = new Set(cohort.rows.filter((r) => isSeen(r.patient, r.slide)).map((r) => r.patient));
  const reported = (slides: readonly SlideId[]): Set<PatientId> =>
    new Set(slides.flatMap((slide) => patientOf.get(slide) ?? []));
  const parts = split.folds.map((fold: Fold) => reported([...fold.test, ...split.external]));
  const all = new Set(parts.flatMap((part) => [...part]));
  const leaked = [...all].filter((patient) => known.has(patient));
  if (leaked.length === 0) return NOTHING;
  const shares = parts.flatMap((part) =>
    part.size === 0 ? [] : [[...part].filter((p) => known.has(p)).length / part.size],
  );
  const hasAnswers = card.method === "profiles";
  const finding: Finding = {
    kind: "patient-leak",
    severity: hasAnswers ? "refuse" : "warn",
    count: leaked.length,
    share: shares.length === 0 ? null : shares.reduce((a, b) => a + b, 0) / shares.length,
    examples: leaked.slice(0, MAX_EXAMPLES).map((patient) => ({
      fold: null,
      patient,
      slides: cohort.rows.filter((r) => r.patient === patient).map((r) => r.slide),
      note: `the first weights were learned from this patient (${card.method})`,
    })),
    effect: hasAnswers
      ? "the first weights were fitted to what is known of these patients, so their test is none"
      : "the first weights have seen these patients, without any answer: elsewhere the model may do less well",
    remedy: "pretrain on patients that are in no test or external part (nacre pretrain --only)",
  };
  return { findings: [finding], skipped: [] };
}
