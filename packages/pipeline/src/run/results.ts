/**
 * Results that no longer belong to what a run folder says it is. When the study or the state of its slides changes, the old
 * numbers go before new ones are made: a folder never shows the report of another question.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { RunFolder } from "./run-folder.ts";

const RESULTS = [
  "report.html",
  "summary.md",
  "scorecard.json",
  "provenance.json",
  "predictions.csv",
  join("model", "model.json"),
  join("model", "model.onnx"),
];

/** Writes a file that says what the run is; where it says something new, takes the old results away first. */
export function writeIdentity(folder: RunFolder, name: string, text: string): void {
  if (folder.read(name) === text) return;
  for (const result of RESULTS) folder.remove(result);
  folder.write(name, text);
}

/** Removes the files of `inside` that are not among the wanted ones (paths inside the run folder). */
export function keepOnly(folder: RunFolder, inside: string, wanted: readonly string[]): void {
  const keep = new Set(wanted);
  if (!existsSync(folder.file(inside))) return;
  for (const name of readdirSync(folder.file(inside))) {
    if (!keep.has(join(inside, name))) folder.remove(join(inside, name));
  }
}
