/**
 * What one bag is: a slide, a case or a patient. A bag of several slides is their tiles one after the other.
 * Every bag belongs to one patient, since a case belongs to one patient.
 */
import { type CohortRow, groupBy, type SlideId } from "@nacre/core";
import type { Extracted, SlideState } from "../extract/slide-state.ts";

export interface BagMember {
  readonly slide: SlideId;
  readonly extracted: Extracted;
}

export interface BagEntry {
  /** Id of the slide, case or patient. */
  readonly id: string;
  readonly row: CohortRow;
  readonly label: string;
  readonly members: readonly BagMember[];
}

/**
 * The bags of the slides that are ready, in the order of the cohort. Slides of one bag whose labels differ are split
 * into one bag a label, which the audit then reports as conflicting.
 */
export function listBags(states: readonly SlideState[], unit: "slide" | "case" | "patient"): BagEntry[] {
  const ready = states.filter((s) => s.state === "ready" && s.extracted !== null && s.row.label !== null);
  const unitOf = ({ row }: SlideState): string =>
    unit === "slide" ? row.slide : unit === "case" ? `${row.patient}/${row.case}` : row.patient;
  const groups = groupBy(ready, (s) => `${unitOf(s)}\u0000${s.row.label}`);
  return [...groups.values()].map((group) => {
    const first = group[0] as SlideState;
    return {
      id: group.map((s) => s.row.slide).join(";"),
      row: first.row,
      label: first.row.label as string,
      members: group.map((s) => ({ slide: s.row.slide, extracted: s.extracted as Extracted })),
    };
  });
}

/** The bags all of whose slides are among the wanted ones. */
export function bagsOf(bags: readonly BagEntry[], wanted: readonly SlideId[]): BagEntry[] {
  const set = new Set<string>(wanted);
  return bags.filter((b) => b.members.every((m) => set.has(m.slide)));
}
