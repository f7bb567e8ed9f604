/** Fills the report's one value from a finished run. Wording and drawing are the report's own business. */
import { existsSync } from "node:fs";
import { type CohortRow, unwrap } from "@nacre/core";
import { sampleOf, toPatients } from "@nacre/evaluation";
import { aggregators } from "@nacre/models";
import { readPicture } from "./explain/draw-slide.ts";
import { coloursText } from "./extract/colour-text.ts";
import type { SlideState } from "./extract/slide-state.ts";
import type { FinishedRun, ProvenanceRecord } from "./finished-run.ts";
import type { AnyRunScorecard } from "./judge/judge-question.ts";
import { predictionRows } from "./judge/judge-run.ts";
import { answerText, questionText } from "./predict/answer-kind.ts";
import type { PredictedBag } from "./predict/bag-answer.ts";
import { curvesOf } from "./report/curves-of.ts";
import type { Asked, FlowStep, ReportData, SlideEntry } from "./report/report-data.ts";
import { limitationsOf, notesOf } from "./report-data/notes-of.ts";
import { heatmapsOf, tilesOf } from "./report-data/pictures-of.ts";
import type { RunFolder } from "./run/run-folder.ts";
import { studyProbes } from "./study/choose-model.ts";
import { studyYaml } from "./study/settle-study.ts";

/** The report of a run of classes or grades. */
export function reportData(folder: RunFolder, run: FinishedRun, provenance: ProvenanceRecord): ReportData {
  const { scorecard } = run;
  const { audit, examination } = scorecard;
  return { ...plainReportData(folder, run, provenance), scorecard, examination, curves: curves(run), audit };
}

/** What the report of any run tells beside its numbers. */
export function plainReportData(
  folder: RunFolder,
  run: FinishedRun<AnyRunScorecard>,
  provenance: ProvenanceRecord,
): ReportData {
  const { study, states, scorecard, fitted, division, localised, cohort } = run;
  const shares = (localised ?? []).map((l) => l.share);
  return {
    title: study.name,
    synthetic: states.some((s) => s.extracted?.synthetic === true),
    asked: askedOf(run),
    parts: division.report.parts,
    flow: flowOf(run),
    scorecard: { internal: null, external: null, baselines: { siteOnly: null, meanPool: null } },
    curves: { classes: [], reliability: { internal: null, external: null } },
    audit: scorecard.audit,
    slides: states.map((s) => slideEntry(folder, s, run)),
    heatmaps: heatmapsOf(folder, run),
    tiles: tilesOf(run),
    ...(run.faithful === null ? {} : { faithfulness: run.faithful }),
    training: fitted.flatMap(({ fold, step: { note } }) =>
      note.history.length === 0
        ? []
        : [
            {
              fold,
              epochs: note.history.length,
              bestEpoch: note.bestEpoch,
              parameters: note.parameters,
              history: note.history,
            },
          ],
    ),
    ...(cohort.question.kind === "classify" ? {} : { lossName: "loss" }),
    limitations: limitationsOf(run),
    provenance: {
      command: `nacre run ${folder.path}/study.yaml --out again`,
      study: studyYaml(study, folder.path),
      groups: [
        { title: "Versions", rows: Object.entries(provenance.versions) },
        { title: "Hashes (SHA-256)", rows: Object.entries(provenance.hashes) },
      ],
    },
    notes: notesOf(run),
    ...(shares.length === 0
      ? {}
      : {
          localisation: {
            mean: shares.reduce((a, b) => a + b, 0) / shares.length,
            minimum: Math.min(...shares),
            slides: shares.length,
            rule: "For each slide, of the min(10, number of tumour tiles) tiles of highest contribution, the share whose centre lies inside the true region.",
          },
        }),
  };
}

function curves({ predicted, cohort }: FinishedRun): ReportData["curves"] {
  const rows = predictionRows(predicted);
  const sample = (part: "test" | "external") => {
    const patients = unwrap(
      toPatients(
        rows.filter((p) => p.part === part),
        cohort.task,
        { conflicts: "separate" },
      ),
    );
    return patients.length === 0 ? null : sampleOf(patients, cohort.task);
  };
  return curvesOf(sample("test"), sample("external"));
}

