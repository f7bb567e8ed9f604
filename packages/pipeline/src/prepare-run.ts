/** What comes before a run: a study settled on its cohort, as text; and a folder that says which run it will be. */
import { randomBytes } from "node:crypto";
import { attempt, type Outcome, unwrap } from "@nacre/core";
import { RunFolder } from "./run/run-folder.ts";
import { checkModel } from "./study/choose-model.ts";
import { readCohort } from "./study/read-cohort.ts";
import type { Study } from "./study/read-study.ts";
import { settleStudy, studyYaml } from "./study/settle-study.ts";

/** The study as it would be run, a study file's text with paths relative to `folder` where they lie below it. Failures: what the tables alone can tell. */
export function settledText(study: Study, folder: string): Promise<Outcome<string>> {
  return attempt(() => {
    const cohort = unwrap(readCohort(study));
    unwrap(checkModel(study, cohort.question));
    return studyYaml(settleStudy(study, cohort), folder);
  });
}

/** Begins a run folder without running: its study file is there, and `resume` takes it up. Failures: of the study, of the folder. */
export function prepareRun(study: Study, out: string): Promise<Outcome<void>> {
  return attempt(async () => {
    const text = unwrap(await settledText(study, out));
    const folder = unwrap(await RunFolder.join(out, `prepare-${randomBytes(4).toString("hex")}`));
    try {
      folder.write("study.yaml", text);
    } finally {
      folder.close();
    }
  });
}
