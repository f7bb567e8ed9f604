/**
 * One fit: bags and labels in, a model out. Every train bag once an epoch in seeded order (or drawn by class); the tune part alone decides
 * which epoch is kept. There is no way to hand in a test part.
 * The same request gives the same bits, since order, masks and first weights come from named streams of one seed.
 */
import { attempt, fail, type Outcome, ok, randomStream, type Task, unwrap } from "@nacre/core";
import type { OpenSession } from "@nacre/graph";
import { type AggregatorSpec, chooseAggregator, suitsTask } from "../aggregator/registry.ts";
import { headOf } from "../head/registry.ts";
import { encodeFitted } from "../model/encode-fitted.ts";
import type { ModelInfo } from "../model/model-info.ts";
import type { Tiles } from "./bag-feeds.ts";
import type { BagSource } from "./bag-source.ts";
import { centred } from "./centre.ts";
import { advance, NO_PROGRESS, shouldStop } from "./early-stopping.ts";
import { type FirstWeights, matchFirstWeights } from "./first-weights.ts";
import { batchOf, type FitOptions, readFitOptions } from "./fit-options.ts";
import { countOf, type Weights } from "./initialise.ts";
import { type Judge, openJudge } from "./judge.ts";
import { type Example, type Learner, openLearner, type PlannedStep } from "./learner.ts";
import { suitsLayers } from "./optimiser-choice.ts";
import { type ModelDesign, weightSpecs } from "./program.ts";
import { sampleTiles, tilesOfStep } from "./sample-tiles.ts";
import { drawBags, suitsSampling } from "./sampling.ts";
import { rateAt } from "./schedule.ts";
import { suitsMemory, type Way } from "./step-memory.ts";
import { inRowOf } from "./steps-in-row.ts";
import { type Labelled, surveyBags } from "./survey.ts";

export interface Epoch {
  /** From 1. */
  readonly epoch: number;
  /** Mean over the steps, each before its step, with dropout and further losses. */
  readonly trainLoss: number;
  /** Mean loss of the tune bags after the epoch, weighted by class like the train loss; null without tune bags. */
  readonly tuneLoss: number | null;
}

/** Why the fit ended: no lower tune loss for long enough, or all epochs done. */
export type Stopped = "patience" | "epochs";

export interface FitRequest {
  readonly task: Task;
  readonly aggregator: AggregatorSpec;
  readonly options?: Partial<FitOptions>;
  readonly bags: BagSource;
  readonly train: readonly Labelled[];
  /** May be empty: then the last epoch is kept, and the model says so. */
  readonly tune: readonly Labelled[];
  /** The runtime: `openSession` of `@nacre/graph/node`, or one for the browser. */
  readonly openSession: OpenSession;
  /** Weights to begin with, as of a pretraining; fresh ones where it is absent. */
  readonly from?: FirstWeights;
  /** Whether a program drew slides of these bags, for the model to say; left out or null: it says nothing of it. */
  readonly synthetic?: boolean | null;
  readonly signal?: AbortSignal;
  readonly onEpoch?: (epoch: Epoch) => void;
}

export interface FittedModel {
  /** The whole model: `features` [n, d] in, predictions out. */
  readonly onnx: Uint8Array;
  readonly weights: Weights;
  readonly aggregator: ModelInfo["aggregator"];
  readonly d: number;
  readonly space: string;
  readonly history: readonly Epoch[];
  /** The epoch that was kept. */
  readonly bestEpoch: number;
  readonly stopped: Stopped;
  /** How the largest bag went through its steps: in one piece, in chunks of tiles, or block by block, each computed twice. */
  readonly way?: Way;
  /** Which rule chose the epoch. */
  readonly chosenBy: "tune-loss" | "last-epoch";
  /** How many numbers were learned. */
  readonly parameters: number;
  /** Of a fit that began with given weights: the names of those that were drawn, since they were not among them. */
  readonly drawn?: readonly string[];
}

/**
 * Fits a model. Failures: bad-study (aggregator or options), too-few, one-class, empty-bag, not-finite, dimension-mismatch,
 * encoder-mismatch, bad-weights (`from`), diverged, cancelled, and what the source of bags says.
 */
