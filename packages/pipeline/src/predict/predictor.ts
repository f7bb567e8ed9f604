/**
 * The model of a finished run on slides it has never seen, prepared exactly as the run prepared its own: same tiles, same
 * encoder, same colour scale. Features of another encoder are refused.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bag, checkBag, fail, type Outcome, ok, slideIdOf, type Task, unwrap } from "@nacre/core";
import { EncodePool, readBag } from "@nacre/features/node";
import type { Session } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { drawHeatmap, thumbnail, tilesGeoJson } from "@nacre/imaging";
import { encodePng, openSlideFile } from "@nacre/imaging/node";
import {
  type BagPrediction,
  type DeletionTest,
  describeModel,
  type ModelInfo,
  type PredictOptions,
  predict,
  verdictText,
} from "@nacre/models";
import { BAG_BUDGET, bagEvidence, type EvidenceMethod } from "../explain/bag-evidence.ts";
import { downsampleOf, HEATMAP_SIDE } from "../explain/draw-slide.ts";
import type { HeatmapScales } from "../explain/evidence.ts";
import { faithfulBag } from "../explain/faithful-bag.ts";
import { encodeSlide } from "../extract/encode-slide.ts";
import { fillScale } from "../extract/survey-slide.ts";
import { nameOf } from "../files.ts";
import { hashFile } from "../run/hash.ts";
import { writeWhole } from "../run/write-file.ts";
import { readStudy, type Study } from "../study/read-study.ts";
import { csvText } from "../study/table.ts";
import {
  type Answers,
  type Asked,
  answerHeader,
  answerText,
  evidenceMeaning,
  questionsOf,
  valuesOf,
} from "./answer-kind.ts";
import { type CovariatesOf, givenCovariates } from "./given-covariates.ts";

export interface PredictorOptions {
  /** Scale for slides whose file holds none. */
  readonly fill: number | null;
  /** Table of the covariates of the files, for models fitted with them. Default: none. */
  readonly covariates?: string | null;
  readonly signal: AbortSignal;
}

export interface FilePrediction {
  /** By class or label; empty for other tasks. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** Everything the model answers, by the name of its output: `risk`, `value`, `grade`, `<task>.probabilities`, … */
  readonly answers: Answers;
  /** The answer in a few words. */
  readonly text: string;
  readonly tiles: number;
  /** True where the same file was a slide of the run: its prediction here is not one on an unseen slide. */
  readonly inStudy: boolean;
}

export interface FileExplanation {
  readonly written: readonly string[];
  readonly scale: number;
  /** How the contributions of tiles were found, and how far they are from adding up to the score (null: not looked at). */
  readonly method: EvidenceMethod;
  readonly error: number | null;
  /** Unit of the score and of its parts. */
  readonly unit: string;
  /** Whether the heatmap tells what the model used: the score without the first tiles of each ranking, beside random ones. */
  readonly faithfulness: Pick<DeletionTest, "shares" | "whole" | "control" | "rankings">;
  /** The verdict on each ranking in words. */
  readonly text: readonly string[];
}

/** What a run folder says of its model. */
interface RunFacts {
  /** What the model says about itself: features of another encoder are refused by it. */
  readonly info: ModelInfo;
  readonly study: Study;
  readonly task: Task;
  readonly scales: HeatmapScales;
  readonly covariatesOf: CovariatesOf;
  /** SHA-256 of every file the run was made of. */
  readonly inputs: ReadonlySet<string>;
}

/** Opens the model of a run folder. @throws FailureError bad-usage, bad-model */
export async function openPredictor(run: string, options: PredictorOptions): Promise<Predictor> {
  const found = unwrap(readFacts(run, options.covariates ?? null));
  const onnx = readFileSync(join(run, "model", "model.onnx"));
  const facts = { ...found, info: unwrap(describeModel(onnx)) };
  const session = await openSession(onnx, { threads: 2 });
  return new Predictor(session, facts, options);
}

function readFacts(run: string, table: string | null): Outcome<Omit<RunFacts, "info">> {
  const card = join(run, "scorecard.json");
  if (existsSync(card) && existsSync(join(run, "model", "fold-0.probe.json"))) {
    return fail("bad-usage", {
      expected: "a run with model/model.onnx",
      received: `one of a probe that has none, at ${run}`,
      remedy: "fit the study with linear-probe or an aggregator; what this run predicted is in its predictions.csv",
    });
  }
  if (!existsSync(join(run, "model", "model.onnx")) || !existsSync(card)) {
    return fail("bad-usage", {
      expected: "a finished run folder with model/model.onnx and scorecard.json",
      received: `none at ${run}`,
      remedy: "give the folder of a finished `nacre run` or `nacre demo`",
    });
  }
  const study = readStudy(join(run, "study.yaml"));
  if (!study.ok) return study;
  const { task, heatmapScales } = JSON.parse(readFileSync(card, "utf8")) as {
    task: Task;
    heatmapScales: HeatmapScales;
  };
  const covariatesOf = givenCovariates(run, table);
  if (!covariatesOf.ok) return covariatesOf;
  const scales = heatmapScales;
  return ok({ study: study.value, task, scales, inputs: inputsOf(run), covariatesOf: covariatesOf.value });
}

function inputsOf(run: string): ReadonlySet<string> {
  const path = join(run, "provenance.json");
  if (!existsSync(path)) return new Set();
  const { inputs = [] } = JSON.parse(readFileSync(path, "utf8")) as { inputs?: { sha256: string }[] };
  return new Set(inputs.map((i) => i.sha256));
}

