/**
 * What the study file leaves open is settled on the cohort: sites stay whole where they are known, and there are never
 * more folds than the data allow. The settled study is what the run folder records and what replays.
 */
import { basename, relative } from "node:path";
import { stringify } from "yaml";
import type { Cohort } from "./read-cohort.ts";
import type { Study } from "./read-study.ts";
import type { StudyFile } from "./study-schema.ts";

export interface SettledStudy extends Study {
  readonly split: Study["split"] & { readonly by: "patient" | "site" | "time" | "file"; readonly folds: number };
  readonly task: Study["task"] & { readonly classes: string[]; readonly positive: string };
}

const USUAL_FOLDS = 5;

/** Fills split.by, split.folds, task.classes and task.positive. */
export function settleStudy(study: Study, cohort: Cohort): SettledStudy {
  const external = new Set(study.split.external);
  const sites = new Set(cohort.rows.map((r) => r.site).filter((s) => s !== null && !external.has(s)));
  const by = study.split.by ?? (sites.size >= 2 ? "site" : "patient");
  const patients = new Set(cohort.rows.filter((r) => r.label !== null).map((r) => r.patient)).size;
  const most = by === "site" ? sites.size : patients;
  const folds = study.split.folds ?? Math.max(1, Math.min(USUAL_FOLDS, most));
  return {
    ...study,
    task: { ...study.task, classes: [...cohort.task.classes], positive: cohort.task.positive },
    split: { ...study.split, by, folds },
  };
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
  };
  return `# The study as it was run: what the study file left open is filled in. Replay: nacre run ${basename(folder)}/study.yaml --out again\n${stringify(written, { lineWidth: 0 })}`;
}
