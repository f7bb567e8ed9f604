/**
 * Somebody's predictions, judged: numbers with intervals, by patient and not by slide. The referee needs no model, no file and
 * no Node: rows in, scorecard out. Run: node examples/judge-predictions.ts (Node 22.18 or later)
 */
import { pathToFileURL } from "node:url";
import { type ClassifyTask, randomStream, unwrap } from "@nacre/core";
import { evaluate, type PredictionRow } from "@nacre/evaluation";

const task: ClassifyTask = { kind: "classify", label: "egfr", classes: ["wild", "mutant"], positive: "mutant" };

/** Two slides each of `patients` people; the model is right more often than not. Seeded. */
export function inventRows(patients: number): PredictionRow[] {
  const random = randomStream(7, "example");
  return Array.from({ length: patients }, (_, i) => {
    const label = i % 2 === 0 ? "mutant" : "wild";
    return ["a", "b"].map((slide): PredictionRow => {
      const logit = (label === "mutant" ? 1 : -1) + 1.5 * random.normal();
      const p = 1 / (1 + Math.exp(-logit));
      const patient = `P${i}`;
      const place = { slide: `${patient}-${slide}`, case: patient, patient, site: "here" };
      return { ...place, part: "test", fold: 0, label, probabilities: [1 - p, p] };
    });
  }).flat();
}

/** One line a number, each with its 95 % interval and n. */
export function judge(rows: readonly PredictionRow[]): string[] {
  const { internal } = unwrap(evaluate([...rows], task, { bootstrap: 1000, subgroups: [], seed: 7 }));
  const { auroc, balancedAccuracy, brier, calibration } = internal;
  return Object.entries({ auroc, balancedAccuracy, brier, slope: calibration.slope }).map(
    ([name, e]) =>
      `${name} ${e.value?.toFixed(3)} (${e.low?.toFixed(3)} to ${e.high?.toFixed(3)}), n = ${e.n} patients`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const line of judge(inventRows(200))) console.log(line);
}
