/**
 * What one bag is: a slide, a case or a patient. A bag of several slides is their tiles one after the other.
 * Every bag belongs to one patient, since a case belongs to one patient.
 */
import { type CohortRow, fail, groupBy, type Outcome, ok, type SlideId } from "@nacre/core";
import type { Extracted, SlideState } from "../extract/slide-state.ts";
import type { Answer, RowAnswer } from "../study/question/question.ts";

export interface BagMember {
  readonly slide: SlideId;
  readonly extracted: Extracted;
}

export interface BagEntry {
  /** Id of the slide, case or patient. */
  readonly id: string;
  readonly row: CohortRow;
  /** The answer as text. */
  readonly label: string;
  /** The answer as heads take it. */
  readonly answer: Answer;
  /** Numbers known of the bag beside its tiles; empty where the study names no covariates. */
  readonly covariates: readonly number[];
  readonly members: readonly BagMember[];
}

export interface ListBagsOptions {
  readonly unit: "slide" | "case" | "patient";
  /** Of every labelled slide. */
  readonly answers: ReadonlyMap<SlideId, RowAnswer>;
  /** The numbers of a row, the same for all slides of a bag. */
  readonly covariates: (row: CohortRow) => readonly number[];
}

/**
 * The bags of the slides that are ready, in the order of the cohort. Slides of one bag whose labels differ are split
 * into one bag a label, which the audit then reports as conflicting.
 * Failures: bad-value, where the slides of a bag differ in a covariate.
 */
export function listBags(
  states: readonly SlideState[],
  { unit, answers, covariates }: ListBagsOptions,
): Outcome<BagEntry[]> {
  const ready = states.filter((s) => s.state === "ready" && s.extracted !== null && s.row.label !== null);
  const unitOf = ({ row }: SlideState): string =>
    unit === "slide" ? row.slide : unit === "case" ? `${row.patient}/${row.case}` : row.patient;
  const bags: BagEntry[] = [];
  for (const group of groupBy(ready, (s) => `${unitOf(s)}\u0000${s.row.label}`).values()) {
    const first = group[0] as SlideState;
    const numbers = covariates(first.row);
    const other = group.find((s) => covariates(s.row).some((value, c) => value !== numbers[c]));
    if (other !== undefined) return differingCovariates(unit, first.row, other.row);
    bags.push({
      id: group.map((s) => s.row.slide).join(";"),
      row: first.row,
      label: first.row.label as string,
      answer: (answers.get(first.row.slide) as RowAnswer).answer,
      covariates: numbers,
      members: group.map((s) => ({ slide: s.row.slide, extracted: s.extracted as Extracted })),
    });
  }
  return ok(bags);
}

function differingCovariates(unit: string, one: CohortRow, other: CohortRow): Outcome<never> {
  return fail("bad-value", {
    expected: `covariates that are the same for all slides of a ${unit}`,
    received: `others for ${one.slide} than for ${other.slide} of patient ${one.patient}`,
    remedy: "correct the cohort, or make each slide a bag with bag: slide",
  });
}

/** The bags all of whose slides are among the wanted ones. */
export function bagsOf(bags: readonly BagEntry[], wanted: readonly SlideId[]): BagEntry[] {
  const set = new Set<string>(wanted);
  return bags.filter((b) => b.members.every((m) => set.has(m.slide)));
}
