/**
 * The model of a finished run on slides it has never seen, prepared exactly as the run prepared its own: same tiles, same encoder, same
 * colour scale; or a model.onnx alone, on features. Features of another encoder are refused.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bag, checkBag, fail, type Outcome, ok, slideIdOf } from "@nacre/core";
import { EncodePool, readBag } from "@nacre/features/node";
import type { Session } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { drawHeatmap, thumbnail, tilesGeoJson } from "@nacre/imaging";
import { encodePng, openSlideFile } from "@nacre/imaging/node";
import {
  type BagPrediction,
  type DeletionTest,
  type ExplainMethod,
  type PredictOptions,
  predict,
  verdictText,
} from "@nacre/models";
import { BAG_BUDGET, bagEvidence, type EvidenceMethod } from "../explain/bag-evidence.ts";
import { downsampleOf, HEATMAP_SIDE, tileMeaning } from "../explain/draw-slide.ts";
import { ownScale } from "../explain/evidence.ts";
import { faithfulBag } from "../explain/faithful-bag.ts";
import { furtherEvidence } from "../explain/further-evidence.ts";
import { encodeSlide } from "../extract/encode-slide.ts";
import { fillScale } from "../extract/survey-slide.ts";
import { nameOf } from "../files.ts";
import { hashFile } from "../run/hash.ts";
import { writeWhole } from "../run/write-file.ts";
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
import { isModelFile } from "./model-file.ts";
import { factsOfModel, factsOfRun, type RunFacts } from "./run-facts.ts";

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

/** Opens the model of a run folder, or a model.onnx. @throws FailureError bad-usage, bad-model, no-covariates */
export async function openPredictor(run: string, options: PredictorOptions): Promise<Predictor> {
  const { onnx, facts } = (isModelFile(run) ? factsOfModel : factsOfRun)(run, options.covariates ?? null);
  return new Predictor(await openSession(onnx, { threads: 2 }), facts, options);
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

  /** A program drew slides that the model was fitted on; null: the model does not say. */
  get synthetic(): boolean | null {
    return this.#facts.info.synthetic;
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

  /**
   * Writes `<out>/<slide>.png` (for slides) and `<out>/<slide>.geojson`; of `further` methods `<out>/<slide>-<method>.png` and a property
   * each. Failures: those of `predict`, bad-model for a method that the model does not offer.
   */
  async explain(file: string, out: string, further: readonly ExplainMethod[] = []): Promise<Outcome<FileExplanation>> {
    const both = await this.#bagAndPrediction(file);
    if (!both.ok) return both;
    const { bag, prediction, known } = both.value;
    const { task } = this.#facts;
    const given = { task, signal: this.#options.signal, ...known };
    const found = await bagEvidence(this.#session, bag, prediction, { ...given, budget: FILE_BUDGET });
    if (!found.ok) return found;
    const { evidence, error } = found.value;
    const isMixed = found.value.method === "exact" && this.#facts.isMixed;
    const method = isMixed ? "exact-mixed" : found.value.method;
    const asked = await furtherEvidence(this.#session, bag, further, given);
    if (!asked.ok) return asked;
    const shown = { evidence, attention: prediction.attention, further: asked.value };
    const tested = await faithfulBag(this.#session, bag, shown, given);
    if (!tested.ok) return tested;
    const { shares, whole, control, rankings } = tested.value;
    const { unit } = evidenceMeaning(task);
    const text = Object.keys(rankings).map((name) => verdictText(name, tested.value, unit));
    const told = { method, error, unit, faithfulness: { shares, whole, control, rankings }, text };
    const places = { x: bag.x, y: bag.y, side: bag.side ?? 1 };
    const scale = this.#facts.scales?.contribution ?? ownScale(evidence);
    const geojson = join(out, `${nameOf(file)}.geojson`);
    const properties = Object.fromEntries(asked.value.map(({ name, values }) => [name, values]));
    const units = Object.fromEntries(asked.value.map(({ name, unit: own }) => [name, own]));
    const all = { attention: prediction.attention, contribution: evidence, ...properties };
    writeWhole(geojson, tilesGeoJson(places, all, { ...tileMeaning(method), ...units }));
    if (isFeatures(file)) return ok({ written: [geojson], scale, ...told });
    const mpp = await fillScale(file, this.#options.fill);
    const slide = await openSlideFile(file, mpp === null ? {} : { mpp });
    if (!slide.ok) return slide;
    try {
      const thumb = await thumbnail(slide.value, HEATMAP_SIDE);
      if (!thumb.ok) return thumb;
      const downsample = downsampleOf(slide.value.info, thumb.value);
      const png = join(out, `${nameOf(file)}.png`);
      const signed = drawHeatmap(thumb.value, downsample, places, evidence, { scale, kind: "signed" });
      writeWhole(png, await encodePng(signed));
      const pictures = [png];
      for (const { name, values, isSigned } of asked.value) {
        const path = join(out, `${nameOf(file)}-${name}.png`);
        const shares = isSigned ? values : values.map((value) => value * values.length);
        const kind = isSigned ? "signed" : "sequential";
        const drawn = drawHeatmap(thumb.value, downsample, places, shares, { scale: ownScale(shares), kind });
        writeWhole(path, await encodePng(drawn));
        pictures.push(path);
      }
      return ok({ written: [...pictures, geojson], scale, ...told });
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
    if (study?.slides === undefined) {
      return fail("bad-usage", {
        expected: "a feature file (.h5), since this model was fitted on features made elsewhere",
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