/** Predicts and explains single files. Holds a session and, once a slide came, encoding threads. */
export class Predictor {
  readonly #session: Session;
  readonly #facts: RunFacts;
  readonly #options: PredictorOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), "nacre-predict-"));
  readonly #rows: (string | number)[][] = [];
  #pool: EncodePool | null = null;

  constructor(session: Session, facts: RunFacts, options: PredictorOptions) {
    this.#session = session;
    this.#facts = facts;
    this.#options = options;
  }

  async predict(file: string): Promise<Outcome<FilePrediction>> {
    const both = await this.#bagAndPrediction(file);
    if (!both.ok) return both;
    const { prediction, bag } = both.value;
    const { task, inputs } = this.#facts;
    const { answers } = prediction;
    const values = questionsOf(task).flatMap((asked) => valuesOf(asked, answers));
    this.#rows.push([nameOf(file), ...values.map((v) => Number(v.toPrecision(9)))]);
    const names =
      task.kind === "classify" || task.kind === "ordinal"
        ? task.classes
        : task.kind === "multilabel"
          ? task.labels
          : [];
    const probabilities = Object.fromEntries(names.map((name, i) => [name, values[i] as number]));
    const text = answerText(task, answers);
    return ok({ probabilities, answers, text, tiles: bag.n, inStudy: inputs.has(hashFile(file)) });
  }

  /** Writes `<out>/<slide>.png` (for slides) and `<out>/<slide>.geojson`. */
  async explain(file: string, out: string): Promise<Outcome<FileExplanation>> {
    const both = await this.#bagAndPrediction(file);
    if (!both.ok) return both;
    const { bag, prediction, known } = both.value;
    const { task } = this.#facts;
    const given = { task, signal: this.#options.signal, ...known };
    const found = await bagEvidence(this.#session, bag, prediction, { ...given, budget: FILE_BUDGET });
    if (!found.ok) return found;
    const { evidence, method, error } = found.value;
    const tested = await faithfulBag(this.#session, bag, { evidence, attention: prediction.attention }, given);
    if (!tested.ok) return tested;
    const { shares, whole, control, rankings } = tested.value;
    const { unit } = evidenceMeaning(task);
    const text = Object.keys(rankings).map((name) => verdictText(name, tested.value, unit));
    const told = { method, error, unit, faithfulness: { shares, whole, control, rankings }, text };
    const places = { x: bag.x, y: bag.y, side: bag.side ?? 1 };
    const scale = this.#facts.scales.contribution;
    const geojson = join(out, `${nameOf(file)}.geojson`);
    writeWhole(geojson, tilesGeoJson(places, { attention: prediction.attention, contribution: evidence }));
    if (isFeatures(file)) return ok({ written: [geojson], scale, ...told });
    const mpp = await fillScale(file, this.#options.fill);
    const slide = await openSlideFile(file, mpp === null ? {} : { mpp });
    if (!slide.ok) return slide;
    try {
      const thumb = await thumbnail(slide.value, HEATMAP_SIDE);
      if (!thumb.ok) return thumb;
      const downsample = downsampleOf(slide.value.info, thumb.value);
      const drawn = drawHeatmap(thumb.value, downsample, places, evidence, { scale, kind: "signed" });
      const png = join(out, `${nameOf(file)}.png`);
      writeWhole(png, await encodePng(drawn));
      return ok({ written: [png, geojson], scale, ...told });
    } finally {
      slide.value.close();
    }
  }

  /** All predictions so far as a table. */
  writeTable(path: string): void {
    const columns = questionsOf(this.#facts.task).flatMap(({ task, name }: Asked) =>
      answerHeader(task).answer.map((column) => (name === null ? column : `${name}.${column}`)),
    );
    writeWhole(path, csvText(["slide", ...columns], this.#rows));
  }

  async close(): Promise<void> {
    await this.#pool?.close();
    await this.#session.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #bagAndPrediction(file: string): Promise<Outcome<Answered>> {
    const bag = isFeatures(file) ? await readBag(file) : await this.#encode(file);
    if (!bag.ok) return bag;
    const checked = checkBag(bag.value, file);
    if (!checked.ok) return checked;
    const covariates = this.#facts.covariatesOf(file);
    if (!covariates.ok) return covariates;
    const given = covariates.value.length === 0 ? {} : { covariates: covariates.value };
    const known = { info: this.#facts.info, name: file, ...given };
    const prediction = await predict(this.#session, checked.value, known);
    return prediction.ok ? ok({ bag: checked.value, prediction: prediction.value, known }) : prediction;
  }

  async #encode(file: string): Promise<Outcome<Bag>> {
    const { study } = this.#facts;
    if (study.slides === undefined) {
      return fail("bad-usage", {
        expected: "a feature file, since this model was fitted on features made elsewhere",
        received: file,
        remedy: "encode the slide with the encoder the features came from, and give the h5 file",
      });
    }
    this.#pool ??= new EncodePool({ threads: 2 });
    const output = join(this.#folder, `${nameOf(file)}.h5`);
    const encoded = await encodeSlide(file, output, {
      slide: slideIdOf(nameOf(file)),
      given: await fillScale(file, this.#options.fill),
      tiles: study.tiles,
      encoder: study.encoder,
      pool: this.#pool,
      signal: this.#options.signal,
    });
    return encoded.ok ? readBag(output) : encoded;
  }
}

/** A bag, what the model says of it, and what was told the model beside it. */
interface Answered {
  readonly bag: Bag;
  readonly prediction: BagPrediction;
  readonly known: PredictOptions;
}

/** Runs of integrated gradients times tiles: more than in a run, for one file that somebody waits for. */
const FILE_BUDGET = 4 * BAG_BUDGET;

function isFeatures(file: string): boolean {
  return /\.(h5|hdf5)$/i.test(file);
}
