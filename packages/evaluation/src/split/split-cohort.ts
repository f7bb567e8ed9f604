/**
 * Divides a cohort so that the reported number can be believed: external sites are taken out first, patients (and, when
 * asked, sites) stay whole, and the tune part is cut out of the training patients of each fold, never out of the test part.
 * The tune part is cut by patient, stratified by label, also where the folds are made of sites.
 */
import { type ClassifyTask, type CohortRow, type Fold, fail, type Outcome, ok, type Split } from "@nacre/core";
import { counted } from "../cohort/table.ts";
import { cutShare, dealPatients } from "./by-patient.ts";
import { divideSites, type SiteImbalance, siteGroups } from "./by-site.ts";
import { divideTime } from "./by-time.ts";
import { labelCounts, type Person, peopleOf, slidesOf, type UnusedSlide } from "./person.ts";
import { countParts, type SplitReport } from "./report.ts";

export interface SplitOptions {
  readonly task: ClassifyTask;
  readonly by: "patient" | "site" | "time";
  /** Number of folds; 1 tests a single part of `testShare`. */
  readonly folds: number;
  /** Sites no fold may see. */
  readonly external?: readonly string[];
  /** Share of each fold's training patients that stops the fit; 0 for none. */
  readonly tune: number;
  readonly seed: number;
  /** Share of the patients in the test part, for one fold and for splits by time (default 0.2, or 1 / (folds + 1) if less). */
  readonly testShare?: number;
  /** Column that orders a split by time, ISO 8601. */
  readonly dateColumn?: string;
}

/** The parts of one fold before the tune part is cut. */
interface Division {
  readonly folds: readonly { readonly train: readonly Person[]; readonly test: readonly Person[] }[];
  readonly imbalance: SiteImbalance | null;
  readonly notes: readonly string[];
}

/**
 * The split and its report. Slides without a usable label are in no part.
 * Failures: `bad-study` (more folds than patients or sites, an unknown external site), `bad-value` (a site or date missing),
 * `unlabelled`, `one-class` (a part that cannot hold two classes).
 * @throws RangeError for folds below 1 or shares outside [0, 1)
 */
export function splitCohort(
  cohort: readonly CohortRow[],
  options: SplitOptions,
): Outcome<{ split: Split; report: SplitReport }> {
  checkOptions(options);
  const { task, seed } = options;
  const { people, unused } = peopleOf(cohort, task.classes);
  if (people.length === 0) return nobody(cohort.length, task);
  const outside = takeExternal(people, options.external ?? []);
  if (!outside.ok) return outside;
  const { inside, external, dropped } = outside.value;
  const division = divide(inside, options);
  if (!division.ok) return division;
  const folds: Fold[] = [];
  for (const [fold, { train, test }] of division.value.folds.entries()) {
    const { taken: tune, rest } = cutShare(train, options.tune, seed, "tune", fold);
    const problem = lackingClass({ train: rest, tune: options.tune > 0 ? tune : null, test }, task, options, fold);
    if (problem !== null) return problem;
    folds.push({ fold, train: slidesOf(rest), tune: slidesOf(tune), test: slidesOf(test) });
  }
  const split: Split = { by: options.by, folds, external: slidesOf(external) };
  const parts = countParts(split, cohort, task, options.dateColumn);
  const { imbalance, notes } = division.value;
  return ok({ split, report: { parts, unused: [...unused, ...dropped], imbalance, notes } });
}

function checkOptions({ folds, tune, testShare = 0.2 }: SplitOptions): void {
  if (!(Number.isInteger(folds) && folds >= 1)) throw new RangeError(`expected one fold or more, received ${folds}`);
  if (!(tune >= 0 && tune < 1)) throw new RangeError(`expected a tune share from 0 to below 1, received ${tune}`);
  if (!(testShare > 0 && testShare < 1))
    throw new RangeError(`expected a test share between 0 and 1, received ${testShare}`);
}

