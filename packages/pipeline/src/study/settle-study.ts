/**
 * What the study file leaves open is settled on the cohort: sites stay whole where they are known, and there are never
 * more folds than the data allow. The settled study is what the run folder records and what replays.
 */
import { relative } from "node:path";
import { type CohortRow, groupBy } from "@nacre/core";
import { stringify } from "yaml";
import type { Cohort } from "./read-cohort.ts";
import type { Study } from "./read-study.ts";
import type { StudyFile } from "./study-schema.ts";

export interface SettledStudy extends Study {
  readonly split: Study["split"] & { readonly by: "patient" | "site" | "time" | "file"; readonly folds: number };
}

const USUAL_FOLDS = 5;

/** Fills split.by and split.folds, and of classes task.classes and task.positive. */
export function settleStudy(study: Study, cohort: Cohort): SettledStudy {
  const external = new Set<string>(study.split.external);
  const rows = cohort.rows.filter((r) => r.label !== null && !(r.site !== null && external.has(r.site)));
  const sites = siteGroups(rows);
  const by = study.split.by ?? (sites >= 2 && rows.every((r) => r.site !== null) ? "site" : "patient");
  const most = by === "site" ? sites : new Set(rows.map((r) => r.patient)).size;
  const folds = study.split.folds ?? Math.max(1, Math.min(USUAL_FOLDS, most));
  return {
    ...study,
    task: settleTask(study.task, cohort),
    split: { ...study.split, by, folds },
  };
}

function settleTask(task: Study["task"], { question }: Cohort): Study["task"] {
  if (task.kind !== "classify" || question.kind !== "classify") return task;
  return { ...task, classes: [...question.classes], positive: question.positive };
}

/** How many groups of sites can be kept apart: sites that share a patient go together. */
function siteGroups(rows: readonly CohortRow[]): number {
  const groups: Set<string>[] = [];
  for (const [, same] of groupBy(rows, (r) => r.patient)) {
    const joined = new Set<string>(same.flatMap((r) => (r.site === null ? [] : [r.site])));
    if (joined.size === 0) continue;
    for (const group of groups.filter((g) => [...g].some((s) => joined.has(s)))) {
      for (const site of group) joined.add(site);
      groups.splice(groups.indexOf(group), 1);
    }
    groups.push(joined);
  }
  return groups.length;
}

/** The settled study as a study file that lies in `folder`: paths below it are relative, others absolute. */
export function studyYaml(study: SettledStudy, folder: string): string {
  const place = (path: string): string => {
    const inside = relative(folder, path);
    return inside.startsWith("..") || inside === "" ? path : inside;
  };
  const { file: _, ...keys } = study;
  const written: StudyFile = {
    ...keys,
    cohort: place(study.cohort),
    ...(study.slides === undefined ? {} : { slides: place(study.slides) }),
    ...(study.features === undefined ? {} : { features: place(study.features) }),
    encoder: study.encoder.includes("/") ? place(study.encoder) : study.encoder,
    fit: { ...study.fit, from: study.fit.from === null ? null : place(study.fit.from) },
  };
  return `# The study as it was run: what the study file left open is filled in. Replay: nacre run study.yaml --out again\n${stringify(written, { lineWidth: 0 })}`;
}
