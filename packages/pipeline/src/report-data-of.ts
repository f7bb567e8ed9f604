/** Fills the report's one value from a finished run. Wording and drawing are the report's own business. */
import { existsSync } from "node:fs";
import { type CohortRow, positiveIndex, type SlideId, unwrap } from "@nacre/core";
import { sampleOf, toPatients } from "@nacre/evaluation";
import { colourOf } from "@nacre/imaging";
import { aggregators } from "@nacre/models";
import { readPicture } from "./explain/draw-slide.ts";
import type { SlideState } from "./extract/slide-state.ts";
import type { FinishedRun, ProvenanceRecord } from "./finished-run.ts";
import type { AnyRunScorecard } from "./judge/judge-question.ts";
import { predictionRows } from "./judge/judge-run.ts";
import { answerText, evidenceMeaning, questionText } from "./predict/answer-kind.ts";
import type { PredictedBag } from "./predict/bag-answer.ts";
import { curvesOf } from "./report/curves-of.ts";
import type {
  Asked,
  Colour,
  FlowStep,
  HeatmapSet,
  Note,
  ReportData,
  SlideEntry,
  SlideTiles,
} from "./report/report-data.ts";
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
  return {
    label: task.label,
    classes: task.classes,
    positive: task.positive,
    ...(asked === null ? {} : { question: asked }),
    bag: study.bag,
    tiles: study.slides === undefined ? null : study.tiles,
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

/** Heatmaps shown in the report; the run folder holds all of them. */
const SHOWN = 80;
const COLOUR_STEPS = 33;

function heatmapsOf(
  folder: RunFolder,
  { drawn, cohort, predicted, method }: FinishedRun<AnyRunScorecard>,
): HeatmapSet | null {
  const { pictures, scales, slides } = drawn;
  const withPictures = slides.filter((s) => pictures.has(s.slide));
  if (withPictures.length === 0) return null;
  const external = withPictures.filter((s) => s.predicted.part === "external");
  const internal = withPictures.filter((s) => s.predicted.part !== "external");
  const shown = [...external, ...internal].slice(0, SHOWN);
  const ramp = (kind: "signed" | "sequential", scale: number, low: number): Colour[] =>
    Array.from({ length: COLOUR_STEPS }, (_, i) => {
      const [r, g, b] = colourOf(low + ((scale - low) * i) / (COLOUR_STEPS - 1), { kind, scale });
      return [r, g, b];
    });
  const { subject, unit } = evidenceMeaning(cohort.question);
  const { question } = cohort;
  return {
    className: subject,
    unit,
    method: method ?? "exact",
    contributionScale: scales.contribution,
    contributionColours: ramp("signed", scales.contribution, -scales.contribution),
    attentionScale: scales.attention,
    attentionColours: ramp("sequential", scales.attention, 0),
    choice:
      shown.length === slides.length
        ? `All ${slides.length} predicted slides.`
        : `${shown.length} of ${slides.length} predicted slides, external ones first; the others are in the folder heatmaps.`,
    entries: shown.map((s) => {
      const p = pictures.get(s.slide) as NonNullable<ReturnType<typeof pictures.get>>;
      return {
        slide: s.slide,
        thumbnail: readPicture(folder, p.thumbnail),
        contribution: readPicture(folder, p.contribution),
        attention: readPicture(folder, p.attention),
        width: p.width,
        height: p.height,
        logOdds:
          question.kind === "classify" ? logOdds(s.predicted, question.classes.length, positiveIndex(question)) : null,
      };
    }),
  };

  function logOdds(bag: PredictedBag, k: number, c: number): number | null {
    const p = predicted.includes(bag) ? bag.probabilities[c] : undefined;
    return k !== 2 || p === undefined || p <= 0 || p >= 1 ? null : Math.log(p / (1 - p));
  }
}

function tilesOf({ drawn, cohort }: FinishedRun<AnyRunScorecard>): SlideTiles[] {
  const { subject } = evidenceMeaning(cohort.question);
  return drawn.tiles.flatMap((t) => {
    const shown = (list: typeof t.top): SlideTiles["top"] =>
      list.flatMap((p) => (p.image === null ? [] : [{ ...p, image: p.image }]));
    const top = shown(t.top);
    return top.length === 0 ? [] : [{ slide: t.slide, className: subject, top, bottom: shown(t.bottom) }];
  });
}

function notesOf({ division, drawn, states, model, study }: FinishedRun<AnyRunScorecard>): Note[] {
  const note = (title: string, lines: readonly string[]): Note[] =>
    lines.length === 0 ? [] : [{ title, text: lines.slice(0, 5).join("; ") }];
  const warned = states.flatMap((s) => (s.extracted?.warnings ?? []).map((w): [SlideId, string] => [s.row.slide, w]));
  return [
    ...note("About the split", division.report.notes),
    ...(model === null ? [noModelNote(study.aggregator.name)] : []),
    ...note("Heatmaps that could not be drawn", drawn.problems),
    ...note(
      `${warned.length} warnings of the slide reader`,
      warned.map(([slide, text]) => `${slide}: ${text}`),
    ),
  ];
}

function noModelNote(name: string): Note {
  return {
    title: "No model file for other programs",
    text: `${name} is no linear function of the tiles: it compares with the slides it was fitted on. The run holds its predictions and what it remembers (model/fold-<i>.probe.json), but no model.onnx, and no heatmaps.`,
  };
}

function limitationsOf({ states, fitted }: FinishedRun<AnyRunScorecard>): string[] {
  const out: string[] = [];
  const given = states.filter((s) => s.extracted?.mppSource === "given");
  const filled = given.filter((s) => s.extracted?.mppInFile === null);
  if (filled.length > 0) {
    out.push(
      `The scale of ${filled.length} slides is an assumption taken from the cohort table (${scalesOf(filled)} um/px); their files hold none.`,
    );
  }
  const overridden = given.length - filled.length;
  if (overridden > 0) out.push(`The scale in the file was overridden by the cohort table for ${overridden} slides.`);
  const blind = fitted.filter((f) => f.step.note.chosenBy === "last-epoch");
  if (blind.length > 0) out.push(`${blind.length} models had no tune part and were stopped at their last epoch.`);
  return out;
}

function scalesOf(states: readonly SlideState[]): string {
  return [...new Set(states.map((s) => s.extracted?.mpp))].slice(0, 5).join(", ");
}