/** Parts the people of external sites from the others. A person seen at both is external, and the other slides are not used. */
function takeExternal(
  people: readonly Person[],
  names: readonly string[],
): Outcome<{ inside: Person[]; external: Person[]; dropped: UnusedSlide[] }> {
  const wanted = new Set(names);
  const sites = [...new Set(people.flatMap((p) => p.sites))].sort();
  const unknown = names.find((n) => !sites.includes(n));
  if (unknown !== undefined) {
    return fail("bad-study", {
      expected: `external sites out of ${sites.length === 0 ? "none: the cohort has no site column" : sites.join(", ")}`,
      received: unknown,
      remedy: "correct the name under split: external:, or leave it out",
    });
  }
  const inside = people.filter((p) => !p.sites.some((s) => wanted.has(s)));
  const dropped: UnusedSlide[] = [];
  const external = people.filter((p) => p.sites.some((s) => wanted.has(s)));
  const trimmed = external.map((p) => {
    const rows = p.rows.filter((r) => r.site !== null && wanted.has(r.site));
    for (const r of p.rows.filter((r) => !rows.includes(r))) {
      dropped.push({ slide: r.slide, reason: `patient ${p.id} is external through another slide` });
    }
    return { ...p, rows };
  });
  return ok({ inside, external: trimmed, dropped });
}

function divide(people: readonly Person[], options: SplitOptions): Outcome<Division> {
  if (options.by === "site") return bySite(people, options);
  if (options.by === "time") return byTime(people, options);
  const { folds, seed, testShare = 0.2 } = options;
  if (people.length < folds) return tooFewPeople(people.length, folds);
  const parts = folds === 1 ? [cutShare(people, testShare, seed, "test").taken] : dealPatients(people, folds, seed);
  return ok({ folds: parts.map((test) => withTrain(people, test)), imbalance: null, notes: [] });
}

function bySite(people: readonly Person[], { folds, task, seed, testShare = 0.2 }: SplitOptions): Outcome<Division> {
  const available = siteGroups(people).length;
  const made = folds === 1 ? Math.max(2, Math.min(available, Math.round(1 / testShare))) : folds;
  const division = divideSites(people, task.classes.length, made, seed);
  if (!division.ok) return division;
  const { parts, imbalance, joined } = division.value;
  const notes = joined.map((sites) => `sites ${sites.join(", ")} are kept together: they share a patient`);
  return ok({ folds: parts.slice(0, folds).map((test) => withTrain(people, test)), imbalance, notes });
}

function byTime(people: readonly Person[], { folds, testShare, dateColumn = "date" }: SplitOptions): Outcome<Division> {
  const share = testShare ?? Math.min(0.2, 1 / (folds + 1));
  const division = divideTime(people, { folds, share, column: dateColumn });
  if (!division.ok) return division;
  const notes = division.value.flatMap(({ straddling }, fold) =>
    straddling.length === 0
      ? []
      : [`fold ${fold}: ${counted(straddling.length, "patient")} with slides on both sides of its date left out`],
  );
  return ok({ folds: division.value, imbalance: null, notes });
}

function withTrain(people: readonly Person[], test: readonly Person[]): { train: Person[]; test: readonly Person[] } {
  const held = new Set(test);
  return { train: people.filter((p) => !held.has(p)), test };
}

/** Train must hold every class that the inside patients have; tune and test at least two. */
function lackingClass(
  parts: { train: readonly Person[]; tune: readonly Person[] | null; test: readonly Person[] },
  task: ClassifyTask,
  options: SplitOptions,
  fold: number,
): Outcome<never> | null {
  for (const [name, people] of Object.entries(parts)) {
    if (people === null) continue;
    const counts = labelCounts(people, task.classes);
    const needed = name === "train" ? task.classes.length : 2;
    if (counts.filter((n) => n > 0).length >= needed) continue;
    const held = task.classes.map((c, i) => `${counts[i]} ${c}`).join(", ");
    return fail("one-class", {
      expected: `${needed === 2 ? "two classes" : "every class"} in the ${name} part of fold ${fold}`,
      received: `patients: ${held}`,
      remedy:
        options.folds > 2 || options.by === "site"
          ? "use fewer folds, split by patient, or add patients of the missing class"
          : "add patients of the missing class, or give the tune or test part another share",
    });
  }
  return null;
}

function nobody(slides: number, task: ClassifyTask): Outcome<never> {
  return fail("unlabelled", {
    expected: `slides with a label out of ${task.classes.join(", ")} in column ${task.label}`,
    received: `${counted(slides, "slide")}, none with such a label`,
    remedy: "check the label column and the classes of the study file",
  });
}

function tooFewPeople(people: number, folds: number): Outcome<never> {
  return fail("bad-study", {
    expected: `at most ${counted(people, "fold")}, since a patient is never divided`,
    received: `folds: ${folds}`,
    remedy: `set folds to ${Math.max(1, people)} or fewer`,
  });
}
