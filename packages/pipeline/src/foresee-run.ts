/**
 * What the tables alone tell of a run before it begins: the study settled, what will be read, and how patients are divided. Most mistakes show
 * here, within a second, where a run would end on them after its first minutes. No slide is opened and no encoder is run.
 */
import { existsSync } from "node:fs";
import { attempt, type CohortRow, mpp, type Outcome, raise, unwrap } from "@nacre/core";
import { checkTiles } from "@nacre/features";
import { findEncoder } from "@nacre/features/node";
import { locateFeatures, locateSlide } from "./extract/locate.ts";
import { type Division, divideCohort } from "./judge/divide-cohort.ts";
import { refuseConflicts } from "./judge/refuse-conflicts.ts";
import { counted } from "./report/number-text.ts";
import { checkModel } from "./study/choose-model.ts";
import { codeCovariates } from "./study/covariates.ts";
import { type Cohort, cellOf, groupedRows, readCohort } from "./study/read-cohort.ts";
import type { Study } from "./study/read-study.ts";
import { type SettledStudy, settleStudy, studyYaml } from "./study/settle-study.ts";

export interface ForeseenRun {
  /** The study as it would be run, a study file's text with paths relative to a folder where they lie below it. */
  readonly text: string;
  /** A sentence each, for people: slides and patients, what is not there, how patients are divided. */
  readonly says: readonly string[];
}

export interface ForeseeOptions {
  /** Whether slides may be named, as examples. Default true. */
  readonly names?: boolean;
}

/** Failures: of the cohort, the encoder, the division, and `nothing-usable` where no file of the cohort is there. */
export function foreseeRun(
  study: Study,
  folder: string,
  { names = true }: ForeseeOptions = {},
): Promise<Outcome<ForeseenRun>> {
  return attempt(async () => {
    const cohort = unwrap(readCohort(study));
    unwrap(checkModel(study, cohort.question));
    if (study.slides !== undefined) {
      const { info } = unwrap(await findEncoder(study.encoder));
      unwrap(checkTiles(info, { size: study.tiles.size, mpp: mpp(study.tiles.mpp) }));
    }
    const settled = settleStudy(study, cohort);
    const labelled = cohort.rows.filter((row) => row.label !== null);
    const division = unwrap(divideCohort(groupedRows(labelled, cohort), settled, cohort));
    refuseConflicts(labelled, cohort);
    unwrap(codeCovariates(study.covariates, labelled, division.split, cellOf));
    const says = [
      whoText(labelled, cohort),
      ...filesText(study, cohort.rows, names),
      divisionText(settled, division),
      ...sitesText(settled, labelled),
    ];
    return { text: studyYaml(settled, folder), says };
  });
}

const NAMED = 3;

function whoText(labelled: readonly CohortRow[], { rows, question, task }: Cohort): string {
  const patientsOf = (label?: string): number =>
    new Set(labelled.flatMap((row) => (label === undefined || row.label === label ? [row.patient] : []))).size;
  const classes =
    question.kind === "classify" ? `: ${task.classes.map((label) => `${patientsOf(label)} ${label}`).join(", ")}` : "";
  const without = rows.length - labelled.length;
  return `${counted(labelled.length, "slide")} of ${counted(patientsOf(), "patient")}${classes}.${
    without === 0 ? "" : ` ${counted(without, "slide")} without a label will not be used.`
  }`;
}

/** What of the cohort is not there. @throws FailureError nothing-usable */
function filesText({ slides, features }: Study, rows: readonly CohortRow[], names: boolean): string[] {
  const isThere = (row: CohortRow): boolean => {
    const place = slides === undefined ? locateFeatures(features ?? "", row) : locateSlide(slides, row);
    return place.ok && existsSync(place.value);
  };
  const missing = rows.filter((row) => !isThere(row)).map(({ path }) => path);
  if (missing.length === 0) return [];
  const [what, key] = slides === undefined ? ["feature files", "features"] : ["slides", "slides"];
  if (missing.length === rows.length)
    raise("nothing-usable", {
      expected: `${what} of the cohort in the folder that ${key}: names`,
      received: `none of ${rows.length}${names ? `, for example no ${missing[0]}` : ""}`,
      remedy: `check ${key}: of the study and the slide column of the cohort`,
    });
  const some = `${missing.slice(0, NAMED).join(", ")}${missing.length > NAMED ? ", …" : ""}`;
  return [
    `${missing.length} of ${rows.length} ${what} are not there and will be listed as failed${names ? `: ${some}` : ""}.`,
  ];
}

function divisionText({ split }: SettledStudy, { report }: Division): string {
  const of = (part: string): number[] =>
    report.parts.flatMap(({ part: own, patients }) => (own === part ? [patients] : []));
  const tests = of("test");
  const [least, most] = [Math.min(...tests), Math.max(...tests)];
  const each = least === most ? `${least}` : `${least} to ${most}`;
  const by = split.by === "file" ? "by the split files" : `by ${split.by}`;
  const [external] = of("external");
  return `Divided ${by} into ${counted(tests.length, "fold")}, ${each} patients to test in each; ${
    external === undefined
      ? "no hospital is kept external"
      : `external: ${split.external.join(", ")} (${counted(external, "patient")})`
  }.`;
}

/** A number on hospitals that the model was fitted on says nothing of others: said before the run, and by its audit after. */
function sitesText({ split }: SettledStudy, labelled: readonly CohortRow[]): string[] {
  const sites = new Set(labelled.flatMap(({ site }) => site ?? []));
  if (split.by === "site" || split.by === "file" || split.external.length > 0 || sites.size < 2) return [];
  return [
    `Patients of one hospital will be in train and test: how the model does at another will not be measured. \`by: site\` under split measures it.`,
  ];
}
