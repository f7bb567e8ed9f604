/** Runs that end before any model: another study's folder, or no slide to learn from. The record of an earlier, finished run stays as it is. */
import { type CohortRow, raise } from "@nacre/core";
import { knownState } from "../extract/extract-features.ts";
import type { Inventory } from "../extract/inventory.ts";
import { type SlideState, slidesCsv } from "../extract/slide-state.ts";
import type { RunFolder } from "./run-folder.ts";

/** A finished run of another study is never written over. @throws FailureError bad-usage */
export function refuseOtherStudy(folder: RunFolder, name: string): void {
  const before = /^name: (.+)$/m.exec(folder.read("study.yaml") ?? "")?.[1];
  if (folder.read("scorecard.json") === null || before === undefined || before === name) return;
  raise("bad-usage", {
    expected: `an empty folder, or a run of the study ${name}, at ${folder.path}`,
    received: `a finished run of the study ${before}`,
    remedy: "give another folder with --out",
  });
}

/** @throws FailureError nothing-usable: no slide has a label and a readable file */
export function nothingUsable(folder: RunFolder, rows: readonly CohortRow[], inventory: Inventory): never {
  tellFailures(
    folder,
    rows.flatMap((row) => knownState(row, inventory) ?? []),
  );
  const [failure] = inventory.failures.values();
  return raise("nothing-usable", {
    expected: `at least one of ${rows.length} slides with a label and a readable file`,
    received: failure === undefined ? "none" : `none; the first one: ${failure.kind}, ${failure.received}`,
    remedy: failure?.remedy ?? "check the label column and the slides: folder",
  });
}

/** @throws FailureError nothing-usable: no slide has features */
export function nothingReady(folder: RunFolder, states: readonly SlideState[]): never {
  tellFailures(folder, states);
  const failure = states.find((s) => s.failure !== null)?.failure;
  return raise("nothing-usable", {
    expected: "features of at least one slide",
    received: `every slide failed; the first one: ${failure?.kind}, ${failure?.received}`,
    remedy: failure?.remedy ?? "see slides.csv in the run folder",
  });
}

/** What became of every slide, where nothing else came of the run. The record of an earlier, finished run stays as it is. */
function tellFailures(folder: RunFolder, states: readonly SlideState[]): void {
  if (folder.read("scorecard.json") === null) folder.write("slides.csv", slidesCsv(states));
}
