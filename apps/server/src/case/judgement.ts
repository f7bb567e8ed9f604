/**
 * What a run's scorecard says about its answers: triage thresholds learnt on the tune part, and how far its probabilities are to be
 * believed. A threshold that cannot keep its promise is withheld, and the words say why: rule-out means that nobody looks again.
 */
import { z } from "zod";
import type { Json, Tables } from "../store/tables.ts";

export type Judgement = Tables["run"]["judgement"] extends Json<infer T> ? T : never;

const estimate = z.looseObject({ value: z.number().nullable(), n: z.number(), reason: z.string().optional() });
const zoneSchema = z.looseObject({
  kind: z.string(),
  reason: z.string().optional(),
  thresholds: z
    .array(z.looseObject({ fold: z.number().nullable(), threshold: z.number(), reached: estimate }))
    .default([]),
  threshold: z.number().nullable().default(null),
  target: z.looseObject({ rate: z.enum(["sensitivity", "npv", "specificity", "ppv"]), least: z.number() }).optional(),
  verdict: z.string().default("open"),
  sentence: z.string().default(""),
  optimistic: z.boolean().default(false),
});
type Zone = z.infer<typeof zoneSchema>;

const partSchema = z.looseObject({
  n: z.number(),
  ece: z.looseObject({ ...estimate.shape, expectedIfCalibrated: z.number().nullish() }).nullish(),
  calibration: z.unknown().optional(),
  recalibration: z.looseObject({ refused: z.string().nullish() }).nullish(),
  triage: z.looseObject({ ruleOut: zoneSchema, ruleIn: zoneSchema.nullable() }).nullish().catch(null),
});
type Part = z.infer<typeof partSchema>;

const cardSchema = z.looseObject({
  task: z.looseObject({ kind: z.string(), positive: z.string().optional() }).optional(),
  internal: partSchema.nullish().catch(null),
  external: partSchema.nullish().catch(null),
});

/**
 * Reads scorecard.json as it was parsed. Never fails: what is not there, or not of that shape, is told as not known. The thresholds
 * are those of the external part where there is one; those of each fold stand in `folds` for patients of the test part.
 */
export function judgementOf(scorecard: unknown): Judgement {
  const card = cardSchema.safeParse(scorecard);
  if (!card.success) return NOT_JUDGED;
  const { task, internal, external } = card.data;
  const part = external != null && external.n > 0 ? external : internal;
  const positive = task?.positive ?? null;
  const kind = task?.kind ?? null;
  if (part == null) return { ...NOT_JUDGED, positive, task: kind };
  const where = part === external ? "external" : "internal";
  const ruleOut = usedZone(part.triage?.ruleOut ?? null, "rule-out");
  const ruleIn = usedZone(part.triage?.ruleIn ?? null, "rule-in");
  return {
    ruleOut: ruleOut.threshold,
    ruleIn: ruleIn.threshold,
    text: [ruleOut.text, ruleIn.text].join(" "),
    calibration: calibrationOf(kind, part, where),
    positive,
    task: kind,
    folds: foldsOf(internal ?? null),
    basis: { ruleOut: ruleOut.basis, ruleIn: ruleIn.basis },
  };
}

const NOT_JUDGED: Judgement = {
  ruleOut: null,
  ruleIn: null,
  text: "No thresholds: the run has no scorecard yet, so every case is left to a person.",
  calibration: "Calibration is not known: the run has no scorecard yet.",
  positive: null,
};

interface UsedZone {
  readonly threshold: number | null;
  /** For above the list. */
  readonly text: string;
  /** A clause for one case. */
  readonly basis: string;
}

/** The zone, or why it is not used. */
function usedZone(zone: Zone | null, side: "rule-out" | "rule-in"): UsedZone {
  if (zone === null)
    return { threshold: null, text: `No ${side}: none was asked for.`, basis: `no ${side} was asked for` };
  if (zone.kind !== "ready")
    return {
      threshold: null,
      text: `No ${side}: ${zone.reason ?? "undefined"}.`,
      basis: `no ${side}: ${zone.reason ?? "undefined"}`,
    };
  const n = zone.thresholds.map(({ reached }) => reached.n);
  const least = Math.min(...n);
  const said = zone.target === undefined ? "its target" : `${zone.target.rate} ${zone.target.least}`;
  const kind = side === "rule-out" ? "positive" : "negative";
  const withheld = whyWithheld(zone, least);
  if (withheld === null) {
    const basis = `promise: ${said}, learnt on ${least} ${kind} patients${n.length > 1 ? " a fold at least" : ""}`;
    return { threshold: zone.threshold, text: `${side}: ${zone.sentence}.`.replace(/^r/, "R"), basis };
  }
  const basis = `the ${side} threshold is not used: ${withheld}`;
  return {
    threshold: null,
    text: `The ${side} threshold is not used: ${withheld}. What was measured: ${zone.sentence}.`,
    basis,
  };
}

/** A rule-out that the test part refuted, that was judged on its own patients, or that rests on too few, must not send cases to the end. */
function whyWithheld(zone: Zone, n: number): string | null {
  const { target } = zone;
  if (zone.optimistic) return "it was chosen and judged on the same patients";
  if (zone.verdict === "missed") return `the test patients missed its target of ${target?.rate} ${target?.least}`;
  if (target === undefined || target.rate === "npv" || target.rate === "ppv" || target.least >= 1) return null;
  // Of n patients none below the lowest: the next one lies above it with chance n / (n + 1).
  const needed = Math.ceil(target.least / (1 - target.least) - 1e-9);
  if (n >= needed) return null;
  const kind = target.rate === "sensitivity" ? "positive" : "negative";
  return `it rests on ${n} ${kind} tune patients, and a ${target.rate} of ${target.least} takes at least ${needed}`;
}

function foldsOf(internal: Part | null): NonNullable<Judgement["folds"]> {
  const zones = [internal?.triage?.ruleOut ?? null, internal?.triage?.ruleIn ?? null] as const;
  const [out, into] = [usable(zones[0], "rule-out"), usable(zones[1], "rule-in")];
  const folds = new Set(zones.flatMap((z) => z?.thresholds.map(({ fold }) => fold) ?? []));
  return [...folds].map((fold) => ({ fold, ruleOut: out.get(fold) ?? null, ruleIn: into.get(fold) ?? null }));
}

function usable(zone: Zone | null, side: "rule-out" | "rule-in"): Map<number | null, number> {
  if (zone?.kind !== "ready" || usedZone(zone, side).basis.includes("not used")) return new Map();
  return new Map(zone.thresholds.map(({ fold, threshold }) => [fold, threshold]));
}

function calibrationOf(kind: string | null, part: Part, where: "external" | "internal"): string {
  if (kind === "survive") return "A risk orders patients; it is not the probability of an event.";
  if (kind === "regress") return "A predicted number is no probability; its error stands in the scorecard.";
  const { ece, recalibration } = part;
  const patients = `${part.n} ${where} patients${where === "internal" ? ", each judged by a model that had not seen them" : " of sites the model had not seen"}`;
  if (ece?.value == null)
    return `Calibration was not measured on the ${patients}; take the number as an order, not as a chance.`;
  const chance = ece.expectedIfCalibrated;
  const beside = chance == null ? "" : `; by chance alone it would be ${chance.toFixed(3)}`;
  const again =
    recalibration == null
      ? "Not recalibrated"
      : recalibration.refused == null
        ? "As it was fitted"
        : `Not recalibrated: ${recalibration.refused}`;
  return `Calibration: on ${patients}, what it said and what was found lay ${ece.value.toFixed(3)} apart on average${beside}. ${again}.`;
}
