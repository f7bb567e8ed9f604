/**
 * A whole report value as a run would fill it: a synthetic cohort of three hospitals judged by the referee's own functions, with
 * drawn pictures, a failed slide of each common kind, an allowed refusal, an overridden and an assumed scale.
 */
import {
  type ClassifyTask,
  type CohortRow,
  caseId,
  type Failure,
  patientId,
  randomStream,
  siteId,
  slideIdOf,
} from "@nacre/core";
import {
  audit,
  evaluate,
  type PredictionRow,
  pairedDelong,
  sampleOf,
  scorePatients,
  siteOnlyBaseline,
  splitCohort,
  toPatients,
} from "@nacre/evaluation";
import { curvesOf } from "../../src/report/curves-of.ts";
import type { ReportData, SlideEntry } from "../../src/report/report-data.ts";
import { heatmapsOf, tilesOf } from "./fixture-pictures.ts";
import { thumbnail } from "./picture.ts";

export const TASK: ClassifyTask = { kind: "classify", label: "egfr", classes: ["wild", "mutant"], positive: "mutant" };

export interface FixtureOptions {
  /** Patients in each of the three hospitals. Default 20. */
  readonly patients?: number;
  /** Distance of the classes in standard deviations of the log-odds. Default 3. */
  readonly strength?: number;
  readonly pictures?: boolean;
  readonly seed?: number;
}

/** Internal sites a and b in two folds, external site c. */
export function fixture({ patients = 20, strength = 3, pictures = true, seed = 7 }: FixtureOptions = {}): ReportData {
  const rows = predictions(patients, strength, seed);
  const plain = predictions(patients, strength / 3, seed + 1);
  const options = { bootstrap: 200, subgroups: ["sex", "scanner"], seed };
  const judged = evaluate([...rows, ...tuneRows(rows, seed)], TASK, options);
  if (!judged.ok) throw new Error(judged.failure.received);
  const pool = evaluate(plain, TASK, options);
  if (!pool.ok) throw new Error(pool.failure.received);
  const cohort = cohortOf(rows);
  const divided = splitCohort(cohort, { task: TASK, by: "site", folds: 2, external: ["site-c"], tune: 0.2, seed });
  if (!divided.ok) throw new Error(divided.failure.received);
  const slides = slideEntries(rows, pictures);
  const chosen = slides.filter((s) => s.part === "external" && s.probabilities !== null).slice(0, 3);
  return {
    title: "demo-egfr",
    synthetic: true,
    asked: asked(),
    parts: divided.value.report.parts,
    flow: flow(patients * 3),
    scorecard: {
      ...judged.value,
      baselines: {
        siteOnly: siteOnlyBaseline(
          cohort.filter((r) => r.site !== "site-c"),
          TASK,
          { seed },
        ),
        meanPool: {
          internal: pool.value.internal.auroc,
          external: pool.value.external?.auroc ?? null,
          difference: { internal: gap(rows, plain, "test"), external: gap(rows, plain, "external") },
        },
      },
    },
    examination: judged.value.examination,
    curves: curvesOf(sample(rows, "test"), sample(rows, "external")),
    audit: audit({ cohort, split: divided.value.split, task: TASK, seed }),
    slides,
    heatmaps: pictures ? heatmapsOf(chosen) : null,
    tiles: pictures ? tilesOf(chosen.slice(0, 2)) : [],
    training: [0, 1].map((fold) => training(fold, seed)),
    limitations: ["The tumour of the synthetic slides is easier to tell apart than most."],
    provenance: provenance(seed),
    localisation: {
      mean: 0.93,
      minimum: 0.8,
      slides: 10,
      rule: "Of each positive external slide, the 10 tiles of highest contribution, or as many as hold tumour if those are fewer.",
    },
  };
}

