/** What comes before a run that another process takes up: a folder that says which run it will be. */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { attempt, type Outcome, unwrap } from "@nacre/core";
import { foreseeRun } from "./foresee-run.ts";
import { placesOf } from "./run/leftovers.ts";
import { RunFolder } from "./run/run-folder.ts";
import type { Study } from "./study/read-study.ts";

/** Begins a run folder without running: its study file is there, and `resume` takes it up. Failures: of the study, of the folder. */
export function prepareRun(study: Study, out: string): Promise<Outcome<void>> {
  return attempt(async () => {
    const { text } = unwrap(await foreseeRun(study, out));
    const name = `prepare-${randomBytes(4).toString("hex")}`;
    const folder = unwrap(await RunFolder.join(out, name));
    try {
      folder.write("study.yaml", text);
    } finally {
      rmSync(folder.file(placesOf(name).lock), { force: true });
      folder.close();
    }
  });
}