function askedOf({ study, cohort, encoder, fitted }: FinishedRun<AnyRunScorecard>): Asked {
  const { task, question } = cohort;
  const info = [...aggregators(), ...studyProbes()].find((a) => a.name === study.aggregator.name);
  const asked = questionText(question);
  const { by, folds, external, tune } = study.split;
  const colours = coloursText(study.tiles);
  return {
    label: task.label,
    classes: task.classes,
    positive: task.positive,
    ...(asked === null ? {} : { question: asked }),
    bag: study.bag,
    tiles: study.slides === undefined ? null : { ...study.tiles, ...(colours === null ? {} : { colours }) },
    encoder: {
      name: encoder?.name ?? "features brought by the study",
      dim: fitted[0]?.step.note.d ?? 0,
      licence: encoder?.licence ?? null,
      source: encoder?.source ?? study.features ?? null,
    },
    aggregator: { name: study.aggregator.name, title: info?.title ?? "", paper: info?.paper ?? null },
    split: { by, folds, tune: by === "file" ? null : tune, external },
    bootstrap: study.evaluate.bootstrap,
    allow: study.allow,
    patientsKnown: cohort.rows.some((r) => r.patient !== (r.slide as string) && r.patient !== r.path),
    sitesKnown: cohort.hasSite,
  };
}

function flowOf({ cohort, states, predicted, division }: FinishedRun<AnyRunScorecard>): FlowStep[] {
  const people = (rows: readonly CohortRow[]): number => new Set(rows.map((r) => r.patient)).size;
  const rowsIn = (state: SlideState["state"]): CohortRow[] => states.filter((s) => s.state === state).map((s) => s.row);
  const excluded = (reason: string, rows: readonly CohortRow[]): FlowStep["excluded"] =>
    rows.length === 0 ? [] : [{ reason, slides: rows.length, patients: people(rows) }];
  const ready = rowsIn("ready");
  const slides = new Set<string>(predicted.flatMap((p) => p.bag.members.map((m) => m.slide)));
  const predictedRows = ready.filter((r) => slides.has(r.slide));
  const unused = ready.filter((r) => !slides.has(r.slide));
  return [
    {
      what: "in the cohort table",
      slides: cohort.rows.length,
      patients: people(cohort.rows),
      excluded: [
        ...excluded("no label, or a dropped one", rowsIn("unlabelled")),
        ...excluded("the same file as another slide", rowsIn("removed")),
        ...excluded("failed", rowsIn("failed")),
      ],
    },
    {
      what: "with features",
      slides: ready.length,
      patients: people(ready),
      excluded: excluded(division.report.unused[0]?.reason ?? "in no test part", unused),
    },
    {
      what: "predicted without having been fitted on",
      slides: predictedRows.length,
      patients: people(predictedRows),
      excluded: [],
    },
  ];
}

function slideEntry(
  folder: RunFolder,
  { row, state, extracted, failure }: SlideState,
  run: FinishedRun<AnyRunScorecard>,
): SlideEntry {
  const predicted = run.predicted.find((p) => p.bag.members.some((m) => m.slide === row.slide));
  const small = run.drawn.pictures.get(row.slide)?.small;
  return {
    slide: row.slide,
    patient: row.patient,
    site: row.site,
    label: row.label,
    part: predicted?.part ?? null,
    fold: predicted?.fold ?? null,
    state: state === "ready" ? "done" : state,
    failure,
    tiles: extracted?.tiles ?? null,
    mpp: extracted?.mpp ?? null,
    mppSource: extracted?.mppSource ?? null,
    mppInFile: extracted?.mppInFile ?? null,
    ...answerOf(run, predicted),
    thumbnail: small === undefined || !existsSync(folder.file(small)) ? null : readPicture(folder, small),
  };
}

function answerOf(
  { cohort: { question } }: FinishedRun<AnyRunScorecard>,
  predicted: PredictedBag | undefined,
): Pick<SlideEntry, "probabilities" | "answer"> {
  if (predicted === undefined) return { probabilities: null };
  const isClasses = question.kind === "classify" || question.kind === "ordinal";
  if (isClasses) return { probabilities: predicted.probabilities };
  return { probabilities: null, answer: answerText(question, predicted.answers) };
}
