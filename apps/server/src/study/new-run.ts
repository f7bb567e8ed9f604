/** Where a new run lies: `runs/<name>` of its project, a folder of its own. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { attempt, type Outcome, unwrap } from "@nacre/core";
import { prepareRun, type Study } from "@nacre/pipeline";
import type { ArchiveProject } from "../archive/archive.ts";
import { realInside } from "../archive/inside.ts";
import { refuse } from "../serve/refuse.ts";

export interface NewRun {
  readonly name: string;
  /** Inside the project, with `/`. */
  readonly folder: string;
  readonly out: string;
}

const MOST = 1000;

/** Makes the folder and leaves the study in it. Failures: of the study's tables, no-permission, disk-full. */
export function makeRun(project: ArchiveProject, study: Study, wanted: string | null): Promise<Outcome<NewRun>> {
  return attempt(async () => {
    const base = folderName(wanted ?? study.name);
    const run = takeName(project, base);
    // Under its own name the run is found again: two runs of one study are told apart.
    const prepared = await prepareRun({ ...study, name: run.name }, run.out);
    // Nothing is left of a run that cannot be.
    if (!prepared.ok) rmSync(run.out, { recursive: true, force: true });
    unwrap(prepared);
    return run;
  });
}

/** Letters, digits, `.`, `-` and `_`, beginning with none that hides a folder. */
export function folderName(text: string): string {
  const name = text
    .normalize("NFKD")
    .replace(/[^\w.-]+/g, "-")
    .replace(/^[.-]+|[.-]+$/g, "")
    .slice(0, 80);
  return name === "" ? "run" : name;
}

function takeName(project: ArchiveProject, base: string): NewRun {
  mkdirSync(join(project.folder, "runs"), { recursive: true });
  const runs = realInside(project.folder, "runs");
  if (runs === null)
    return refuse("unusable", {
      expected: "a folder `runs` inside the project",
      received: "a link that leads outside",
      remedy: "replace the link by a folder",
    });
  for (let n = 1; n <= MOST; n++) {
    const name = n === 1 ? base : `${base}-${n}`;
    const out = join(runs, name);
    try {
      mkdirSync(out);
      return { name, folder: `runs/${name}`, out };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  return refuse("conflict", {
    expected: "a name that is not taken",
    received: `${MOST} runs named ${base}`,
    remedy: "give the run another name",
  });
}