export function fit(request: FitRequest): Promise<Outcome<FittedModel>> {
  return attempt(async () => {
    const { task, train, tune, bags, openSession, signal } = request;
    const options = unwrap(readFitOptions(request.options ?? {}));
    const chosen = unwrap(chooseAggregator(request.aggregator, options.dropout));
    const asked = {
      places: chosen.aggregator.usesPlaces === true,
      grid: chosen.aggregator.grid?.(chosen.options) ?? null,
    };
    const { standardise } = options;
    const survey = unwrap(await surveyBags({ task, bags, train, tune, standardise, asked, signal }));
    const { d, space, facts } = survey;
    const standardisation = request.from?.standardisation ?? survey.standardisation;
    unwrap(suitsTask(chosen.aggregator, task));
    unwrap(suitsSampling(task, options.sampling));
    const covariates = train[0]?.covariates?.length ?? 0;
    const design: ModelDesign = { ...chosen, task, head: headOf(task, facts, options), d, covariates, standardisation };
    const way = unwrap(suitsMemory(design, survey.largest, options));
    const specs = weightSpecs(design);
    unwrap(suitsLayers(specs, options.layerDecay));
    const first = request.from === undefined ? null : unwrap(matchFirstWeights(request.from, design));
    const batch = batchOf(options, design.head.slopes !== undefined);
    const { n } = survey.largest;
    const bytes = 4 * d * Math.min(n, tilesOfStep(n, options) ?? n);
    const inRow = inRowOf(design, options, { bytes, steps: batch === 1 ? options.epochs * train.length : 0 });
    const learner = await openLearner(design, { ...options, batch, inRow, from: first?.weights ?? null }, openSession);
    try {
      const isJudged = tune.length > 0;
      const isCentred = design.head.centred !== undefined;
      const judge = isJudged || isCentred ? await openJudge(design, options.threads, openSession) : null;
      try {
        const running = { ...options, batch, inRow, learner, judge: isJudged ? judge : null };
        const result = unwrap(await runEpochs(request, running));
        const learned = { design, facts, loss: options };
        const known =
          judge === null ? learned : await centred(learned, result.weights, examplesOf(request, train), judge);
        const aggregator = { name: chosen.aggregator.name, options: chosen.options };
        const info: ModelInfo = {
          task,
          facts: known.facts,
          d,
          covariates,
          space,
          aggregator,
          standardised: options.standardise || request.from?.standardisation !== undefined,
          members: 1,
          synthetic: request.synthetic ?? null,
        };
        return {
          ...result,
          onnx: encodeFitted(known.design, result.weights, info),
          aggregator,
          d,
          space,
          way,
          chosenBy: tune.length === 0 ? "last-epoch" : "tune-loss",
          parameters: specs.reduce((sum, spec) => sum + countOf(spec), 0),
          ...(first === null ? {} : { drawn: first.drawn }),
        } satisfies FittedModel;
      } finally {
        await judge?.close();
      }
    } finally {
      await learner.close();
    }
  });
}

type Result = Pick<FittedModel, "weights" | "history" | "bestEpoch" | "stopped">;

/** What a running fit holds beside the request. */
interface Running extends FitOptions {
  readonly batch: number;
  /** Steps that the learner is asked for at a time. */
  readonly inRow: number;
  readonly learner: Learner;
  /** null where the tune part is empty. */
  readonly judge: Judge | null;
}

async function runEpochs(request: FitRequest, running: Running): Promise<Outcome<Result>> {
  const history: Epoch[] = [];
  let progress = NO_PROGRESS;
  let best: Weights | null = null;
  let stopped: Stopped = "epochs";
  for (let epoch = 1; epoch <= running.epochs; epoch++) {
    const trainLoss = await learnEpoch(request, running, epoch);
    running.learner.settle();
    const tuneLoss = await judgeEpoch(request, running);
    const worst = Math.abs(trainLoss) + Math.abs(tuneLoss ?? 0);
    if (!Number.isFinite(worst)) return diverged({ epoch, trainLoss, tuneLoss }, running.lr);
    const row = { epoch, trainLoss, tuneLoss };
    history.push(row);
    request.onEpoch?.(row);
    progress = advance(progress, tuneLoss ?? -epoch);
    if (progress.bestEpoch === epoch) best = await running.learner.weights();
    if (shouldStop(progress, running)) {
      stopped = "patience";
      break;
    }
  }
  if (best === null) throw new RangeError("expected at least one epoch, received none");
  return ok({ weights: best, history, bestEpoch: progress.bestEpoch, stopped });
}

/** Mean loss over one pass through the train bags. */
async function learnEpoch(request: FitRequest, running: Running, epoch: number): Promise<number> {
  const { seed, schedule, lr, epochs, warmup, batch, inRow, learner } = running;
  const order = drawBags(request.train, running.sampling, randomStream(seed, "order", epoch));
  const masks = randomStream(seed, "dropout", epoch);
  const choice = randomStream(seed, "tiles", epoch);
  const steps = Math.ceil(order.length / batch);
  let sum = 0;
  for (let first = 0; first < steps; first += inRow) {
    if (first % BREATH === 0) await breathe();
    request.signal?.throwIfAborted();
    const row: PlannedStep[] = [];
    for (let step = first; step < Math.min(first + inRow, steps); step++) {
      const examples: Example[] = [];
      for (const labelled of order.slice(step * batch, (step + 1) * batch)) {
        const bag = unwrap(await request.bags.load(labelled.id));
        examples.push(exampleOf(labelled, sampleTiles(bag, tilesOfStep(bag.n, running), choice)));
      }
      const rate = rateAt(schedule, lr, (epoch - 1) * steps + step + 1, epochs * steps, Math.round(warmup * steps));
      row.push({ batch: examples, lr: rate });
    }
    const losses = await learner.steps(row, masks);
    for (const [i, loss] of losses.entries()) sum += (row[i] as PlannedStep).batch.length * loss;
    if (!Number.isFinite(sum)) return sum;
  }
  return sum / order.length;
}

async function judgeEpoch(request: FitRequest, { learner, judge }: Running): Promise<number | null> {
  return judge === null ? null : judge.loss(learner.current(), examplesOf(request, request.tune));
}

async function* examplesOf({ bags, signal }: FitRequest, part: readonly Labelled[]): AsyncGenerator<Example> {
  for (const labelled of part) {
    signal?.throwIfAborted();
    yield exampleOf(labelled, unwrap(await bags.load(labelled.id)));
  }
}

function exampleOf({ id, label, covariates }: Labelled, tiles: Tiles): Example {
  return { id, label, tiles, covariates: covariates ?? null };
}

function diverged({ epoch, trainLoss, tuneLoss }: Epoch, lr: number) {
  return fail("diverged", {
    expected: "a finite loss",
    received: `train loss ${trainLoss}, tune loss ${tuneLoss ?? "none"} in epoch ${epoch}`,
    remedy: `lower fit.lr (it is ${lr}), and look for features of extreme size`,
  });
}

const BREATH = 32;

/** Lets messages and signals of the surrounding thread in, which a runtime that computes without pause would keep out. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
