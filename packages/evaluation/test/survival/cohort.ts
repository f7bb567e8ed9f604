/** What the survival tests share: the recorded values, and the public cohorts where they lie beside the repository. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SurvivalSample } from "../../src/survival/sample.ts";

export const golden = JSON.parse(readFileSync(new URL("../golden/survival.json", import.meta.url), "utf8"));

const folder = new URL("../../../../../shared/data/survival/", import.meta.url);
export const hasCohorts = existsSync(fileURLToPath(folder));

export type Row = Readonly<Record<string, string>>;

/** Rows of a CSV file of the folder, text as written. */
export function cohort(name: string): Row[] {
  const [head = "", ...lines] = readFileSync(new URL(`${name}.csv`, folder), "utf8")
    .trim()
    .split(/\r?\n/);
  const cells = (line: string) => line.split(",").map((c) => c.replaceAll('"', ""));
  const columns = cells(head);
  return lines.map((line) => Object.fromEntries(cells(line).map((c, k) => [columns[k] as string, c])));
}

/** A sample from plain lists; `survival` is [n, times]. */
export function survivalSample(
  time: readonly number[],
  event: readonly number[],
  risk: readonly number[],
  curves: { readonly times: readonly number[]; readonly survival: readonly number[] } | null = null,
): SurvivalSample {
  return {
    n: time.length,
    time: Float64Array.from(time),
    event: Uint8Array.from(event),
    risk: Float64Array.from(risk),
    curves: curves === null ? null : { times: curves.times, survival: Float64Array.from(curves.survival) },
  };
}

const { synthetic: s } = golden;
/** 90 patients with ties in time and in risk. */
export const synthetic: SurvivalSample = survivalSample(s.time, s.event, s.risk, {
  times: s.curveTimes,
  survival: s.survival,
});