/** The same report of a cohort with three classes. */
export function threeClassFixture(): ReportData {
  const task: ClassifyTask = { kind: "classify", label: "type", classes: ["luad", "lusc", "benign"], positive: "luad" };
  const random = randomStream(3, "three");
  const rows = Array.from({ length: 45 }, (_, i): PredictionRow => {
    const label = task.classes[i % 3] as string;
    const raw = task.classes.map((c) => Math.exp(random.normal() + (c === label ? 1.5 : 0)));
    const total = raw.reduce((a, b) => a + b, 0);
    const base = { slide: `s${i}`, case: `s${i}`, patient: `p${i}`, site: i % 2 === 0 ? "a" : "b" };
    return { ...base, part: "test", fold: i % 2, label, probabilities: raw.map((r) => r / total) };
  });
  const people = toPatients(rows, task);
  if (!people.ok) throw new Error(people.failure.received);
  const score = scorePatients(people.value, task, { bootstrap: 100, subgroups: [], seed: 3 }, "internal");
  const data = fixture({ pictures: false });
  return {
    ...data,
    synthetic: false,
    asked: { ...data.asked, classes: task.classes, positive: "luad", label: "type" },
    scorecard: { internal: score, external: null, baselines: { siteOnly: null, meanPool: null } },
    curves: curvesOf(sampleOf(people.value, task), null),
    slides: rows.map((r) => entry(r, false)),
    parts: [],
  };
}

function predictions(patients: number, strength: number, seed: number): PredictionRow[] {
  const rows: PredictionRow[] = [];
  for (const [s, site] of ["site-a", "site-b", "site-c"].entries()) {
    for (let i = 0; i < patients; i++) {
      const random = randomStream(seed, site, i);
      const isMutant = s === 0 ? i % 4 > 0 : s === 1 ? i % 4 === 0 : i % 2 === 0;
      const p = 1 / (1 + Math.exp(-(random.normal() * 1.2 + (isMutant ? strength / 2 : -strength / 2))));
      const patient = `${site}-p${String(i).padStart(3, "0")}`;
      rows.push({
        slide: `${patient}-1`,
        case: patient,
        patient,
        site,
        part: s === 2 ? "external" : "test",
        fold: s === 2 ? null : s,
        label: isMutant ? "mutant" : "wild",
        probabilities: [1 - p, p],
        columns: { sex: i % 3 === 0 ? "female" : "male", scanner: s === 0 ? "GT450" : "AT2" },
      });
    }
  }
  return rows;
}

/** The tune part of each fold: test patients of the other one, as another model sees them. */
function tuneRows(rows: readonly PredictionRow[], seed: number): PredictionRow[] {
  return rows
    .filter((r) => r.part === "test")
    .map((r, i) => {
      const odds = 2 * randomStream(seed, "tune", i).normal() + (r.label === "mutant" ? 2 : -2);
      const p = 1 / (1 + Math.exp(-odds));
      return { ...r, part: "tune", fold: r.fold === 0 ? 1 : 0, probabilities: [1 - p, p] };
    });
}

function sample(rows: readonly PredictionRow[], part: "test" | "external") {
  const people = toPatients(
    rows.filter((r) => r.part === part),
    TASK,
  );
  if (!people.ok) throw new Error(people.failure.received);
  return sampleOf(people.value, TASK);
}

function gap(rows: readonly PredictionRow[], plain: readonly PredictionRow[], part: "test" | "external") {
  const [a, b] = [rows, plain].map((all) => all.filter((r) => r.part === part));
  const p = (list: readonly PredictionRow[] | undefined) => (list ?? []).map((r) => r.probabilities[1] as number);
  return pairedDelong(
    p(a),
    p(b),
    (a ?? []).map((r) => (r.label === "mutant" ? 1 : 0)),
  ).difference;
}

function asked(): ReportData["asked"] {
  return {
    label: "egfr",
    classes: TASK.classes,
    positive: "mutant",
    bag: "slide",
    tiles: { mpp: 0.5, size: 224, overlap: 0, minTissue: 0.5 },
    encoder: { name: "texture", dim: 128, licence: "Apache-2.0", source: "built in" },
    aggregator: { name: "clam-sb", title: "CLAM-SB", paper: "Lu et al. 2021" },
    split: { by: "site", folds: 2, tune: 0.2, external: ["site-c"] },
    bootstrap: 200,
    allow: [{ finding: "conflicting-label", why: "two primaries in one patient, checked by hand" }],
    patientsKnown: true,
    sitesKnown: true,
  };
}

function flow(n: number): ReportData["flow"] {
  return [
    {
      what: "In the cohort table",
      slides: n + 4,
      patients: n + 3,
      excluded: [{ reason: "no label", slides: 1, patients: 1 }],
    },
    {
      what: "With a label",
      slides: n + 3,
      patients: n + 2,
      excluded: [
        { reason: "failed to open or to encode", slides: 2, patients: 2 },
        { reason: "the same pixels as another slide", slides: 1, patients: null },
      ],
    },
    { what: "Encoded", slides: n, patients: n, excluded: [] },
    { what: "Judged", slides: n, patients: n, excluded: [] },
  ];
}

