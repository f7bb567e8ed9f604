/**
 * What a finished run leaves for people and for programs: scorecard.json, model/model.json, provenance.json, report.html
 * and summary.md. Nothing here is computed anew, and nothing depends on the clock.
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { decoderReport } from "@nacre/imaging/node";
import { FIT_DEFAULTS, modelCard, type PartCount } from "@nacre/models";
import type { FinishedRun, ProvenanceRecord, Versions } from "./finished-run.ts";
import { bagsOf } from "./fit/bag-list.ts";
import { withoutPath } from "./fit/first-weights-file.ts";
import { type AnyRunScorecard, isClassCard } from "./judge/judge-question.ts";
import { writePaper } from "./paper/write-paper.ts";
import { renderReport } from "./report/render-report.ts";
import { renderSummary } from "./report/render-summary.ts";
import { renderAnswerSummary } from "./report/run-answers/answer-summary.ts";
import { renderRunAnswers } from "./report/run-answers/render-run-answers.ts";
import { plainReportData, reportData } from "./report-data-of.ts";
import { hashFile, hashOf } from "./run/hash.ts";
import type { RunFolder } from "./run/run-folder.ts";

export async function versions(): Promise<Versions> {
  const jpeg = await decoderReport();
  return {
    nacre: versionOf("../package.json"),
    node: process.versions.node,
    onnxruntime: versionOf("../../../node_modules/onnxruntime-node/package.json"),
    jpeg: `${jpeg.name} ${jpeg.version}`,
    platform: `${process.platform} ${process.arch}, ${availableParallelism()} threads`,
  };
}

/** Writes the records of a finished run. */
export async function writeRecords(folder: RunFolder, run: FinishedRun<AnyRunScorecard>): Promise<void> {
  folder.write("scorecard.json", pretty(scorecardJson(run)));
  folder.write("model/model.json", pretty(modelCard(cardFacts(run))));
  const provenance = provenanceOf(folder, run, await versions());
  folder.write("provenance.json", pretty(provenance));
  const { scorecard } = run;
  if (!isClassCard(scorecard)) {
    const data = plainReportData(folder, run, provenance);
    folder.write("report.html", renderRunAnswers(data, scorecard));
    folder.write("summary.md", renderAnswerSummary(data, scorecard));
    writePaper(folder, { run, provenance, data });
    return;
  }
  const ofClasses: FinishedRun = { ...run, scorecard };
  const data = reportData(folder, ofClasses, provenance);
  folder.write("report.html", renderReport(data));
  folder.write("summary.md", renderSummary(data));
  writePaper(folder, { run: ofClasses, provenance, data });
}

function provenanceOf(
  folder: RunFolder,
  { study, states, encoder, fitted, model }: FinishedRun<AnyRunScorecard>,
  made: Versions,
): ProvenanceRecord {
  const { file: _, ...keys } = study;
  return {
    study: study.name,
    seed: study.seed,
    versions: made,
    hashes: {
      options: hashOf({ ...keys, cohort: null, slides: null, features: null, fit: { ...study.fit, from: null } }),
      cohort: hashFile(study.cohort),
      ...(study.fit.from === null ? {} : { firstWeights: hashFile(study.fit.from) }),
      ...(encoder === null ? {} : { encoder: encoder.sha256 }),
      ...Object.fromEntries(fitted.map((f) => [f.file, hashFile(folder.file(f.file))])),
      ...(model === null ? {} : { [model]: hashFile(folder.file(model)) }),
      "predictions.csv": hashFile(folder.file("predictions.csv")),
      "tune-predictions.csv": hashFile(folder.file("tune-predictions.csv")),
    },
    inputs: states.flatMap(({ row, extracted }) => {
      if (extracted === null) return [];
      const { sha256, colour, stain } = extracted;
      return [
        {
          ...{ slide: row.slide, sha256 },
          ...(colour === undefined ? {} : { colour }),
          ...(stain === undefined ? {} : { stain }),
        },
      ];
    }),
  };
}

function scorecardJson({
  study,
  cohort,
  scorecard,
  localised,
  drawn,
  faithful,
}: FinishedRun<AnyRunScorecard>): unknown {
  const shares = (localised ?? []).map((l) => l.share);
  return {
    study: study.name,
    seed: study.seed,
    ...scorecard,
    task: cohort.question,
    heatmapScales: drawn.scales,
    ...(faithful === null ? {} : { faithfulness: faithful }),
    ...(shares.length === 0
      ? {}
      : {
          localisation: {
            mean: shares.reduce((a, b) => a + b, 0) / shares.length,
            minimum: Math.min(...shares),
            slides: localised,
          },
        }),
  };
}

function cardFacts(run: FinishedRun<AnyRunScorecard>): Parameters<typeof modelCard>[0] {
  const { study, cohort, encoder, fitted, division, bags, method } = run;
  const count = (slides: readonly Parameters<typeof bagsOf>[1][number][]): PartCount => {
    const part = bagsOf(bags, slides);
    return {
      bags: part.length,
      patients: new Set(part.map((b) => b.row.patient)).size,
      classes: cohort.task.classes.map((c) => part.filter((b) => cohort.answers.get(b.row.slide)?.group === c).length),
    };
  };
  return {
    study: study.name,
    task: cohort.question,
    encoder: {
      name: encoder?.name ?? "unknown (features were brought)",
      licence: encoder?.licence ?? "unknown",
      source: encoder?.source ?? "unknown",
    },
    folds: fitted.map((f) => f.step.note),
    fit: { ...FIT_DEFAULTS, ...withoutPath(study.fit), seed: study.seed },
    parts: division.split.folds.map((f) => ({ train: count(f.train), tune: count(f.tune), test: count(f.test) })),
    contribution: method,
    sites: sitesOf(
      cohort,
      division.split.folds.flatMap((f) => [...f.train, ...f.tune]),
    ),
    limits: [],
  };
}

function sitesOf(cohort: FinishedRun["cohort"], slides: readonly string[]): string[] {
  const wanted = new Set(slides);
  return [...new Set(cohort.rows.flatMap((r) => (r.site !== null && wanted.has(r.slide) ? [r.site] : [])))].sort();
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function versionOf(path: string): string {
  try {
    return (JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as { version: string }).version;
  } catch {
    return "unknown";
  }
}
