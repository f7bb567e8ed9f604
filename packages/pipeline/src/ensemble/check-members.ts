/**
 * Whether runs can answer together: one task, the same patients in the same test parts. The models of one fold become one model, and
 * that may be judged on nobody whom any of them was fitted on.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import { labelText, type Member, type MemberRow } from "./read-member.ts";

/** Failures: bad-usage (fewer than two runs, other tasks, other patients), refused (a test patient fitted on), conflicting-label. */
export function checkMembers(members: readonly Member[]): Outcome<null> {
  const [first, ...others] = members;
  if (first === undefined || others.length === 0) {
    return fail("bad-usage", {
      expected: "two runs or more",
      received: String(members.length),
      remedy: "name the folders of finished runs of one cohort",
    });
  }
  for (const [i, { run }] of members.entries()) {
    if (members.findIndex((m) => m.run === run) === i) continue;
    return fail("bad-usage", { expected: "each run once", received: `${run} twice`, remedy: "name another run" });
  }
  for (const other of others) {
    const problem = otherTask(first, other) ?? otherPatients(first, other) ?? otherPatients(other, first);
    if (problem !== null) return problem;
    const conflict = otherLabel(first, other);
    if (conflict !== null) return conflict;
  }
  return ok(null);
}

function taskText({ task, answer }: Member): string {
  const names = task.kind === "survive" ? `${task.time} and ${task.event}` : [...answer].sort().join(", ");
  return `${task.kind}: ${"label" in task ? `${task.label}, ` : ""}${names}`;
}

function otherTask(a: Member, b: Member): Outcome<never> | null {
  if (taskText(a) === taskText(b)) return null;
  return fail("bad-usage", {
    expected: `runs of one task, as ${a.run} (${taskText(a)})`,
    received: `${b.run} (${taskText(b)})`,
    remedy: "join runs that were asked the same question",
  });
}

/** The name under which a run answers of a bag. */
export function keyOf({ part, fold, slide }: Pick<MemberRow, "part" | "fold" | "slide">): string {
  return `${part}\u0000${fold}\u0000${slide}`;
}

/** What is wrong where `b` does not answer of a bag of which `a` does. */
function otherPatients(a: Member, b: Member): Outcome<never> | null {
  const answered = new Set(b.rows.map(keyOf));
  const lacking = a.rows.find((row) => !answered.has(keyOf(row)));
  if (lacking === undefined) return null;
  const { patient, slide, fold } = lacking;
  const own = placeText(lacking.part, fold);
  const place = placeIn(b, lacking);
  if (place === null) {
    return fail("bad-usage", {
      expected: `runs of the same patients: ${patient} (${slide}) is in the ${own} of ${a.run}`,
      received: `no answer of that slide in ${b.run}`,
      remedy: "see slides.csv of both runs; leave slides out of the cohort that one of them could not use",
    });
  }
  return fail("refused", {
    expected: `patient ${patient} in the ${own} of every run, as in ${a.run}`,
    received: `${b.run} has the patient in its ${place}: the ensemble would be judged on a patient it was fitted on`,
    remedy: "fit the runs on one split: by: file with the same splits: in every study, or the same split and seed",
  });
}

function placeText(part: string, fold: string): string {
  return part === "external" ? "external part" : `${part} part of fold ${fold}`;
}

/** The part of a run that holds a patient, seen from one of its folds; null where the run does not know the patient. */
function placeIn({ rows, tune, used }: Member, { patient, fold, part, slide }: MemberRow): string | null {
  const own = rows.filter((row) => row.patient === patient);
  if (own.some((row) => row.part === "external")) return part === "external" ? null : "external part";
  const inFold = [...own, ...tune.filter((row) => row.patient === patient)].find((row) => row.fold === fold);
  // The same part, and yet no answer of this slide: the bags differ.
  if (inFold?.part === part && inFold.slide !== slide) return null;
  if (inFold !== undefined) return placeText(inFold.part, fold);
  if (part === "external" && own[0] !== undefined) return placeText(own[0].part, own[0].fold);
  return used.has(patient) ? `train part of fold ${fold || "0"}` : null;
}

function otherLabel(a: Member, b: Member): Outcome<never> | null {
  const labels = new Map(b.rows.map((row) => [keyOf(row), labelText(row)]));
  const row = a.rows.find((r) => labels.get(keyOf(r)) !== labelText(r));
  if (row === undefined) return null;
  return fail("conflicting-label", {
    expected: `one label for each bag: \`${labelText(row)}\` for ${row.slide} in ${a.run}`,
    received: `\`${labels.get(keyOf(row))}\` in ${b.run}`,
    remedy: "correct the cohorts and run again",
  });
}