const BROKEN: readonly Failure[] = [
  {
    kind: "truncated-file",
    expected: "81,922 bytes of image data at 1,048,576",
    received: "the end of the file",
    remedy: "copy the slide again",
  },
  {
    kind: "no-tissue",
    expected: "at least 0.1 mm² of tissue",
    received: "none",
    remedy: "look at the slide; lower tissue.minAreaMm2 if it is faint",
  },
];

function slideEntries(rows: readonly PredictionRow[], pictures: boolean): SlideEntry[] {
  const good = rows.map((r, i) => ({
    ...entry(r, pictures),
    ...(i === 3 ? { mpp: 0.5, mppSource: "given" as const, mppInFile: 0.25 } : {}),
  }));
  const bad = BROKEN.map(
    (failure, i): SlideEntry => ({
      ...entry(rows[i] as PredictionRow, false),
      slide: `broken-${i}`,
      patient: `lost-${i}`,
      part: null,
      fold: null,
      state: "failed",
      failure,
      tiles: null,
      mpp: null,
      mppSource: null,
      mppInFile: null,
      probabilities: null,
    }),
  );
  return [...good, ...bad];
}

function entry(r: PredictionRow, pictures: boolean): SlideEntry {
  const base = { slide: r.slide, patient: r.patient, site: r.site, label: r.label, part: r.part, fold: r.fold };
  const scale = {
    mpp: 0.5,
    mppSource: r.site === "site-b" ? ("given" as const) : ("file" as const),
    mppInFile: r.site === "site-b" ? null : 0.5,
  };
  return {
    ...base,
    ...scale,
    state: "done",
    failure: null,
    tiles: 1240 + r.slide.length,
    probabilities: r.probabilities,
    thumbnail: pictures ? thumbnail(r.slide) : null,
  };
}

/** The cohort behind the predictions, and one more patient whose two slides have different labels. */
function cohortOf(rows: readonly PredictionRow[]): CohortRow[] {
  const odd = { ...(rows[0] as PredictionRow), patient: "site-a-odd", case: "site-a-odd" };
  const more = [
    { ...odd, slide: "site-a-odd-1", label: "wild" },
    { ...odd, slide: "site-a-odd-2", label: "mutant" },
  ];
  return [...rows, ...more].map((r, i) => ({
    slide: slideIdOf(r.slide),
    path: `${r.slide}.svs`,
    patient: patientId(r.patient),
    case: caseId(r.case),
    site: siteId(r.site ?? ""),
    label: r.label,
    mpp: null,
    columns: { ...r.columns, date: `20${19 + (i % 5)}-0${1 + (i % 9)}-11` },
  }));
}

function training(fold: number, seed: number): ReportData["training"][number] {
  const random = randomStream(seed, "history", fold);
  const history = Array.from({ length: 30 }, (_, i) => ({
    epoch: i + 1,
    trainLoss: 0.69 * Math.exp(-i / 9) + 0.02,
    tuneLoss: 0.69 * Math.exp(-i / 6) + 0.2 + i * 0.006 + 0.02 * random.uniform(),
  }));
  const best = history.reduce((a, b) => (b.tuneLoss < a.tuneLoss ? b : a));
  return { fold, epochs: 30, bestEpoch: best.epoch, parameters: 198_402, history };
}

function provenance(seed: number): ReportData["provenance"] {
  return {
    command: "nacre run study.yaml --out demo-egfr",
    study:
      "name: demo-egfr\ncohort: cohort.csv\nslides: ./slides\ntask: {kind: classify, label: egfr, positive: mutant}\nseed: 7\n",
    groups: [
      {
        title: "Versions",
        rows: [
          ["nacre", "0.1.0"],
          ["node", "20.20.0"],
          ["onnxruntime-node", "1.24.1"],
        ],
      },
      {
        title: "Hashes (sha256)",
        rows: [
          ["cohort.csv", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
          ["model/model.onnx", "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"],
        ],
      },
      { title: "Chance", rows: [["seed", String(seed)]] },
    ],
  };
}
