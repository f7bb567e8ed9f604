/**
 * Results that no longer belong to what a run folder says it is. When the study or the state of its slides changes, the old
 * numbers go before new ones are made: a folder never shows the report of another question.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { raise } from "@nacre/core";
import { PAPER_FILES } from "../paper/paper-files.ts";
import type { RunFolder } from "./run-folder.ts";

const RESULTS = [
  "report.html",
  "summary.md",
  "scorecard.json",
  "provenance.json",
  "predictions.csv",
  "tune-predictions.csv",
  join("model", "model.json"),
  ...PAPER_FILES,
  join("model", "model.onnx"),
];

/** Writes a file that says what the run is; where it says something new, takes the old results away first. */
export function writeIdentity(folder: RunFolder, name: string, text: string): void {
  if (isKnown(folder, name, text)) return;
  for (const result of [...RESULTS, ...taskTables(folder)]) folder.remove(result);
  folder.write(name, text);
  folder.steps.remember(`identity-${name}`, text, [name], null);
}

/** Predictions of single tasks, where several were asked. */
function taskTables(folder: RunFolder): string[] {
  return readdirSync(folder.path).filter((name) => /^(tune-)?predictions-.+\.csv$/.test(name));
}

/** In place of writeIdentity where a finished run is only told again. @throws FailureError bad-usage where it would become another run */
export function confirmIdentity(folder: RunFolder, name: string, text: string): void {
  if (isKnown(folder, name, text)) return;
  raise("bad-usage", {
    expected: `the study and the slides that the run in ${folder.path} was made of`,
    received: `others: ${name} is not what it was`,
    remedy: "bring the slides and tables back to where they were, or make a new run with `nacre run`",
  });
}

/** Whether the run was made of this. The file alone cannot tell: a person may have edited it in place. */
function isKnown(folder: RunFolder, name: string, text: string): boolean {
  return folder.read(name) === text && folder.steps.recall(`identity-${name}`, text) !== null;
}

/** Removes the files of `inside` that are not among the wanted ones (paths inside the run folder). */
export function keepOnly(folder: RunFolder, inside: string, wanted: readonly string[]): void {
  const keep = new Set(wanted);
  if (!existsSync(folder.file(inside))) return;
  for (const name of readdirSync(folder.file(inside))) {
    if (!keep.has(join(inside, name))) folder.remove(join(inside, name));
  }
}
