/** A run folder of chosen answers: what an ensemble reads of a finished run, and nothing else. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";

export interface WrittenRow {
  readonly patient: string;
  readonly part: "tune" | "test" | "external";
  readonly fold: number | null;
  readonly label: string;
  /** One a class, or the risk alone. */
  readonly answer: readonly number[];
}

export interface WrittenRun {
  readonly rows: readonly WrittenRow[];
  readonly classes?: readonly string[];
  /** Patients used beyond those in `rows`: they were only fitted on. */
  readonly fittedOnly?: readonly string[];
  readonly label?: string;
  /** Hash of predictions.csv in provenance.json. */
  readonly hash?: string;
}

export function writeRun(
  folder: string,
  { rows, classes = ["no", "yes"], fittedOnly = [], label = "label", hash }: WrittenRun,
): string {
  mkdirSync(folder, { recursive: true });
  const isRisk = classes.length === 0;
  const task = isRisk
    ? { kind: "survive", time: "time", event: "event", intervals: null }
    : { kind: "classify", label, classes, positive: classes.at(-1) };
  const asked = isRisk ? task : { kind: "classify", label };
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  put("study.yaml", stringify({ name: "written", cohort: "cohort.csv", features: "features", task: asked, seed: 3 }));
  put("scorecard.json", JSON.stringify({ task }));
  const columns = isRisk ? ["risk", "time", "event"] : ["label", ...classes.map((c) => `p_${c}`)];
  const header = ["slide", "case", "patient", "site", "part", "fold", ...columns].join(",");
  const lines = (parts: readonly string[]): string[] =>
    rows
      .filter((row) => parts.includes(row.part))
      .map(({ patient, part, fold, label: own, answer }) => {
        const cells = isRisk ? [...answer, ...own.split(" ")] : [own, ...answer];
        return [`s-${patient}`, patient, patient, "", part, fold ?? "", ...cells].join(",");
      });
  put("predictions.csv", `${[header, ...lines(["test", "external"])].join("\n")}\n`);
  put("tune-predictions.csv", `${[header, ...lines(["tune"])].join("\n")}\n`);
  const patients = new Set([...rows.map((row) => row.patient), ...fittedOnly]);
  put("slides.csv", `slide,patient,state\n${[...patients].map((p) => `s-${p},${p},ready`).join("\n")}\n`);
  if (hash !== undefined) put("provenance.json", JSON.stringify({ hashes: { "predictions.csv": hash } }));
  return folder;
}
