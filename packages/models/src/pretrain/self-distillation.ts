/**
 * The graphs of self-distillation on sub-bags (Caron et al. 2021, DINO; Zhou et al. 2022, iBOT; Oquab et al. 2024, DINOv2): a student sees a
 * part of a bag and is to say what its slow copy, the teacher, says of another part. Both speak in prototypes:
 *
 *   f(x) = normalised(perceptron(x)),     l = f(x) normalised(P),     student s = softmax(l / t_s),   teacher q = softmax((l - c) / t_t)
 *   loss = share mean -q log s of the embedding  +  tile share  mean over hidden tiles of -q_i log s_i  -  spread log distance to the nearest
 *
 * The student's graph and the teacher's are one program over two sets of weights; no gradient is taken in the teacher's.
 */
import {
  add,
  div,
  encodeModel,
  gelu,
  gemm,
  input,
  l2Normalise,
  linear,
  log,
  logSoftmax,
  max,
  maximum,
  mean,
  mul,
  neg,
  softmax,
  sub,
  sum,
  type Tensor,
} from "@nacre/graph";
import type { Pooled, Scope, WeightSpec } from "../aggregator/aggregator.ts";
import type { ChosenAggregator } from "../aggregator/registry.ts";
import type { Standardisation } from "../train/standardise.ts";
import { askWeights, bareSizes, pooledBag } from "./bare-scope.ts";
import { gradientOutputs } from "./mover.ts";

export interface Distilled extends ChosenAggregator {
  readonly standardisation: Standardisation;
  /** Width of the embedding. */
  readonly h: number;
  readonly headWidth: number;
  readonly bottleneck: number;
  readonly prototypes: number;
  readonly studentTemperature: number;
}

/** What the student is fed beside a sub-bag: of a large one also what is hidden and what the teacher says of each tile. */
export type View = "global" | "local";

const HIDDEN = "views.hidden";
const LAYERS = ["views.first", "views.second", "views.third"] as const;
const PROTOTYPES = "views.prototypes";

/** Whether a weight serves the pretraining alone. */
export function isThrownAway(name: string): boolean {
  return name.startsWith("views.");
}

/** Weights of the aggregator, and those that are thrown away at the end. */
export function distilledWeights(design: Distilled): WeightSpec[] {
  const { aggregator, options, standardisation, h, headWidth, bottleneck, prototypes } = design;
  const d = standardisation.mean.length;
  const widths = [h, headWidth, headWidth, bottleneck];
  return [
    ...aggregator.weights(options, bareSizes(d)),
    { name: HIDDEN, shape: [1, d], initialisation: { normal: 0.02 } },
    ...LAYERS.flatMap((name, i): WeightSpec[] => [
      { name: `${name}.weight`, shape: [widths[i] as number, widths[i + 1] as number], initialisation: "glorot" },
      { name: `${name}.bias`, shape: [widths[i + 1] as number], initialisation: "zeros" },
    ]),
    { name: PROTOTYPES, shape: [bottleneck, prototypes], initialisation: { normal: 1 } },
  ];
}

/**
 * Inputs: the sub-bag, `centre` and `tileCentre` [1, K], `temperature` []. Outputs: `target` [1, K] and its `logits`, `embedding` [1, h], and
 * with tokens `tileTarget` [n, K] and `tileLogits` [1, K], their mean.
 */
export function teacherGraph(design: Distilled): Uint8Array {
  const { weight } = askWeights(distilledWeights(design));
  const pooled = pooledBag(design, design.standardisation, weight);
  const temperature = input("temperature", []);
  const said = (logits: Tensor, name: string): Tensor =>
    softmax(div(sub(logits, input(name, [1, design.prototypes])), temperature));
  const logits = speak(pooled.embedding, weight);
  const outputs = { target: said(logits, "centre"), logits, embedding: l2Normalise(pooled.embedding) };
  if (pooled.tokens === undefined) return encodeModel({ outputs, name: "teacher" });
  const perTile = speak(pooled.tokens(), weight);
  const tileLogits = mean(perTile, { axes: [0], keep: true });
  return encodeModel({
    outputs: { ...outputs, tileTarget: said(perTile, "tileCentre"), tileLogits },
    name: "teacher",
  });
}

export interface Student {
  readonly onnx: Uint8Array;
  readonly learned: readonly WeightSpec[];
}

/**
 * Inputs: the sub-bag, `target` [1, K], `share` []; of a global one also `others` [m, h] with `spread` [], and with tokens `hidden` [n, 1],
 * `tileTarget` [n, K] and `tileShare` []. Outputs: `loss`, and the sums of the gradients.
 */
export function studentGraph(design: Distilled, view: View): Student {
  const asking = askWeights(distilledWeights(design));
  const loss = studentLoss(design, view, asking.weight);
  const { learned, outputs } = gradientOutputs(loss, asking.asked());
  return { onnx: encodeModel({ outputs: { loss, ...outputs }, name: `student-${view}` }), learned };
}

/** A scalar. */
export function studentLoss(design: Distilled, view: View, weight: Scope["weight"]): Tensor {
  const { prototypes: k, studentTemperature: temperature, h } = design;
  const surprise = (logits: Tensor, target: Tensor): Tensor =>
    neg(sum(mul(target, logSoftmax(div(logits, temperature))), { axes: [1], keep: true }));
  const whole = (pooled: Pooled): Tensor =>
    mul(sum(surprise(speak(pooled.embedding, weight), input("target", [1, k]))), input("share", []));
  if (view === "local") return whole(pooledBag(design, design.standardisation, weight));
  const hidden = hasTokens(design) ? input("hidden", ["n", 1]) : null;
  const pooled = pooledBag(design, design.standardisation, weight, (tiles) =>
    hidden === null ? tiles : add(mul(tiles, sub(1, hidden)), mul(hidden, weight(HIDDEN))),
  );
  const near = mul(nearness(pooled.embedding, input("others", ["m", h])), input("spread", []));
  const loss = add(whole(pooled), near);
  if (hidden === null || pooled.tokens === undefined) return loss;
  const perTile = mul(surprise(speak(pooled.tokens(), weight), input("tileTarget", ["n", k])), hidden);
  return add(loss, mul(div(sum(perTile), maximum(sum(hidden), 1)), input("tileShare", [])));
}

/** Whether an aggregator knows what it makes of each tile. */
export function hasTokens({
  aggregator,
  options,
  standardisation,
}: Pick<Distilled, "aggregator" | "options" | "standardisation">): boolean {
  const asking = askWeights(aggregator.weights(options, bareSizes(standardisation.mean.length)));
  return pooledBag({ aggregator, options }, standardisation, asking.weight).tokens !== undefined;
}

/** Logits of rows x [r, h] over the prototypes: [r, K], each a cosine. */
function speak(x: Tensor, weight: Scope["weight"]): Tensor {
  const map = (rows: Tensor, name: string): Tensor => linear(rows, weight(`${name}.weight`), weight(`${name}.bias`));
  const [first, second, third] = LAYERS;
  const inside = map(gelu(map(gelu(map(x, first)), second)), third);
  return linear(l2Normalise(inside), l2Normalise(weight(PROTOTYPES), 0));
}

/** -log of the distance from an embedding to the nearest of others, on the unit sphere (Sablayrolles 2019, the KoLeo loss, for one row). */
function nearness(embedding: Tensor, others: Tensor): Tensor {
  const cosine = max(gemm(l2Normalise(embedding), l2Normalise(others), { transB: true }));
  return mul(log(add(maximum(mul(sub(1, cosine), 2), 0), 1e-8)), -0.5);
}
