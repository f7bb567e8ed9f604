/**
 * The model of a finished run on slides it has never seen, prepared exactly as the run prepared its own: same tiles, same
 * encoder, same colour scale. Features of another encoder are refused.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Bag,
  type ClassifyTask,
  checkBag,
  fail,
  type Outcome,
  ok,
  positiveIndex,
  slideIdOf,
  unwrap,
} from "@nacre/core";
import { EncodePool, readBag } from "@nacre/features/node";
import type { Session } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { drawHeatmap, thumbnail, tilesGeoJson } from "@nacre/imaging";
import { encodePng, openSlideFile } from "@nacre/imaging/node";
import { type BagPrediction, describeModel, type ModelInfo, predict, tileEvidence } from "@nacre/models";
import { downsampleOf, HEATMAP_SIDE } from "../explain/draw-slide.ts";
import type { HeatmapScales } from "../explain/evidence.ts";
import { encodeSlide } from "../extract/encode-slide.ts";
import { fillScale } from "../extract/survey-slide.ts";
import { nameOf } from "../files.ts";
import { hashFile } from "../run/hash.ts";
import { writeWhole } from "../run/write-file.ts";
import { readStudy, type Study } from "../study/read-study.ts";
import { csvText } from "../study/table.ts";

export interface PredictorOptions {
  /** Scale for slides whose file holds none. */
  readonly fill: number | null;
  readonly signal: AbortSignal;
}

export interface FilePrediction {
  /** By class. */
  readonly probabilities: Readonly<Record<string, number>>;
  readonly tiles: number;
  /** True where the same file was a slide of the run: its prediction here is not one on an unseen slide. */
  readonly inStudy: boolean;
}

export interface FileExplanation {
  readonly written: readonly string[];
  readonly scale: number;
}

/** What a run folder says of its model. */
interface RunFacts {
  /** What the model says about itself: features of another encoder are refused by it. */
  readonly info: ModelInfo;
  readonly study: Study;
  readonly task: ClassifyTask;
  readonly scales: HeatmapScales;
  /** SHA-256 of every file the run was made of. */
  readonly inputs: ReadonlySet<string>;
}

/** Opens the model of a run folder. @throws FailureError bad-usage, bad-model */
export async function openPredictor(run: string, options: PredictorOptions): Promise<Predictor> {
  const found = unwrap(readFacts(run));
  const onnx = readFileSync(join(run, "model", "model.onnx"));
  const facts = { ...found, info: unwrap(describeModel(onnx)) };
  const session = await openSession(onnx, { threads: 2 });
  return new Predictor(session, facts, options);
}

function readFacts(run: string): Outcome<Omit<RunFacts, "info">> {
  const card = join(run, "scorecard.json");
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
    task: ClassifyTask;
    heatmapScales: HeatmapScales;
  };
  return ok({ study: study.value, task, scales: heatmapScales, inputs: inputsOf(run) });
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
    const values = Array.from(prediction.probabilities);
    this.#rows.push([nameOf(file), ...values.map((v) => Number(v.toPrecision(9)))]);
    const named = Object.fromEntries(this.#facts.task.classes.map((c, i) => [c, values[i] as number]));
    return ok({ probabilities: named, tiles: bag.n, inStudy: this.#facts.inputs.has(hashFile(file)) });
  }

  /** Writes `<out>/<slide>.png` (for slides) and `<out>/<slide>.geojson`. */
  async explain(file: string, out: string): Promise<Outcome<FileExplanation>> {
    const both = await this.#bagAndPrediction(file);
    if (!both.ok) return both;
    const { bag, prediction } = both.value;
    const evidence = tileEvidence(prediction, positiveIndex(this.#facts.task));
    const places = { x: bag.x, y: bag.y, side: bag.side ?? 1 };
    const scale = this.#facts.scales.contribution;
    const geojson = join(out, `${nameOf(file)}.geojson`);
    writeWhole(geojson, tilesGeoJson(places, { attention: prediction.attention, contribution: evidence }));
    if (isFeatures(file)) return ok({ written: [geojson], scale });
    const given = await fillScale(file, this.#options.fill);
    const slide = await openSlideFile(file, given === null ? {} : { mpp: given });
    if (!slide.ok) return slide;
    try {
      const thumb = await thumbnail(slide.value, HEATMAP_SIDE);
      if (!thumb.ok) return thumb;
      const downsample = downsampleOf(slide.value.info, thumb.value);
      const drawn = drawHeatmap(thumb.value, downsample, places, evidence, { scale, kind: "signed" });
      const png = join(out, `${nameOf(file)}.png`);
      writeWhole(png, await encodePng(drawn));
      return ok({ written: [png, geojson], scale });
    } finally {
      slide.value.close();
    }
  }

  /** All predictions so far as a table. */
  writeTable(path: string): void {
    writeWhole(path, csvText(["slide", ...this.#facts.task.classes.map((c) => `p_${c}`)], this.#rows));
  }

  async close(): Promise<void> {
    await this.#pool?.close();
    await this.#session.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #bagAndPrediction(file: string): Promise<Outcome<{ bag: Bag; prediction: BagPrediction }>> {
    const bag = isFeatures(file) ? await readBag(file) : await this.#encode(file);
    if (!bag.ok) return bag;
    const checked = checkBag(bag.value, file);
    if (!checked.ok) return checked;
    const prediction = await predict(this.#session, checked.value, { info: this.#facts.info, name: file });
    return prediction.ok ? ok({ bag: checked.value, prediction: prediction.value }) : prediction;
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

function isFeatures(file: string): boolean {
  return /\.(h5|hdf5)$/i.test(file);
}
