/** The texts for a paper of a finished run, written into its folder. Everything is read off the run; nothing is computed anew. */
import { FIT_DEFAULTS } from "@nacre/models";
import type { FinishedRun, ProvenanceRecord } from "../finished-run.ts";
import { withoutPath } from "../fit/first-weights-file.ts";
import type { AnyRunScorecard } from "../judge/judge-question.ts";
import type { ReportData } from "../report/report-data.ts";
import type { RunFolder } from "../run/run-folder.ts";
import { cellOf } from "../study/read-cohort.ts";
import type { Known, MissingCount, RunFacts } from "./known.ts";
import { paperFiles } from "./paper-files.ts";

export interface WritePaperOptions {
  readonly run: FinishedRun<AnyRunScorecard>;
  readonly provenance: ProvenanceRecord;
  /** What report.html was made from. */
  readonly data: ReportData;
}

/** Writes paper/ and model/model-card.md; gives the paths inside the folder. @throws FailureError disk-full, no-permission */
export function writePaper(folder: Pick<RunFolder, "write">, options: WritePaperOptions): string[] {
  const files = paperFiles(knownOf(options));
  for (const { name, text } of files) folder.write(name, text);
  return files.map((f) => f.name);
}

/** Everything a finished run knows, for the texts. */
export function knownOf({ run, provenance, data }: WritePaperOptions): Known {
  return { title: run.study.name, card: run.scorecard, report: data, facts: factsOf(run, provenance) };
}

function factsOf(run: FinishedRun<AnyRunScorecard>, provenance: ProvenanceRecord): RunFacts {
  const { study, fitted } = run;
  const { seed: _, ...defaults } = FIT_DEFAULTS;
  const { name: __, ...aggregator } = study.aggregator;
  return {
    seed: provenance.seed,
    versions: Object.entries(provenance.versions),
    hashes: Object.entries(provenance.hashes),
    fit: plain({ ...defaults, ...withoutPath(study.fit) }),
    aggregator: plain(aggregator),
    chosenBy: fitted.map((f) => f.step.note.chosenBy),
    missing: missingOf(run),
  };
}

/** Gaps in the columns a result rests on: those of the answer, site where there is one, and every subgroup. */
function missingOf({ study, cohort }: FinishedRun<AnyRunScorecard>): MissingCount[] {
  const rows = cohort.rows.length;
  const column = (name: string, isMissing: (row: (typeof cohort.rows)[number]) => boolean): MissingCount => ({
    column: name,
    missing: cohort.rows.filter(isMissing).length,
    rows,
  });
  const isLabel = cohort.answerColumns.length === 1;
  const answers = cohort.answerColumns.map((name) =>
    // A label may be missing because the study drops its class; of several answers each column is looked at by itself.
    column(name, (r) => (isLabel ? r.label === null : cellOf(r)(name) === null)),
  );
  return [
    ...answers,
    ...(cohort.hasSite ? [column("site", (r) => r.site === null)] : []),
    ...study.evaluate.subgroups
      .filter((name) => name !== "site")
      .map((name) => column(name, (r) => (r.columns[name] ?? "").trim() === "")),
  ];
}

/** Options that are plain values; others (nested ones) are told as JSON. */
function plain(options: Readonly<Record<string, unknown>>): RunFacts["fit"] {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean"
        ? value
        : JSON.stringify(value),
    ]),
  );
}
